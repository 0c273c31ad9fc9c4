"""A result that waits at another unit than was told is told again; what else moves, is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.notify import NoticeRequested

SETTLED, READDRESSED = "application.settled", "application.readdressed"
POSTED, CAME_BACK = "application.posted", "application.post_came_back"
MOVES = (POSTED, CAME_BACK, READDRESSED)
UNITS = ("00004", "00008", "00012")


def places(case) -> list[tuple[int, str]]:
    """Where the citizen was told that the result is, each time."""
    return [
        (r.occasion, r.params["returning_unit"])
        for r in case.requests()
        if r.milestone == "result_ready"
    ]


@pytest.fixture
def ready(case):
    case.learn("application.registered")
    case.learn(SETTLED, returning_unit="00004")
    case.answer(case.key("result_ready"), "handed")
    return case


@pytest.mark.parametrize("moved", [READDRESSED, "application.transferred"])
def test_a_result_that_waits_elsewhere_now_is_told_once_more(ready, moved) -> None:
    for _ in range(2):
        ready.learn(moved, returning_unit="00008")
    assert places(ready) == [(1, "00004"), (2, "00008")]


def test_a_readdressing_that_leaves_the_result_where_it_is_is_silent(ready) -> None:
    assert ready.learn(READDRESSED, receiving_unit="00008", returning_unit="00004") == []


def test_what_still_waits_to_be_told_names_the_place_of_now(case) -> None:
    case.learn(SETTLED, returning_unit="00004")
    case.learn(READDRESSED, returning_unit="00008")
    case.learn("application.registered")
    assert places(case) == [(1, "00008")]


@pytest.mark.parametrize(
    "since", ["application.processing", "application.posted", "application.returned"]
)
def test_a_result_that_waits_there_no_more_is_not_told_to_wait_elsewhere(ready, since) -> None:
    ready.learn(since)
    ready.learn(READDRESSED, returning_unit="00008")
    assert places(ready) == [(1, "00004")]


@pytest.mark.parametrize("moved", [READDRESSED, "application.transferred"])
def test_a_result_that_came_back_and_is_moved_then_is_told_at_each_place(ready, moved) -> None:
    ready.learn(POSTED)
    ready.learn(CAME_BACK)
    ready.learn(moved, returning_unit="00008")
    assert places(ready) == [(1, "00004"), (2, "00004"), (3, "00008")]


@pytest.mark.parametrize("moved", [READDRESSED, "application.transferred"])
def test_a_result_that_is_moved_while_it_is_in_the_post_is_told_when_it_came_back(
    ready, moved
) -> None:
    ready.learn(POSTED)
    ready.learn(moved, returning_unit="00008")
    assert places(ready) == [(1, "00004")]
    ready.learn(CAME_BACK)
    assert places(ready) == [(1, "00004"), (2, "00008")]


def test_who_heard_that_it_is_in_the_post_hears_where_it_lies_once_it_came_back(ready) -> None:
    ready.learn(POSTED)
    ready.answer(ready.key("result_posted"), "handed")
    for _ in range(2):
        ready.learn(CAME_BACK)
    assert places(ready) == [(1, "00004"), (2, "00004")]
    words = {n.words for s, n in ready.dossier.notices.items() if s.startswith("result_ready")}
    assert words == {""}, "it is not called a new result"


def test_a_parcel_that_goes_out_again_before_that_was_told_takes_it_back(ready) -> None:
    ready.learn(POSTED)
    ready.learn(CAME_BACK)
    ready.answer(ready.key("result_ready"), "absent")
    dropped, asked = ready.learn(POSTED, tracking="EE123456799VN")
    assert (dropped.milestone, dropped.reason) == ("result_ready", POSTED)
    assert (asked.milestone, asked.params["tracking"]) == ("result_posted", "EE123456799VN")


def test_what_was_handed_over_meanwhile_lies_nowhere_when_the_post_brings_it_back(ready) -> None:
    ready.learn(POSTED)
    ready.learn("application.returned")
    ready.learn(CAME_BACK)
    assert places(ready) == [(1, "00004")]


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(UNITS)), max_size=12))
def test_what_was_said_last_of_where_the_result_is_holds(new_case, moves) -> None:
    case = new_case()
    case.learn("application.registered")
    case.learn(SETTLED, returning_unit="00004")
    lies_at, is_in_post = "00004", False
    for move, unit in moves:
        if move == (CAME_BACK if not is_in_post else POSTED):
            continue  # routing says so of no parcel that is not, or is, in the post
        changes = {} if move in (POSTED, CAME_BACK) else {"returning_unit": unit}
        lies_at = changes.get("returning_unit", lies_at)
        is_in_post = move == POSTED or (is_in_post and move != CAME_BACK)
        for request in case.learn(move, **changes):
            if isinstance(request, NoticeRequested):
                case.answer(request.key, "handed")
        told = [r for r in case.requests() if r.milestone in ("result_ready", "result_posted")]
        wanted = "result_posted" if is_in_post else "result_ready"
        assert told[-1].milestone == wanted
        assert is_in_post or told[-1].params["returning_unit"] == lies_at


def test_before_there_is_a_result_a_readdressing_is_silent(case) -> None:
    case.learn("application.registered")
    assert case.learn(READDRESSED, returning_unit="00008") == []
    case.learn(SETTLED, returning_unit="00008")
    assert places(case) == [(1, "00008")]


def test_what_was_no_longer_so_stays_so_after_a_readdressing(case) -> None:
    case.learn("application.suspended")
    case.learn(READDRESSED)
    assert case.dossier.latest == {"/services/routing": "application.suspended"}


@pytest.mark.parametrize(
    ("before", "unit"),
    [("", "00012"), ("application.transferred", "00008")],
    ids=["who receives it", "who decides"],
)
def test_the_unit_that_is_told_is_the_one_that_has_it_now(case, before, unit) -> None:
    case.learn("application.registered", receiving_unit="00004")
    if before:
        case.learn(before, competent_unit="00008")
    case.learn(READDRESSED, receiving_unit="00012", competent_unit="00008")
    assert case.dossier.unit == unit
