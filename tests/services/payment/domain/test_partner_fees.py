"""What a partner keeps of a payment, to the đồng."""

from datetime import UTC, datetime
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.lines import Line
from services.payment.domain.partner_fees import PartnerFee, as_paid, fee_at, fee_of

BEGUN, TURN = (datetime(year, 1, 1, tzinfo=UTC) for year in (2025, 2026))
LINE = Line("DVC1", "T1", 16_000, TURN, "paid", 1)


def a_fee(**changes):
    return PartnerFee(**({"valid_from": BEGUN} | changes))


NET = a_fee(flat_vnd=300, basis_points=50, vat_percent=10, settled="net")


@st.composite
def some_fees(draw):
    low = draw(st.integers(0, 100_000))
    return a_fee(
        flat_vnd=draw(st.integers(0, 100_000)),
        basis_points=draw(st.integers(0, 2_000)),
        min_vnd=low,
        max_vnd=draw(st.none() | st.integers(low, 10**9)),
        vat_percent=draw(st.integers(0, 20)),
        settled=draw(st.sampled_from(["gross", "net"])),
    )


fees = some_fees()
amounts = st.integers(1, 10**10)


@pytest.mark.parametrize(
    ("changes", "paid_vnd", "kept_vnd"),
    [
        ({}, 16_000, 0),
        ({"flat_vnd": 1_650}, 16_000, 1_650),
        ({"basis_points": 110}, 16_000, 176),
        ({"basis_points": 1}, 4_999, 0),
        ({"basis_points": 1}, 5_000, 1),
        ({"flat_vnd": 1_650, "basis_points": 110}, 1_000_000, 12_650),
        ({"basis_points": 50, "min_vnd": 1_000}, 16_000, 1_000),
        ({"basis_points": 50, "max_vnd": 50_000}, 99_000_000, 50_000),
        ({"flat_vnd": 300, "basis_points": 50, "vat_percent": 10}, 16_000, 418),
        ({"flat_vnd": 15, "vat_percent": 10}, 16_000, 17),
    ],
)
def test_a_fee_is_a_flat_sum_and_a_part_within_its_limits_and_the_tax_on_that(
    changes, paid_vnd, kept_vnd
):
    assert a_fee(**changes).of(paid_vnd) == kept_vnd


@given(fees, amounts)
def test_a_fee_is_what_fractions_say_rounded_once_for_itself_and_once_for_its_tax(fee, paid_vnd):
    exact = fee.flat_vnd + Fraction(paid_vnd * fee.basis_points, 10_000)
    bound = fee.max_vnd if fee.max_vnd is not None else 10**12
    bare = min(max(round_up(exact), fee.min_vnd), bound)

    assert fee.of(paid_vnd) == bare + round_up(Fraction(bare * fee.vat_percent, 100))


def round_up(exact):
    return int(exact + Fraction(1, 2))


@given(fees, amounts, st.integers(0, 10**6))
def test_who_pays_more_pays_no_less_of_a_fee_and_is_left_with_no_more_than_that(
    fee, paid_vnd, more_vnd
):
    grown_vnd = fee.of(paid_vnd + more_vnd) - fee.of(paid_vnd)

    assert grown_vnd >= 0
    assert (
        paid_vnd + more_vnd - fee.of(paid_vnd + more_vnd) <= paid_vnd - fee.of(paid_vnd) + more_vnd
    )


@given(fees, amounts)
def test_each_net_amount_says_what_was_paid(fee, net_vnd):
    paid_vnd = fee.paid_for(net_vnd)

    assert paid_vnd - fee.of(paid_vnd) == net_vnd


@given(fees, amounts)
def test_a_line_of_what_is_left_of_a_known_payment_is_that_payment(fee, paid_vnd):
    left_vnd = paid_vnd - fee.of(paid_vnd)
    line = LINE._replace(amount_vnd=left_vnd if fee.settled == "net" else paid_vnd)

    found = as_paid([fee], line, [paid_vnd])

    assert found == line._replace(amount_vnd=paid_vnd)
    assert fee_of([fee], found) == fee.of(paid_vnd)


@given(fees, amounts, amounts)
def test_no_other_amount_is_taken_for_a_known_payment(fee, paid_vnd, said_vnd):
    found = as_paid([fee], LINE._replace(amount_vnd=said_vnd), [paid_vnd])

    left_vnd = paid_vnd - fee.of(paid_vnd) if fee.settled == "net" else paid_vnd
    assert (found.amount_vnd == paid_vnd) == (said_vnd == left_vnd)


def test_the_fee_is_that_of_the_day_on_which_the_money_is_booked():
    later = msgspec.structs.replace(NET, valid_from=TURN, flat_vnd=500)
    moment = datetime.resolution

    assert fee_at([later, NET], TURN) == later
    assert fee_at([later, NET], TURN - moment) == NET
    assert fee_at([later, NET], BEGUN - moment) is None
    assert fee_of([], LINE) == 0


def test_money_that_leaves_costs_nothing():
    line = LINE._replace(kind="refunded")

    assert as_paid([NET], line, [16_418]) == line
    assert fee_of([NET], line) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"flat_vnd": -1},
        {"flat_vnd": 0.5},
        {"basis_points": 2_001},
        {"vat_percent": 21},
        {"min_vnd": 2, "max_vnd": 1},
        {"valid_from": "2026-01-01T00:00:00"},
        {"per_mille": 1},
    ],
)
def test_a_fee_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"valid_from": "2026-01-01T00:00:00Z"} | changes, PartnerFee)
