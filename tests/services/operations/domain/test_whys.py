"""Why an application is here and what happens next: a sentence for every cause and every end."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.causes import AT_ONCE, CAUSES, over_ms
from services.operations.domain.citizen.units import Units
from services.operations.domain.ends import ENDS
from services.operations.domain.nexts import NEXT
from services.operations.domain.patience import Patience
from services.operations.domain.waits import NEXT as WAITS
from services.operations.domain.whys import Standing, Why, whys
from services.operations.opened import Opened, Whys
from shared.catalogue import load
from shared.working_time import local_day
from tests.services.operations import scenes
from tests.services.operations.api.edge import park
from tests.services.operations.families import family
from tests.services.operations.memory import MemoryTable, Trouble
from tests.services.operations.scenes import SCENES, begun
from tests.services.operations.story import BEGAN, Story

NOW_MS = int(BEGAN.timestamp() * 1_000)
CATALOGUE = load()
UNITS = Units(CATALOGUE, local_day(BEGAN))
ENDED = ("returned", "withdrawn", "not_accepted", "refused", "family_partly_done")


def told(story: Story, after: timedelta = timedelta()) -> list[Why]:
    one = Opened(story.application, story.log.entries(story.application), [])
    patience = Patience(CATALOGUE.working_calendar)
    found = Whys(MemoryTable(Trouble()), patience, CATALOGUE)
    return found.told(one, story.log.now + after)


def standing(cause: str, since_ms: int = NOW_MS, stuck_ms: int | None = None) -> Standing:
    return Standing(CAUSES[cause].stage, cause, since_ms, stuck_ms, "00004", "sen-vang")


def test_every_cause_says_what_happens_next() -> None:
    assert set(NEXT) == set(CAUSES)


@pytest.mark.parametrize("cause", CAUSES)
def test_what_may_wait_for_a_while_says_what_happens_when_it_did_not(cause: str) -> None:
    assert (CAUSES[cause].patience_s == AT_ONCE) != (NEXT[cause].late is not None)


def test_whatever_nobody_waits_for_any_more_is_an_end_with_its_sentence() -> None:
    assert {type_ for type_, who in WAITS.items() if who is None} <= set(ENDS)


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("late_ms", [None, -30_000, 30_000])
def test_each_is_one_whole_sentence_in_both_languages(cause: str, late_ms: int | None) -> None:
    stuck_ms = None if late_ms is None else NOW_MS - late_ms
    one = standing(cause, NOW_MS - 120_000, stuck_ms)
    why = next(w for w in whys([], [one], NOW_MS, UNITS) if w.cause == cause)
    for text, then in ((why.vi, "; tiếp theo, "), (why.en, "; next, ")):
        assert re.fullmatch(r"[^{}]+\.", text)
        assert text[0].isupper()
        assert text.count(then) == 1
    assert why.is_stuck == (late_ms is not None and late_ms > 0)
    assert why.who == CAUSES[cause].who


def test_it_says_who_does_what_by_when() -> None:
    [why, *_] = told(begun(scenes.fee_due))
    assert (why.cause, why.who, why.partner) == ("awaiting_payment", "citizen", "sandbox")
    assert why.en == (
        "Waits for the citizen to pay, since 08:00 on 9 June 2026, until 08:00 on 10 June 2026 at "
        "the latest; next, the citizen pays with sandbox; unpaid by then, the order expires."
    )
    assert why.vi == (
        "Chờ công dân nộp tiền, từ 08:00 ngày 09/06/2026, chậm nhất 08:00 ngày 10/06/2026; tiếp "
        "theo, công dân nộp qua sandbox; quá hạn mà chưa nộp thì lệnh thanh toán hết hiệu lực."
    )


def test_what_is_over_its_time_says_so_and_what_is_done_about_it() -> None:
    [why, *_] = told(begun(scenes.processing), timedelta(days=7))
    assert (why.cause, why.is_stuck) == ("in_processing", True)
    assert "overdue since 08:00 on 15 June 2026; next, " in why.en
    assert why.en.endswith("an operator can give a new date with an apology.")


def test_a_unit_is_called_by_its_name() -> None:
    [why, *_] = told(begun(scenes.processing))
    name = UNITS.name(why.unit)
    assert (why.unit != "", name.vi in why.vi) == (True, True)


def test_what_is_held_comes_first_and_says_which_service_holds_it() -> None:
    story = begun(scenes.processing)
    park(story)
    [why, other, *_] = told(story)
    assert (why.cause, "payment" in why.en, other.cause) == ("held", True, "in_processing")


@pytest.mark.parametrize("scene", ENDED)
def test_what_is_over_says_how_it_ended_and_that_nobody_is_waited_for(scene: str) -> None:
    [why, *_] = told(begun(SCENES[scene]))
    assert (why.cause, why.who, why.is_stuck) == ("", None, False)


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_every_scene_of_a_life_has_its_sentence(scene: Callable[[Story], None]) -> None:
    for why in told(begun(scene)):
        assert why.vi.endswith(".")
        assert why.en.endswith(".")


def test_a_refund_that_failed_is_told_before_the_end_and_what_never_began_not_at_all() -> None:
    story = begun(scenes.not_accepted)
    entries = story.log.entries(story.application)
    left = [standing("unassessed", 0, 0), standing("refund_failed", 0, 0)]
    [why, end] = whys(entries, left, NOW_MS, UNITS)
    assert (why.cause, end.cause) == ("refund_failed", "")
    assert end.en.startswith("The unit did not accept it at ")


def test_money_that_goes_back_is_told_beside_the_end() -> None:
    [why, *others] = told(begun(scenes.cancelled))
    assert why.en.startswith("It was cancelled at ")
    assert "refund_under_way" in {other.cause for other in others}


def test_one_for_several_agencies_leads_to_its_children() -> None:
    [why, *_] = told(begun(family))
    assert "children" in why.en


def test_of_what_nobody_handed_in_it_says_so() -> None:
    [why] = whys([], [], NOW_MS, UNITS)
    assert why.en.endswith("its sender has to hand it in.")


instants = st.one_of(st.none(), st.integers(NOW_MS - 10**9, NOW_MS + 10**9))


@given(st.lists(st.tuples(st.sampled_from(sorted(CAUSES)), instants), min_size=1, max_size=8))
def test_what_is_stuck_comes_before_what_waits_as_it_should_and_notices_last(
    found: list[tuple[str, int | None]],
) -> None:
    one = [standing(cause, NOW_MS - 10**9, stuck_ms) for cause, stuck_ms in found]
    lasting = [s for s in one if s.stuck_ms is None or s.stuck_ms > over_ms(s.cause, NOW_MS)]
    said = [why for why in whys([], one, NOW_MS, UNITS) if why.cause]
    ranks = [(CAUSES[why.cause].stage == "notify", not why.is_stuck) for why in said]
    assert len(said) == len(lasting)
    assert ranks == sorted(ranks)
    assert all(isinstance(why.since, datetime) for why in said)
