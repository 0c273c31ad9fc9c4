"""A result that waits at another unit than was told is told again; what else moves, is not."""

import pytest

SETTLED, READDRESSED = "application.settled", "application.readdressed"


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
