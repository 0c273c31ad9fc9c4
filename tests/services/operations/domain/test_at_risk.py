"""How much money hangs on what an application waits for, and with whom; no cause is left out."""

from typing import Any

import pytest

from services.operations.domain.causes import APART, CAUSES
from services.operations.domain.matters import Matter, Summary
from services.operations.domain.situations import all_rows_of
from services.operations.domain.summary import followed
from shared.events import Data, disbursements, payment, refunds, routing
from shared.events.data import Strict
from shared.events.kernel import RecordParked
from tests.services.operations.story import BEGAN

ORDER = {"partner": "sen-vang", "reference": "DVC1"}
MONEY = {**ORDER, "transaction": "T1", "amount_vnd": 50_000}
REFUND = {**MONEY, "refund": "r1"}
CALL = {
    **REFUND, "key": "k1", "paid_vnd": 50_000, "opened_at": BEGAN, "asked_at": BEGAN, "told": "",
    "reason": "overpaid", "by": "",
}  # fmt: skip
ALLOWANCE = {
    "disbursement": "d1", "period": "2026-06", "amount_vnd": 70_000, "bank": "b", "ending": "1234",
}  # fmt: skip
PAYS = {**ALLOWANCE, "key": "k2", "partner": "cuu-long", "reference": "P1", "asked_at": BEGAN}
REQUESTED = payment.Requested(**ORDER, attempt=1, amount_vnd=50_000, expires_at=BEGAN)
ASKED = payment.QueryRequested(**ORDER, key="k0", opened_at=BEGAN)
PROPOSED = refunds.RefundProposed(**REFUND, reason="overpaid", by="")
GRANTED = disbursements.DisbursementProposed(
    **ALLOWANCE, decision="1/QĐ", by="o-1", catalogue_version="1"
)
TOLD = disbursements.DisbursementRequested(**PAYS, payee="sealed")
WRONG = payment.Mismatched(**{**MONEY, "amount_vnd": 1}, expected_vnd=50_000)
OF_ORDER, OF_REFUND = (50_000, "sen-vang"), (50_000, "sen-vang")
OF_ALLOWANCE = (70_000, "cuu-long")


def answer(finding: str) -> payment.Queried:
    return payment.Queried(**ORDER, key="k0", finding=finding)


def of_refund(finding: str) -> refunds.RefundAnswered:
    return refunds.RefundAnswered(key="k1", refund="r1", finding=finding)


def of_allowance(finding: str) -> disbursements.DisbursementAnswered:
    return disbursements.DisbursementAnswered(key="k2", disbursement="d1", finding=finding)


CASES: list[tuple[str, list[Data], tuple[int, str]]] = [
    ("awaiting_payment", [REQUESTED], OF_ORDER),
    ("partner_asked", [REQUESTED, ASKED], OF_ORDER),
    ("partner_silent", [REQUESTED, ASKED, answer("unknown")], OF_ORDER),
    ("partner_down", [REQUESTED, ASKED, answer("deferred")], OF_ORDER),
    ("unpaid", [REQUESTED, payment.Expired(reference="DVC1")], OF_ORDER),
    (
        "unpaid",
        [
            REQUESTED,
            payment.Failed(**ORDER, code="24", reason="declined"),
            payment.Expired(reference="DVC1"),
        ],
        OF_ORDER,
    ),
    ("wrong_amount", [REQUESTED, WRONG], (1, "sen-vang")),
    ("told_otherwise", [payment.Settled(**MONEY), WRONG], (1, "sen-vang")),
    ("refund_under_way", [PROPOSED], OF_REFUND),
    ("refund_waits", [PROPOSED, refunds.RefundWaiting(**REFUND, waits_for="check")], OF_REFUND),
    ("refund_failed", [PROPOSED, refunds.RefundFailed(**REFUND, code="99")], OF_REFUND),
    ("partner_asked", [PROPOSED, refunds.RefundRequested(**CALL)], OF_REFUND),
    ("partner_silent", [refunds.RefundRequested(**CALL), of_refund("unknown")], OF_REFUND),
    ("partner_down", [refunds.RefundRequested(**CALL), of_refund("deferred")], OF_REFUND),
    ("allowance_under_way", [GRANTED, TOLD], OF_ALLOWANCE),
    (
        "allowance_waits",
        [TOLD, disbursements.DisbursementWaiting(**ALLOWANCE, waits_for="person")],
        OF_ALLOWANCE,
    ),
    (
        "allowance_failed",
        [
            disbursements.DisbursementFailed(
                **ALLOWANCE, partner="cuu-long", reference="P1", code="x"
            )
        ],
        OF_ALLOWANCE,
    ),
    ("partner_asked", [TOLD], OF_ALLOWANCE),
    ("partner_silent", [TOLD, of_allowance("unknown")], OF_ALLOWANCE),
    ("partner_down", [TOLD, of_allowance("deferred")], OF_ALLOWANCE),
]  # fmt: skip
BEFORE = "how much it will be is not known yet"
ELSEWHERE = "its order waits beside it, and has the money"
SETTLED = "no money is in doubt: what was due is paid, whoever is late"
NONE_OF_IT = "it is about no money"
WHY_NOT = {
    "unanswered": BEFORE,
    "repeated": BEFORE,
    "unrouted": BEFORE,
    "needs_choice": BEFORE,
    "interlinked_needs_person": BEFORE,
    "unassessed": BEFORE,
    "awaiting_acceptance": SETTLED,
    "in_processing": SETTLED,
    "awaiting_supplement": SETTLED,
    "awaiting_obligation": ELSEWHERE,
    "stopped": SETTLED,
    "awaiting_signature": SETTLED,
    "certificate_expired": SETTLED,
    "sequence_gap": "nobody knows what the missing event said",
    "awaiting_return": SETTLED,
    "in_post": SETTLED,
    "post_came_back": SETTLED,
    "notice_under_way": NONE_OF_IT,
    "gateway_silent": NONE_OF_IT,
    "notice_failing": NONE_OF_IT,
    "petition_unassigned": NONE_OF_IT,
    "petition_open": NONE_OF_IT,
}


