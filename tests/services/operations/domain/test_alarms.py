"""When an alarm fires and when it ends, by the table of rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.alarms import (
    RULES,
    SIGHTS_LIMIT,
    Mark,
    Sight,
    alarm_id,
    judged,
    worst,
)

LATE = "late_intake/unanswered"  # from 1 on, for 30 s; ends at 0, for 60 s
KEY = "certificate_expiry/sen-vang/outgoing"  # from 14 days down; ends at 15, for 300 s
VALUES = st.one_of(st.none(), st.integers(0, 40))
LOOKS = st.lists(st.tuples(st.integers(0, 90_000), VALUES), max_size=60)


def looked(key: str, looks: list[tuple[int, int | None]]) -> list[tuple[int, str]]:
    """Look at these instants (s); return when something fired and ended."""
    mark: Mark | None = None
    told = []
    for at_s, value in looks:
        before, mark = mark, judged(key, mark, value, at_s * 1_000)
        was, is_ = bool(before and before.id), bool(mark and mark.id)
        if was != is_:
            told.append((at_s, "fired" if is_ else "ended"))
    return told


def test_it_fires_when_it_was_bad_for_long_enough() -> None:
    assert looked(LATE, [(0, 3), (29, 3)]) == []
    assert looked(LATE, [(0, 3), (30, 1)]) == [(30, "fired")]


def test_what_is_well_again_before_that_fires_nothing() -> None:
    assert looked(LATE, [(0, 3), (20, None), (40, 3), (60, 3)]) == []


def test_it_ends_when_it_was_well_for_long_enough() -> None:
    bad = [(0, 3), (30, 3)]
    assert looked(LATE, [*bad, (40, None), (99, None)]) == [(30, "fired")]
    assert looked(LATE, [*bad, (40, 0), (100, None)]) == [(30, "fired"), (100, "ended")]


def test_what_goes_up_and_down_fires_once() -> None:
    wavering = [(at, 3 if at % 40 == 0 else None) for at in range(40, 400, 20)]
    assert looked(LATE, [(0, 3), (30, 3), *wavering]) == [(30, "fired")]


def test_between_the_two_thresholds_nothing_changes() -> None:
    assert looked(KEY, [(0, 15)]) == []
    assert looked(KEY, [(0, 14), (900, 14), (1_800, 14)]) == [(0, "fired")]
    assert looked(KEY, [(0, 14), (300, 15), (600, 15)]) == [(0, "fired"), (600, "ended")]


def test_every_rule_ends_where_it_does_not_fire_and_says_so_in_both_languages() -> None:
    for name, rule in RULES.items():
        assert re.fullmatch(r"[a-z_]+", name)
        assert rule.is_over(rule.fires_at)
        assert not rule.is_over(rule.ends_at)
        assert rule.is_well(rule.ends_at)
        assert not rule.is_well(rule.fires_at)
        assert rule.quiet_s > 0
        for words in (rule.title, rule.looks_at, rule.about):
            assert words.vi.strip() != words.en.strip()


@given(key=st.sampled_from([LATE, KEY]), looks=LOOKS)
def test_firing_and_ending_take_turns_and_nothing_ends_before_it_was_quiet(
    key: str, looks: list[tuple[int, int | None]]
) -> None:
    looks.sort(key=lambda look: look[0])
    told = looked(key, looks)
    assert [what for _, what in told] == ["fired", "ended"] * (len(told) // 2) + ["fired"] * (
        len(told) % 2
    )
    rule = RULES[key.partition("/")[0]]
    for at, what in told:
        if what == "ended":
            since = at - rule.quiet_s
            assert all(v is None or rule.is_well(v) for s, v in looks if since < s < at)


@given(key=st.sampled_from([LATE, KEY]), looks=LOOKS)
def test_looks_that_are_doubled_change_nothing(
    key: str, looks: list[tuple[int, int | None]]
) -> None:
    looks.sort(key=lambda look: look[0])
    assert looked(key, [each for look in looks for each in (look, look)]) == looked(key, looks)


def test_the_id_is_the_same_whoever_finds_it_and_sorts_by_time() -> None:
    assert alarm_id(LATE, 5) == alarm_id(LATE, 5) != alarm_id(KEY, 5)
    assert alarm_id(LATE, 999_999_999_999) < alarm_id(LATE, 1_000_000_000_000)


@pytest.mark.parametrize(("rule", "kept"), [("due_soon", 399), ("certificate_expiry", 0)])
def test_of_too_many_the_worst_are_looked_at(rule: str, kept: int) -> None:
    sights = [Sight(rule=rule, about=str(n), value=n) for n in range(400)]
    found = worst(sights, ())
    assert len(found) == SIGHTS_LIMIT
    assert kept in {sight.value for sight in found}


def test_of_too_many_those_that_stand_are_looked_at_first() -> None:
    sights = [Sight(rule="due_soon", about=str(n), value=n) for n in range(400)]
    found = worst([*sights, Sight(rule="stuck_old", about="x", value=1)], {"due_soon/3"})
    assert [s.about for s in found] == ["3", *map(str, range(399, 200, -1)), "x"]
