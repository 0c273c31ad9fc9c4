"""The pages of alarms, by what the edge answers."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.operations.alarms.views import short
from services.operations.console.alarms.labels import LOOPS
from services.operations.console.alarms.page import about, links, runbook
from services.operations.console.labels import LABELS
from services.operations.console.stuck.page import title_of
from services.operations.domain.alarm_life import Alarm, fired
from services.operations.domain.alarm_telling import Attempt
from services.operations.domain.alarms import GONE, RULES, Sight
from services.operations.domain.causes import CAUSES
from services.operations.domain.citizen.units import Units
from shared.catalogue import Catalogue
from shared.edge import APPLICATION
from shared.working_time import local_day
from tests.services.operations.alarms.watch import down, late, of_a_rule_that_is_gone
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import TOKEN, send, sign_in
from tests.services.operations.story import BEGAN

ROOT = Path(__file__).parents[4]
WHY = "ngân hàng bảo trì đêm nay"
MONEY = Sight(rule="parity_difference", about="unbooked", value=1, named=(APPLICATION,))


async def woken(edge: ConsoleEdge) -> dict[str, Alarm]:
    """Let alarms fire; return them by rule."""
    due = Sight(rule="due_soon", about="26737", value=12, unit="26737")
    edge.night.sights = [late(), down(), due, MONEY]
    await edge.night.turns(60)
    return {alarm.rule: alarm for alarm in (await edge.night.rows.open()).values()}


async def post(seated: httpx.AsyncClient, alarm: Alarm, verb: str, **fields: str) -> httpx.Response:
    where = f"/console/alarms/{alarm.id}"
    token = TOKEN.search((await seated.get(where)).text)
    assert token
    return await send(seated, f"{where}/{verb}", token=token[1], **fields)


async def test_what_stands_is_listed_the_critical_ones_first(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarms = await woken(edge)
    page = (await seated.get("/console/alarms")).text
    order = re.findall(r'href="/console/alarms/(\d[^"?]+)"', page)
    assert set(order[:3]) == {a.id for a in alarms.values() if a.severity == "critical"}
    assert order[3:] == [alarms["due_soon"].id]
    assert CAUSES["unanswered"].vi in page
    assert LABELS["alarms_not_looked"].vi not in page


async def test_where_nothing_stands_it_says_so_and_when_nobody_looks(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await edge.night.turn()
    page = (await seated.get("/console/alarms")).text
    assert LABELS["alarms_none"].vi in page
    assert LABELS["alarms_not_looked"].vi not in page
    edge.night.now += timedelta(minutes=2)
    assert LABELS["alarms_not_looked"].vi in (await seated.get("/console/alarms")).text


async def test_one_leads_to_the_board_to_applications_and_to_its_runbook(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarms = await woken(edge)
    page = (await seated.get(f"/console/alarms/{alarms['partner_down'].id}")).text
    assert 'href="/console/stuck/payment/partner_silent"' in page
    assert 'href="/console/alarms/runbooks/partner_down"' in page
    page = (await seated.get(f"/console/alarms/{alarms['parity_difference'].id}")).text
    assert f'href="/console/journeys/{APPLICATION}"' in page


async def test_an_operator_takes_it_over_and_the_page_says_who_has_it(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarm = (await woken(edge))["late_intake"]
    answer = await post(seated, alarm, "own")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/console/alarms/{alarm.id}",
    )
    page = (await seated.get(f"/console/alarms/{alarm.id}")).text
    assert LABELS["did_own"].vi in page
    assert f"{LABELS['alarm_own'].vi}</button>" not in page


async def test_a_silence_is_shown_with_its_reason_and_can_be_ended(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarm = (await woken(edge))["partner_down"]
    answer = await post(seated, alarm, "silence", hours="4", of="partner", reason=WHY)
    assert answer.status_code == 303
    for where in ("/console/alarms", f"/console/alarms/{alarm.id}"):
        page = (await seated.get(where)).text
        assert WHY in page
        assert LABELS["alarms_quiet"].vi in page

    await post(seated, alarm, "unsilence", reason="đã xong")
    page = (await seated.get("/console/alarms")).text
    assert LABELS["alarms_quiet"].vi not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"hours": "4", "of": "alarm", "reason": ""},
        {"hours": "", "of": "alarm", "reason": WHY},
        {"hours": "-1", "of": "alarm", "reason": WHY},
        {"hours": "nan", "of": "alarm", "reason": WHY},
        {"hours": "9999", "of": "alarm", "reason": WHY},
        {"hours": "4", "of": "moon", "reason": WHY},
    ],
)
async def test_what_is_not_said_well_is_refused(
    edge: ConsoleEdge, seated: httpx.AsyncClient, fields: dict[str, str]
) -> None:
    answer = await post(seated, (await woken(edge))["late_intake"], "silence", **fields)
    assert (answer.status_code, LABELS["refused_why"].vi in answer.text) == (422, True)
    assert await edge.night.rows.silences(0) == []


async def test_a_form_that_was_made_for_nobody_changes_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarm = (await woken(edge))["late_intake"]
    answer = await send(seated, f"/console/alarms/{alarm.id}/own", token="x")
    assert answer.status_code == 403
    found = await edge.night.rows.get(alarm.id)
    assert found
    assert found.owner == ""


async def test_a_viewer_sees_all_of_it_and_may_do_nothing(edge: ConsoleEdge) -> None:
    alarm = (await woken(edge))["late_intake"]
    async with edge.browser() as browser:
        await sign_in(browser, "viewer")
        page = await browser.get(f"/console/alarms/{alarm.id}")
        assert page.status_code == 200
        assert LABELS["alarm_do"].vi not in page.text
        answer = await send(browser, f"/console/alarms/{alarm.id}/own", token="x")
        assert answer.status_code == 403


async def test_who_is_of_one_unit_has_no_such_page(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        assert (await browser.get("/console/alarms")).status_code == 403
        assert 'href="/console/alarms"' not in (await browser.get("/console/find")).text


async def test_what_came_of_telling_is_shown(edge: ConsoleEdge, seated: httpx.AsyncClient) -> None:
    alarm = (await woken(edge))["late_intake"]
    attempt = Attempt(what="fired", number=2, at_ms=0, finding="failed", problem="it answered 500")
    await edge.night.deliveries.begin(alarm.id, "shift", attempt)
    page = (await seated.get(f"/console/alarms/{alarm.id}")).text
    assert "it answered 500" in page
    assert LABELS["finding_failed"].vi in page


async def test_what_has_ended_stands_among_all_and_cannot_be_acted_on(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarm = (await woken(edge))["late_intake"]
    edge.night.sights = []
    await edge.night.turns(300)
    assert alarm.id not in (await seated.get("/console/alarms")).text
    assert alarm.id in (await seated.get("/console/alarms?which=all")).text
    page = (await seated.get(f"/console/alarms/{alarm.id}")).text
    assert LABELS["did_ended"].vi in page
    assert LABELS["alarm_do"].vi not in page


@pytest.mark.parametrize("rule", RULES)
async def test_every_runbook_is_a_page_in_the_language_that_is_asked_for(
    seated: httpx.AsyncClient, rule: str
) -> None:
    for language, words, others in (
        ("vi", "Nghĩa là gì", "What it means"),
        ("en", "What it means", "Nghĩa là gì"),
    ):
        page = await seated.get(f"/console/alarms/runbooks/{rule}?lang={language}")
        assert page.status_code == 200
        assert f"<h2>{words}</h2>" in page.text
        assert others not in page.text
        assert page.text.count("<h1>") == 1


async def test_all_rules_are_listed_with_those_of_which_an_alarm_stands(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await woken(edge)
    page = unescape((await seated.get("/console/alarms/runbooks?lang=en")).text)
    assert [RULES[r].title.en in page for r in RULES] == [True] * len(RULES)
    assert page.count(f"{LABELS['rule_now'].en}: 1") == 4


@pytest.mark.parametrize("where", ["none", "runbooks/none", "1780981260000-e8a71beea5"])
async def test_what_is_none_is_no_page(seated: httpx.AsyncClient, where: str) -> None:
    assert (await seated.get(f"/console/alarms/{where}")).status_code == 404


# ---- worked out


def view(rule: str, what: str) -> Any:
    sight = Sight(rule=rule, about=what, value=RULES[rule].fires_at)
    return short(fired("1-a", sight, BEGAN), None, (), BEGAN)


@pytest.mark.parametrize("cause", CAUSES)
def test_whatever_is_stuck_leads_to_its_group(cause: str) -> None:
    stage = CAUSES[cause].stage
    for rule in ("stuck_old", "stuck_growth"):
        [link] = links(view(rule, f"{stage}/{cause}"))
        assert (link.address, link.name) == (f"stuck/{stage}/{cause}", title_of(cause))


def test_what_an_alarm_is_about_has_words(catalogue: Catalogue) -> None:
    units = Units(catalogue, local_day(BEGAN))
    assert "26737" not in about("due_soon", "26737", units).vi
    assert about("parity_difference", "unbooked", units).en.startswith("a partner told")
    assert about("late_intake", "unrouted", units).vi == CAUSES["unrouted"].vi
    assert CAUSES["unpaid"].en in about("stuck_old", "payment/unpaid", units).en
    assert "signer" in about("certificate_expiry", "signer/26737", units).en
    assert about("read_lag", "payment-effects", units).en == "payment-effects"


def test_tags_in_a_runbook_are_text() -> None:
    shown = runbook("# T\n\n<b>x</b>\n\n---\n\n# T\n\n<script>y</script>\n", "vi")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


# ---- what goes wrong


async def test_an_alarm_of_a_rule_that_is_gone_is_shown_as_such(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    alarm = of_a_rule_that_is_gone(edge.night)
    await edge.night.rows.fire(alarm)
    for where in ("", f"/{alarm.id}", "?which=all"):
        page = unescape((await seated.get(f"/console/alarms{where}")).text)
        assert GONE.title.vi in page
    await edge.night.turn()
    assert alarm.id not in (await seated.get("/console/alarms")).text
    assert 'href="/console/alarms/runbooks"' in (await seated.get("/console/alarms")).text


async def test_what_fails_in_the_background_is_named_with_the_reason(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await edge.night.faults.note("rounds", "p1", 3, KeyError("<planted>"))
    page = (await seated.get("/console/alarms?lang=en")).text
    assert "<strong>Rounds</strong>" in page
    assert "3 times in a row" in page
    assert "&lt;planted&gt;" in page


def test_every_loop_of_operations_has_words() -> None:
    wired = "".join(
        (ROOT / "services" / "operations" / f"{name}.py").read_text()
        for name in ("__main__", "wiring")
    )
    assert set(re.findall(r'watched\.loop\("(\w+)"', wired)) == set(LOOPS)
