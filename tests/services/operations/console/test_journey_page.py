"""What a journey's page says, worked out from a log: no browser, no edge."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.console.labels import LABELS
from services.operations.console.reading.page import LINES_LIMIT, JourneyPage, journey_page, raw
from services.operations.console.reading.waterfall import LEAST, WHO, WHOLE, covered, waterfall
from services.operations.console.types import STRANGE
from services.operations.domain.findings import Finding
from services.operations.domain.situations import PLAIN
from services.operations.domain.spans import Span, spans
from services.operations.domain.waits import waits
from services.operations.domain.whys import Why
from services.operations.opened import Opened, Whys, journey_of
from shared.catalogue import Catalogue
from shared.events import refunds
from tests.services.operations import scenes
from tests.services.operations.api.edge import park
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.scenes import DUE, SCENES, begun
from tests.services.operations.story import Story


def page_of(
    story: Story, catalogue: Catalogue, now: datetime | None = None, **more: Any
) -> JourneyPage:
    one = Opened(story.application, story.log.entries(story.application), [])
    now = now or story.log.now
    told = journey_of(one, now, why(one, catalogue, now))
    return journey_page(told, one, catalogue, now, **more)


def why(one: Opened, catalogue: Catalogue, now: datetime) -> list[Why]:
    return Whys(MemoryTable(Trouble()), PLAIN, catalogue).told(one, now)


def facts(found: Any) -> dict[str, str]:
    return {fact.name.en: fact.value.en for fact in found}


def test_its_head_says_the_state_in_both_languages_and_who_is_waited_for(
    catalogue: Catalogue,
) -> None:
    page = page_of(begun(scenes.supplement_requested), catalogue)
    assert (page.code, page.state.vi, page.state_other.vi) == (
        5,
        "Yêu cầu bổ sung giấy tờ",
        "supplement requested",
    )
    assert page.now == WHO["citizen"]
    assert page.why.en.startswith("Waits for what the citizen is to bring, since ")
    assert "; tiếp theo, công dân bổ sung giấy tờ, rồi " in page.why.vi
    assert (page.title, page.procedure.en) == ("G09.20-20260609-0000001", "Birth registration")


def test_what_is_over_waits_for_nobody(catalogue: Catalogue) -> None:
    for scene in (scenes.returned, scenes.withdrawn, scenes.not_accepted, scenes.refused):
        assert page_of(begun(scene), catalogue).now == LABELS["now_nobody"]


def test_what_is_held_stands_out(catalogue: Catalogue) -> None:
    story = begun(scenes.processing)
    park(story)
    page = page_of(story, catalogue)
    assert (page.tone, page.now, page.held_by) == ("held", LABELS["now_held"], ("payment",))
    assert page.waterfall
    assert "held" in {total.who for total in page.waterfall.totals}


def test_a_clock_says_what_is_left_and_by_how_much_it_is_over(catalogue: Catalogue) -> None:
    story = begun(scenes.processing)
    soon = page_of(story, catalogue, DUE - timedelta(hours=2)).clocks[-1]
    late = page_of(story, catalogue, DUE + timedelta(minutes=5)).clocks[-1]
    assert facts(soon.facts)["Left"] == "2 h"
    assert (soon.tone, soon.standing.en) == ("running", "running")
    assert facts(late.facts)["Over by"] == "5 min"
    assert (late.tone, late.standing.en) == ("late", "running, late")


def test_money_notices_and_the_rule_that_chose_the_units_are_told(catalogue: Catalogue) -> None:
    page = page_of(begun(scenes.accepted), catalogue)
    assert facts(page.money) == {
        "Assessed": "50,000 VND",
        "Settled": "50,000 VND",
        "Receipted": "50,000 VND",
        "Orders": "MC0000000001",
        "Receipts": "0000012",
    }
    assert ("Your payment was received", "SMS", "sent") in {
        (about.en, by.en, state.en) for about, by, state, _ in page.notices
    }
    [choice] = page.routing
    assert facts(choice.facts)["Rule"] == "commune 1"
    assert facts(choice.facts)["Decided by"].endswith("(00004)")


def test_every_line_says_what_led_to_it_by_its_number(catalogue: Catalogue) -> None:
    page = page_of(begun(scenes.accepted), catalogue)
    lines = {line.number: line for line in page.lines}
    assert [line.number for line in page.lines] == list(range(1, len(lines) + 1))
    assert lines[1].cause == 0
    assert all(lines[line.cause].number < line.number for line in page.lines if line.cause)
    registered = next(line for line in page.lines if line.type == "application.registered")
    assert lines[registered.cause].type == "application.submitted"
    assert facts(registered.facts)["Dossier code"] == "G09.20-20260609-0000001"


def test_of_what_does_not_belong_the_page_says_only_that_and_where_it_came(
    catalogue: Catalogue,
) -> None:
    story = begun(scenes.submitted)
    words: dict[str, Any] = {
        "partner": "p",
        "transaction": "T",
        "amount_vnd": 1,
        "by": "b",
        "reason": "secret",
    }
    story.external("portal.submissions", "/portals/elsewhere", refunds.RefundAsked(**words))
    page = page_of(story, catalogue)
    line = page.lines[-1]
    assert (line.name, line.type) == (STRANGE, "other")
    assert (line.source, facts(line.facts)) == (
        "/portals/elsewhere",
        {"Sent to": "portal.submissions"},
    )
    assert "secret" not in f"{page}"
    assert "refund.asked" not in f"{page}"


def test_a_long_story_shows_its_newest_lines_first_and_all_when_asked(catalogue: Catalogue) -> None:
    story = begun(scenes.submitted)
    for n in range(LINES_LIMIT // 3):
        story.told(story.registered() if n == 0 else story.submitted(), "registered")
    page = page_of(story, catalogue)
    assert len(page.lines) == LINES_LIMIT
    assert page.hidden > 0
    whole = page_of(story, catalogue, is_whole=True)
    assert (len(whole.lines), whole.hidden) == (LINES_LIMIT + page.hidden, 0)


def test_what_is_wrong_in_the_log_is_named(catalogue: Catalogue) -> None:
    story = begun(scenes.accepted)
    one = Opened(story.application, story.log.entries(story.application), [])
    told = journey_of(one, story.log.now, why(one, catalogue, story.log.now))
    told.findings.append(Finding("gap", "payment", "x", "number 2 is missing before"))
    page = journey_page(told, one, catalogue, story.log.now)
    assert [(name.en, id_) for name, id_, _ in page.findings] == [("Gap", "x")]


def test_a_message_is_told_as_it_is_kept() -> None:
    story = begun(scenes.submitted)
    text = raw(story.log.entries(story.application)[0])
    assert '"personal": "e30..aXY.dGV4dA.dGFn"' in text
    assert '"type": "application.submitted"' in text


# ---- the waterfall


@pytest.mark.parametrize("scene", SCENES)
def test_every_bar_lies_within_the_picture_and_can_be_seen(
    scene: str, catalogue: Catalogue
) -> None:
    story = begun(SCENES[scene])
    fall = page_of(story, catalogue, story.log.now + timedelta(days=2)).waterfall
    assert fall
    for bar in (*fall.strip, *(row.bar for row in fall.rows)):
        assert 0 <= bar.x <= WHOLE - LEAST
        assert bar.width >= LEAST
        assert bar.x + bar.width <= WHOLE


@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)), min_size=1))
def test_whatever_lasts_however_long_lies_within_the_picture(
    stretches: list[tuple[int, int]],
) -> None:
    drawn = [
        Span(str(n), "", "", "x", "decision", min(s), max(s), ("a",), (str(n),), "", "t", 0, n)
        for n, s in enumerate(stretches)
    ]
    fall = waterfall(drawn, (), "bank", 9_500)
    assert fall
    for bar in (*fall.strip, *(row.bar for row in fall.rows)):
        assert 0 <= bar.x < bar.x + LEAST <= bar.x + bar.width <= WHOLE


def test_a_wait_that_lasts_goes_on_until_now(catalogue: Catalogue) -> None:
    story = begun(scenes.payment_due)
    fall = page_of(story, catalogue, story.log.now + timedelta(days=9)).waterfall
    assert fall
    longest = max(fall.strip, key=lambda bar: bar.width)
    assert (longest.who, longest.x + longest.width) == ("citizen", WHOLE)
    assert {t.who: t.took.en for t in fall.totals}["citizen"].startswith("9 d")


def test_time_in_which_nothing_was_written_is_a_gap() -> None:
    story = begun(scenes.submitted)
    story.log.pass_time(hours=5)
    story.submitted()
    entries = story.log.entries(story.application)
    fall = waterfall(spans(story.application, entries), waits(entries), None, 0)
    assert fall
    assert {total.who: total.took.en for total in fall.totals}["gap"].startswith("5 h")


def test_nothing_is_drawn_of_nothing() -> None:
    assert waterfall([], [], None, 0) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_what_overlaps_counts_once(stretches: list[tuple[int, int]]) -> None:
    ordered = [(min(pair), max(pair)) for pair in stretches]
    assert covered(ordered) == len({n for begin, end in ordered for n in range(begin, end)})
