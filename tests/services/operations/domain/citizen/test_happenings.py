"""What happened: every amount has a line of its own, what takes the place of another does so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.happenings import REPLACES, TOLD, happened
from services.operations.domain.citizen.money import money
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.view import CitizenStatus
from services.operations.domain.citizen.words import Words
from shared.catalogue import load
from shared.events import Data, disbursements, feedback, payment, refunds, routing
from tests.services.operations import scenes
from tests.services.operations.scenes import act, begun
from tests.services.operations.story import BEGAN

Seen = Callable[..., CitizenStatus]
UNITS = Units(load(), BEGAN.date())
MONEY = (payment.Settled, refunds.RefundDone, disbursements.DisbursementDone)


def moved(kind: type[Data], n: int, amount_vnd: int) -> Data:
    """Money that went one way, the `n`th time."""
    ours = {"partner": "sandbox", "reference": f"MC{n}", "amount_vnd": amount_vnd}
    match kind:
        case payment.Settled:
            return payment.Settled(**ours, transaction=f"T{n}")
        case refunds.RefundDone:
            back = {"refund": f"r/{n}", "transaction": f"T{n}", "told": f"R{n}"}
            return refunds.RefundDone(**ours, **back)
    out = {"disbursement": f"d/{n}", "period": f"2026-{n % 12 + 1:02}", "transaction": f"T{n}"}
    return disbursements.DisbursementDone(**ours, **out, bank="970000", ending="1234")


def order(n: int, **more: Any) -> payment.Requested:
    return payment.Requested(
        partner="sandbox",
        reference=f"MC{n}",
        attempt=n,
        amount_vnd=16_000,
        expires_at=BEGAN + timedelta(days=n),
        **more,
    )


def rated(milestone: str, score: int) -> feedback.FeedbackRecorded:
    return feedback.FeedbackRecorded(milestone=milestone, score=score)


def sentences(*datas: Data) -> list[Words]:
    decided = [Decided(BEGAN + timedelta(minutes=n), data) for n, data in enumerate(datas)]
    return [one.sentence for one in happened(decided, UNITS)]


flows = st.lists(st.tuples(st.sampled_from(MONEY), st.integers(1, 10**9)), max_size=12)


@given(flows)
def test_every_amount_has_its_line_and_the_lines_add_up_to_the_card(flows) -> None:
    datas = [moved(kind, n, amount) for n, (kind, amount) in enumerate(flows)]
    assert sentences(*datas) == [
        TOLD[kind].told(amount_vnd=amount) for kind, amount in reversed(flows)
    ]
    card = money([Decided(BEGAN, data) for data in datas], BEGAN)
    shown = card.paid_vnd, card.given_back_vnd, card.paid_out_vnd
    assert shown == tuple(sum(vnd for of, vnd in flows if of is kind) for kind in MONEY)


def test_no_money_takes_the_place_of_other_money() -> None:
    assert not set(REPLACES) & {*MONEY}
    assert set(REPLACES) < set(TOLD)


@pytest.mark.parametrize("contract", REPLACES, ids=lambda c: c.TYPE)
def test_what_two_are_of_the_same_by_is_in_both(contract: type[Data]) -> None:
    assert hasattr(contract, REPLACES[contract])


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (order(1, obligation=0), order(2, obligation=0), 1),
        (order(1, obligation=0), order(2, obligation=1), 2),
        (order(1), order(2), 2),  # from before orders named what they are of
        (rated("returned", 3), rated("returned", 5), 1),
        (rated("paid", 3), rated("returned", 5), 2),
    ],
)
def test_only_what_is_of_the_same_is_replaced(before, after, lines: int) -> None:
    assert len(sentences(before, after)) == lines


def test_two_months_of_an_allowance_are_two_lines(seen: Seen) -> None:
    story = begun(scenes.paid_out)
    again = moved(disbursements.DisbursementDone, 7, 1_000_000)
    story.decide("payment", story.submitted(), again)
    found = seen(story)
    assert [h.sentence.vi for h in found.happened[:2]] == [
        "Đã chi trả 1.000.000 đồng.",
        "Đã chi trả 2.000.000 đồng.",
    ]
    assert found.money.paid_out_vnd == 3_000_000


def test_what_came_while_work_stood_still_is_told_once(seen: Seen) -> None:
    story = begun(scenes.stopped)
    before = len(seen(story).happened)
    for _ in range(2):
        act(story, routing.Suspended(national_code=8, officer="", reason="It came"))
    assert len(seen(story).happened) == before + 1
