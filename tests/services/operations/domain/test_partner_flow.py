"""What of orders and calls is counted for partners, and what is read off it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.partner_flow import (
    COUNTS,
    DAY_S,
    FOLLOWED,
    HOUR_S,
    SLOT_S,
    SLOTS,
    added,
    live,
    noted,
    share_of,
    slot_key,
    width_of,
)
from shared.events import payment

ORDER = {"partner": "sen-vang", "reference": "MC1"}
MOVED = {**ORDER, "transaction": "T1", "amount_vnd": 16_000}
NOW_S = 1_780_000_000
DECIDED = [
    ("opened", payment.Requested(**ORDER, attempt=1, amount_vnd=1, expires_at=None)),
    ("paid", payment.Settled(**MOVED)),
    ("failed", payment.Failed(**ORDER, code="24", reason="declined")),
    ("expired", payment.Expired(**ORDER)),
]
HEARD = [
    ("answered", payment.Notified(**MOVED, finding="failed", code="24")),
    ("answered", payment.Created(**ORDER, key="k", finding="declined")),
    ("unanswered", payment.Created(**ORDER, key="k", finding="unknown")),
    ("let_alone", payment.Created(**ORDER, key="k", finding="deferred")),
    ("answered", payment.Queried(**ORDER, key="k", finding="not_found")),
    ("unanswered", payment.Queried(**ORDER, key="k", finding="unknown")),
    ("let_alone", payment.Queried(**ORDER, key="k", finding="deferred")),
    (None, payment.Queried(**ORDER, key="k", finding="unaskable")),
]


def read(story: Any, log: Any) -> Any:
    return noted(log.entries(story.application)[-1])


@pytest.mark.parametrize(("what", "data"), DECIDED, ids=[w for w, _ in DECIDED])
def test_what_payment_decides_of_an_order_counts_for_its_partner(
    story: Any, log: Any, what: str, data: Any
) -> None:
    story.decide("payment", story.routed(), data)
    assert read(story, log) == ("sen-vang", "MC1", what)


@pytest.mark.parametrize(("what", "data"), HEARD, ids=[f"{w}-{d.finding}" for w, d in HEARD])
def test_what_comes_of_a_call_is_a_word_of_the_partner_or_none(
    story: Any, log: Any, what: str | None, data: Any
) -> None:
    story.external("payment.inbox", "/services/payment/effects", data)
    assert read(story, log) == (what and ("sen-vang", "MC1", what))


def test_a_decision_that_another_sends_under_its_name_counts_for_nobody(
    story: Any, log: Any
) -> None:
    story.external("payment.inbox", "/partners/x", payment.Settled(**MOVED))
    assert read(story, log) is None


@pytest.mark.parametrize("data", [data for _, data in HEARD if data.finding != "unaskable"])
def test_what_a_portal_says_of_a_call_counts_for_nobody(story: Any, log: Any, data: Any) -> None:
    story.external("portal.submissions", "/portals/x", data)
    assert read(story, log) is None


def test_what_is_followed_is_what_is_told_of_above() -> None:
    assert {data.TYPE for _, data in (*DECIDED, *HEARD)} == FOLLOWED
    assert {what for what, _ in (*DECIDED, *HEARD) if what} == set(COUNTS)


@given(took_s=st.integers(1, 10**6))
def test_a_time_is_read_off_the_histogram_within_a_tenth(took_s: int) -> None:
    found = share_of({width_of(took_s * 1_000): 1}, 0.5)
    assert found
    assert abs(found - took_s) <= 0.5 + 0.1 * took_s  # told in whole seconds


@given(times=st.lists(st.integers(1, 10**5), min_size=1))
def test_the_95th_percentile_is_that_of_the_times_within_a_tenth(times: list[int]) -> None:
    widths: dict[int, int] = {}
    for took_s in times:
        widths[width_of(took_s * 1_000)] = widths.get(width_of(took_s * 1_000), 0) + 1
    rank = max(1, -(-95 * len(times) // 100))
    exact = sorted(times)[rank - 1]
    found = share_of(widths, 0.95)
    assert found
    assert abs(found - exact) <= 0.5 + 0.1 * exact


def table(*seconds: tuple[int, dict[str, int]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for second, counts in seconds:
        key = slot_key("sen-vang", second)
        out[key] = added(out.get(key), "sen-vang", second, counts, {"8": 1}) or out[key]
    return out


@given(
    seconds=st.lists(st.tuples(st.integers(0, 3 * DAY_S), st.sampled_from(COUNTS)), max_size=60),
    data=st.data(),
)
def test_a_day_is_counted_whatever_the_order_in_which_its_seconds_come(
    seconds: list[tuple[int, str]], data: st.DataObject
) -> None:
    told = [(NOW_S - ago_s, {what: 1}) for ago_s, what in seconds]
    found = live(table(*data.draw(st.permutations(told))).values(), NOW_S)
    slot = NOW_S // SLOT_S
    within = [c for s, c in told if (s // SLOT_S + 1) * SLOT_S > NOW_S - DAY_S]
    for what in COUNTS:
        counted = getattr(found[0].day, what) if found else 0
        assert counted == sum(c.get(what, 0) for c in within)
    assert len(table(*told)) <= SLOTS
    assert slot - DAY_S // SLOT_S >= slot - SLOTS + 1


def test_an_hour_is_the_last_one() -> None:
    (found,) = live(
        table((NOW_S, {"paid": 3}), (NOW_S - HOUR_S - 600, {"failed": 1})).values(), NOW_S
    )
    assert (found.hour.paid, found.hour.success) == (3, 1.0)
    assert (found.day.paid, found.day.success, found.day.median_s) == (3, 0.75, 4)


def test_a_slot_is_taken_over_a_ring_later_and_never_by_what_is_older() -> None:
    later = NOW_S + SLOTS * SLOT_S
    assert slot_key("a", NOW_S) == slot_key("a", later)
    slot = added(None, "a", later, {"paid": 1}, {})
    assert added(slot, "a", NOW_S, {"paid": 1}, {}) is None
    assert added(added(None, "a", NOW_S, {"paid": 5}, {}), "a", later, {"paid": 1}, {}) == slot


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        ([], "not_known"),
        (["answered"], "answers"),
        (["answered", "unanswered"], "silent"),
        (["unanswered", "let_alone"], "let_alone"),
        (["let_alone", "answered"], "answers"),
        (["opened", "paid"], "not_known"),
    ],
)
def test_how_a_partner_stands_is_said_by_what_came_last(told: list[str], standing: str) -> None:
    seconds = [(NOW_S - 100 + n, {what: 1}) for n, what in enumerate(told)]
    (found,) = live(table((NOW_S - 200, {"opened": 1}), *seconds).values(), NOW_S)
    assert found.standing == standing
