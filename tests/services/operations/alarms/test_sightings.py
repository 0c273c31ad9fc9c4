"""What rules look at: the board's rows on a real database, groups that are behind, keys."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.alarms.rows import Past
from services.operations.alarms.sightings import behind_s, grown
from tests.services.operations.alarms.office import HOUR, NOW, Office, ms

PAYING, PAID = ("payment.inbox", 0), ("payment.events", 0)


async def test_where_nothing_waits_nothing_is_seen_but_keys(office: Office) -> None:
    seen = await office.seen()
    assert [(s.rule, s.about, s.value) for s in seen.sights] == [
        ("certificate_expiry", "vnpay/outgoing", 9)
    ]
    assert seen.unseen == []


async def test_what_is_taken_in_late_is_counted_by_step_beyond_patience(office: Office) -> None:
    await office.waits("unanswered", 2)
    await office.waits("unrouted")
    await office.waits("unassessed", stuck=NOW + HOUR)
    assert await office.found("late_intake") == {"unanswered": 2, "unrouted": 1}
    assert await office.found("stuck_old") == {}


async def test_the_oldest_of_a_group_says_for_how_long_it_is_stuck(office: Office) -> None:
    await office.waits("unpaid", 3)
    await office.waits("unpaid", stuck=NOW - 30 * HOUR)
    assert await office.found("stuck_old") == {"payment/unpaid": 30 * 3_600}


async def test_a_message_that_nobody_can_read_is_seen_at_whichever_service(office: Office) -> None:
    await office.waits("poison_event", stage="routing")
    await office.waits("held", stage="notify")
    assert await office.found("stuck_old") == {
        "routing/poison_event": 3_600,
        "notify/held": 3_600,
    }


async def test_what_is_over_by_itself_is_stuck_no_more(office: Office) -> None:
    await office.waits("repeated")
    await office.waits("repeated", stuck=NOW - timedelta(seconds=50))
    assert await office.found("stuck_old") == {"intake/repeated": 50}


async def test_a_group_that_grew_by_half_in_a_quarter_of_an_hour_is_told(office: Office) -> None:
    await office.waits("unpaid", 30)
    past = Past(ms(NOW) - 12 * 60_000, {"payment/unpaid": 5}, {})
    assert await office.found("stuck_growth", past) == {"payment/unpaid": 25}
    assert (await office.seen()).past.stuck == {"payment/unpaid": 30}


async def test_partners_that_are_down_or_silent_are_told_apart(office: Office) -> None:
    await office.waits("partner_down", 2, partner="sen-vang")
    await office.waits("partner_silent", partner="sen-vang")
    await office.waits("partner_silent", 5, partner="vnpay")
    assert await office.found("partner_down") == {"vnpay": 5, "sen-vang": 3}


async def test_what_is_due_within_four_hours_of_work_is_counted_by_unit(office: Office) -> None:
    await office.waits("in_processing", 3, stuck=NOW + 2 * HOUR)
    await office.waits("awaiting_signature", stuck=NOW + 2 * HOUR)
    await office.waits("in_processing", stuck=NOW + 24 * HOUR)
    await office.waits("in_processing", stuck=NOW - HOUR)  # it is late already
    await office.waits("in_processing", 2, stuck=NOW + 2 * HOUR, unit="00004")
    assert await office.found("due_soon") == {"26737": 4, "00004": 2}


async def test_what_is_cut_off_is_cut_after_it_was_grouped(office: Office) -> None:
    await office.seen()
    asked = [[name for stage in stages for name in stage] for stages in office.asked.asked]
    assert len(asked) == 5
    assert [names for names in asked if "$limit" in names[: names.index("$group")]] == []


async def test_a_signer_whose_certificate_has_expired_has_no_day_left(office: Office) -> None:
    await office.waits("certificate_expired")
    found = await office.found("certificate_expiry")
    assert found == {"signer/26737": 0, "vnpay/outgoing": 9}


async def test_what_cannot_be_looked_at_is_said_and_the_others_are_seen(office: Office) -> None:
    office.has_kafka = False
    await office.waits("unanswered")
    seen = await office.seen()
    assert seen.unseen == ["read_lag"]
    assert {s.rule for s in seen.sights} == {"late_intake", "certificate_expiry"}


async def test_a_group_that_is_behind_says_since_when(office: Office) -> None:
    office.lags = {"payment": ({PAYING: 100, PAID: 50}, {PAYING: 100, PAID: 90})}
    past = [
        Past(
            ms(NOW) - n * 60_000,
            {},
            {"payment": {"payment.inbox/0": 100, "payment.events/0": 90 - 10 * n}},
        )
        for n in (3, 2, 1)
    ]
    assert await office.found("read_lag", *past) == {"payment": 180}


async def test_a_topic_that_stands_still_is_not_hidden_by_one_that_flows(office: Office) -> None:
    """Ten records of the one wait for a quarter of an hour; of the other ever more come."""
    office.lags = {"g": ({PAYING: 90, PAID: 900_000}, {PAYING: 100, PAID: 900_000})}
    past = [
        Past(
            ms(NOW) - n * 60_000,
            {},
            {"g": {"payment.inbox/0": 100, "payment.events/0": 900_000 - n}},
        )
        for n in range(15, 0, -1)
    ]
    assert await office.found("read_lag", *past) == {"g": 15 * 60}


async def test_a_look_at_the_board_that_failed_is_no_board_without_anything_stuck(
    office: Office,
) -> None:
    """Or each group would have grown from nothing, a quarter of an hour after it."""
    await office.waits("unpaid", 30)
    office.asked.is_down = True
    seen = await office.seen()
    office.asked.is_down = False
    assert "stuck_growth" in seen.unseen
    assert seen.past.stuck is None
    failed = msgspec.structs.replace(seen.past, at_ms=ms(NOW) - 12 * 60_000)
    assert await office.found("stuck_growth", failed) == {"payment/unpaid": 0}


# ---- worked out


@given(
    read=st.integers(0, 100),
    ends=st.lists(st.integers(0, 100), min_size=1, max_size=20).map(sorted),
)
def test_a_group_is_behind_for_as_long_as_its_next_record_has_been_there(
    read: int, ends: list[int]
) -> None:
    now_ms = len(ends) * 60_000
    past = [Past(n * 60_000, {}, {"g": {"payment.inbox/0": end}}) for n, end in enumerate(ends)]
    found = behind_s("g", {PAYING: read}, {PAYING: ends[-1]}, now_ms, past)
    first = next((n for n, end in enumerate(ends) if end > read), len(ends))
    assert found == (len(ends) - first) * 60


@pytest.mark.parametrize(
    ("age_min", "was", "count", "more"),
    [(12, 10, 40, 30), (12, 100, 130, 0), (12, 0, 20, 20), (5, 10, 40, 0), (18, 10, 40, 0)],
)
def test_growth_is_of_the_last_quarter_of_an_hour_and_by_half(
    age_min: int, was: int, count: int, more: int
) -> None:
    past = Past(0, {"payment/unpaid": was}, {})
    assert grown("payment/unpaid", count, age_min * 60_000, [past]) == more


async def test_what_fails_in_the_background_is_counted_by_what_it_is(office: Office) -> None:
    await office.faults.note("rounds", "p1", 3, KeyError("planted"))
    await office.faults.note("rounds", "p2", 7, KeyError("planted"))
    await office.faults.note("proofs", "p1", 1, KeyError("planted"))
    assert await office.found("loop_failing") == {"rounds": 7, "proofs": 1}


async def test_a_question_that_fails_leaves_the_others_and_is_said(office: Office) -> None:
    await office.situations.insert([{"_id": "x", "stage": "routing", "cause": "unrouted"}])
    await office.waits("partner_silent", 3, partner="sen-vang", stuck=None)
    office.lags = {"intake": ({PAYING: 1}, {})}  # a group that reads what is not there
    seen = await office.seen()
    assert set(seen.errors) == {"read_lag"}
    assert seen.unseen == ["read_lag"]
    assert "certificate_expiry" in {sight.rule for sight in seen.sights}
