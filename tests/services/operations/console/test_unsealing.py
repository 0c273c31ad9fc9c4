"""What is sealed of an application is opened for who says why, after it stands on its log, once."""

import re
from typing import Any

import httpx
import msgspec
import pytest

from services.operations.limits import LIMITS
from services.operations.reads_api import PAGE_LIMIT
from services.operations.unsealing import READS_LIMIT, from_log
from shared.bus import Record
from shared.errors import Unknown
from shared.events import portal
from shared.events.intake import PersonalUnsealed
from shared.vault import seal
from tests.services.operations import scenes
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import TOKEN, send, sign_in
from tests.services.operations.scenes import begun
from tests.services.operations.story import Story

NAME, PHONE = "Nguyễn Thử Nghiệm", "0912000001"
PERSONAL = {"name": NAME, "personal_number": "001099000001", "phone": PHONE}
WHY = {"reason": "The telephone number has to be checked"}
KEY = {"idempotency-key": "unsealing-1"}
FORM_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


async def sealed_story(edge: ConsoleEdge, personal: Any = None, **more: Any) -> Story:
    """Return an application with its personal data sealed by its own key."""
    story = begun(scenes.processing)
    key = (await edge.vault.keys([story.application], create=True))[story.application]
    told = msgspec.json.encode(personal or PERSONAL)
    data = scenes.intake.Corrected(
        message_id="m-1",
        fields=("/personal/phone",),
        sealed=seal(key, told, story.application),
        contact=seal(key, b'{"phone":"0912000001"}', story.application),
        catalogue_version="2026-06",
        forms_version="2026-06",
        **more,
    )
    story.decide("intake", story.submitted(), data)
    return await edge.read(story)


@pytest.fixture
async def story(edge: ConsoleEdge) -> Story:
    return await sealed_story(edge)


async def asked(
    edge: ConsoleEdge, story: Story, role: str = "admin", key: str = "unsealing-1"
) -> httpx.Response:
    async with edge.program(role) as program:
        where, headers = f"/v1/journeys/{story.code}/unsealing", {"idempotency-key": key}
        return await program.post(where, json=WHY, headers=headers)


# ---- over the API


async def test_what_is_sealed_is_shown_and_who_and_why_stand_in_timeline_and_audit(
    edge: ConsoleEdge, story: Story
) -> None:
    answer = await asked(edge, story)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["by"], told["reason"], told["is_whole"]) == ("admin-1", WHY["reason"], True)
    assert {f["path"]: f["value"] for f in told["fields"]} == {
        "$.sealed": PERSONAL,
        "$.contact": {"phone": PHONE},
    }

    ((topic, event),) = edge.published
    said = msgspec.json.decode(event.data, type=PersonalUnsealed)
    assert (topic, event.source) == ("intake.inbox", "/operators/admin-1")
    assert said == PersonalUnsealed(
        operator="admin-1", reason=WHY["reason"], fields=("$.contact", "$.sealed")
    )
    assert NAME not in str(event)
    async with edge.program() as program:
        journey = (await program.get(f"/v1/journeys/{story.application}")).json()
    last = journey["timeline"][-1]
    assert (last["type"], last["source"]) == (PersonalUnsealed.TYPE, "/operators/admin-1")
    assert last["data"]["reason"] == WHY["reason"]
    assert journey["findings"] == []

    reads = (await edge.reads.by("admin-1", "", PAGE_LIMIT)).items
    assert [(read.what, read.reason) for read in reads] == [
        ("POST /v1/journeys/{name}/unsealing", WHY["reason"])
    ]


async def test_it_is_shown_once_for_each_time_that_somebody_says_why(
    edge: ConsoleEdge, story: Story
) -> None:
    first, again, anew = [await asked(edge, story, key=f"key-{k}-long") for k in "112"]
    assert [a.status_code for a in (first, again, anew)] == [200, 409, 200]
    assert again.json()["type"] == "urn:motcua:problem:shown-already"
    assert NAME not in again.text
    assert len(edge.published) == 2


@pytest.mark.parametrize("role", ["operator", "checker"])
async def test_who_changes_something_of_applications_opens_nothing_of_them(
    edge: ConsoleEdge, story: Story, role: str
) -> None:
    assert (await asked(edge, story, role)).status_code == 403
    assert edge.published == []


@pytest.mark.parametrize("body", [{}, {"reason": "x"}, {"reason": "long enough", "more": 1}])
async def test_without_a_reason_nothing_is_opened(
    edge: ConsoleEdge, story: Story, body: dict[str, Any]
) -> None:
    async with edge.program("admin") as program:
        where = f"/v1/journeys/{story.code}/unsealing"
        assert (await program.post(where, json=body, headers=KEY)).status_code == 422
        assert (await program.post(where, json=WHY)).status_code == 422  # without a key
    assert edge.published == []


async def test_an_erased_application_says_so_and_nothing_stands_on_its_log(
    edge: ConsoleEdge, story: Story
) -> None:
    await edge.vault.destroy(story.application)
    answer = await asked(edge, story)
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:motcua:problem:erased")
    assert edge.published == []