@pytest.fixture
def heard(story: Any, log: Any) -> Any:
    """The summary after these messages, as each came."""

    def after(*said: Data) -> Summary:
        for data in said:
            if isinstance(data, Strict):
                story.external("payment.inbox", "/services/payment/effects", data)
            else:
                asked = routing.OfficerStarted(officer="o")
                story.decide("payment", story.external("routing.inbox", "/test", asked), data)
        return followed(Summary(), log.entries(story.application))

    return after


def of(cause: str, summary: Summary) -> list[Matter]:
    return [matter for matter in summary.waits() if matter.cause == cause]


@pytest.mark.parametrize(
    ("cause", "said", "expected"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_a_matter_has_the_money_and_the_partner_of_what_it_is_about(
    heard: Any, cause: str, said: list[Data], expected: tuple[int, str]
) -> None:
    [matter] = of(cause, heard(*said))
    assert (matter.vnd, matter.partner) == expected


def test_every_cause_has_money_or_a_reason_why_not() -> None:
    told = {cause for cause, _, _ in CASES}
    assert told | WHY_NOT.keys() == CAUSES.keys() - APART
    assert not told & WHY_NOT.keys()


def test_of_two_questions_about_one_order_the_last_has_its_money(heard: Any) -> None:
    again = payment.QueryRequested(**ORDER, key="k9", opened_at=BEGAN)
    summary = heard(REQUESTED, ASKED, TOLD, again)
    assert {m.about: m.vnd for m in of("partner_asked", summary)} == {
        "k0": 0,
        "k9": 50_000,
        "k2": 70_000,
    }


@pytest.mark.parametrize(
    ("said", "expected_vnd"),
    [
        ([], 0),
        ([REQUESTED], 50_000),
        ([REQUESTED, ASKED, answer("unknown")], 50_000),
        ([REQUESTED, payment.Settled(**MONEY)], 50_000),
        ([payment.Settled(**MONEY), WRONG], 50_000),
        ([REQUESTED, WRONG], 50_001),
        ([payment.Settled(**MONEY), PROPOSED], 50_000),
        ([payment.Settled(**MONEY), PROPOSED, TOLD], 120_000),
        ([payment.Settled(**MONEY), PROPOSED, refunds.RefundDone(**REFUND, told="x")], 0),
        (
            [
                payment.Settled(**MONEY),
                PROPOSED,
                refunds.RefundRejected(**REFUND, by="o-2", reason="r"),
            ],
            50_000,
        ),
    ],
)
def test_what_is_held_has_all_the_money_of_its_application_each_once(
    heard: Any, story: Any, log: Any, said: list[Data], expected_vnd: int
) -> None:
    assert heard(*said).whole_vnd == expected_vnd

    parked = RecordParked(
        service="routing", topic="payment.events", partition=0, offset=7, reason="a mistake"
    )
    story.external("payment.events.parked", "/services/routing", parked)
    log.pass_time(minutes=1)
    heard(TOLD)
    rows = all_rows_of(story.application, log.entries(story.application)).values()
    assert [row["vnd"] for row in rows if row["cause"] == "held"] == [expected_vnd]