async def test_one_without_anything_sealed_and_one_that_is_not_there_say_so(
    edge: ConsoleEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    answer = await asked(edge, story)
    assert (answer.status_code, answer.json()["type"]) == (
        404,
        "urn:motcua:problem:nothing-sealed",
    )


async def test_what_could_not_be_said_on_the_log_is_not_shown(
    edge: ConsoleEdge, story: Story
) -> None:
    edge.doubt = Unknown("planted")
    answer = await asked(edge, story)
    assert answer.status_code == 503
    assert NAME not in answer.text


async def test_what_could_not_be_written_down_is_not_shown_either(
    edge: ConsoleEdge, story: Story
) -> None:
    edge.reads_table.trouble.fails = lambda: True
    answer = await asked(edge, story)
    assert answer.status_code == 503
    assert NAME not in answer.text


async def test_what_operations_has_not_kept_whole_is_read_from_the_log(edge: ConsoleEdge) -> None:
    story = await sealed_story(edge, PERSONAL | {"address": "x" * 4_000})
    (entry,) = (e for e in story.log.entries(story.application) if e.type.endswith("corrected"))
    assert "… " in msgspec.json.decode(entry.data)["sealed"]
    told = (await asked(edge, story)).json()
    assert told["fields"][0]["value"]["name"] == NAME


async def test_of_an_application_that_is_flooded_no_more_is_read_again_than_a_page_may_cost(
    edge: ConsoleEdge,
) -> None:
    story = await sealed_story(edge, PERSONAL | {"address": "x" * 4_000})
    corrected = story.log.records[-1]
    long = portal.Submitted(
        procedure="1.001193", receiving_unit="00004", personal=f"e30..aXY.{'a' * 4_000}.dGFn"
    )
    for _ in range(5):  # by a portal: nobody here could open it
        story.external("portal.submissions", "/portals/sandbox", long)
    for _ in range(5):  # the same again
        story.log.again(corrected)
    await edge.read(story)
    assert (await asked(edge, story)).json()["is_whole"]
    assert len(edge.read_again) == 1

    for n in range(2 * READS_LIMIT):
        story.log.again(corrected, id=f"{story.application}/other/{n}", causationid=f"{n}")
    await edge.read(story)
    told = (await asked(edge, story, key="unsealing-2")).json()
    assert told["fields"][0]["value"]["name"] == NAME
    assert (told["is_whole"], len(edge.read_again)) == (False, 1 + READS_LIMIT)


async def test_a_value_of_another_application_does_not_open(edge: ConsoleEdge) -> None:
    other = "019e7044-8801-7000-8000-00000000000f"
    key = (await edge.vault.keys([other], create=True))[other]
    story = await sealed_story(edge, warnings=())
    moved = seal(key, b"{}", other)
    story.decide(
        "routing",
        story.submitted(),
        scenes.routing.PaymentDue(national_code=6, officer=moved, amount_vnd=1),
    )
    told = (await asked(edge, await edge.read(story))).json()
    assert {f["path"] for f in told["fields"]} == {"$.sealed", "$.contact"}


async def test_it_is_tight_how_often(edge: ConsoleEdge, story: Story) -> None:
    for _ in range(LIMITS["unseal"].calls):
        edge.limits.take("unseal", "admin-1")
    answer = await asked(edge, story)
    assert answer.status_code == 429
    assert edge.published == []


# ---- on the page


async def test_a_page_shows_it_once_and_the_way_back_leads_to_the_journey(
    edge: ConsoleEdge, story: Story, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, "admin")
    page = await browser.get(f"/console/journeys/{story.application}")
    token, key = TOKEN.search(page.text), FORM_KEY.search(page.text)
    assert token
    assert key
    where, form = f"/console/journeys/{story.application}/unsealing", {"token": token[1], **WHY}
    shown = await send(browser, where, key=key[1], **form)
    assert shown.status_code == 200
    assert all(text in shown.text for text in (NAME, PHONE, WHY["reason"]))
    assert shown.headers["cache-control"] == "no-store"
    assert f"{where}?lang" not in shown.text
    again = await send(browser, where, key=key[1], **form)
    assert again.status_code == 409
    assert "Đã hiện một lần" in again.text
    assert NAME not in again.text
    back = await browser.get(where)
    assert (back.status_code, back.headers["location"]) == (303, where.removesuffix("/unsealing"))


@pytest.mark.parametrize(("field", "status"), [("token", 403), ("key", 422), ("reason", 422)])
async def test_a_form_that_is_not_whole_opens_nothing(
    edge: ConsoleEdge, story: Story, browser: httpx.AsyncClient, field: str, status: int
) -> None:
    await sign_in(browser, "admin")
    page = await browser.get(f"/console/journeys/{story.application}")
    token = TOKEN.search(page.text)
    assert token
    form = {"token": token[1], "key": "k" * 32, **WHY, field: ""}
    answer = await send(browser, f"/console/journeys/{story.application}/unsealing", **form)
    assert answer.status_code == status
    assert edge.published == []


@pytest.mark.parametrize("name", ["viewer", "operator", "checker", "officer"])
async def test_nobody_else_has_the_form_or_the_page(
    edge: ConsoleEdge, story: Story, browser: httpx.AsyncClient, name: str
) -> None:
    await sign_in(browser, name)
    page = await browser.get(f"/console/journeys/{story.application}")
    assert "/unsealing" not in page.text
    answer = await send(browser, f"/console/journeys/{story.application}/unsealing", **WHY)
    assert answer.status_code == 403


# ---- reading a message again


class Told:
    """A topic with one record."""

    def __init__(self, record: Record) -> None:
        self.record, self.is_closed = record, False

    async def read(self, starts: Any, ends: Any) -> Any:
        lane, offset = self.record.partition, self.record.offset
        assert (starts, ends) == ({lane: offset}, {lane: offset + 1})
        yield [self.record]

    async def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("is_readable", [True, False])
async def test_a_message_is_read_from_its_place_and_the_log_let_go(is_readable: bool) -> None:
    story = begun(scenes.processing)
    entry = story.log.entries(story.application)[-1]
    (record,) = (r for r in story.log.records if (r.topic, r.partition, r.offset) == entry.place)
    log = Told(record if is_readable else record._replace(value=b"no message"))
    found = await from_log(lambda _: log)(entry)
    assert msgspec.json.decode(found) == (msgspec.json.decode(entry.data) if is_readable else {})
    assert log.is_closed
