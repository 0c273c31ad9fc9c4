"""What an application waits for after which messages; each cause is among them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.operations.domain.causes import APART, CAUSES, GAP
from services.operations.domain.matters import Summary
from services.operations.domain.summary import followed
from shared.events import (
    PRODUCERS,
    Data,
    handover,
    notify,
    payment,
    petitions,
    refunds,
    routing,
)
from shared.events import disbursements as d
from shared.events.data import Strict

DUE = datetime(2026, 6, 12, 10, 0, tzinfo=UTC)
ORDER = {"partner": "sen-vang", "reference": "DVC1"}
MONEY = {**ORDER, "transaction": "T1", "amount_vnd": 50_000}
REFUND = {**MONEY, "refund": "r1"}
CALL = {
    **REFUND, "key": "k1", "paid_vnd": 50_000, "opened_at": DUE, "asked_at": DUE, "told": "",
    "reason": "overpaid", "by": "",
}  # fmt: skip
ALLOWANCE = {
    "disbursement": "d1", "period": "2026-06", "amount_vnd": 70_000, "bank": "b", "ending": "1234",
}  # fmt: skip
PAYS = {**ALLOWANCE, "key": "k2", "partner": "cuu-long", "reference": "P1", "asked_at": DUE}
SLOT = {"milestone": "accepted", "channel": "sms"}
ASKED = {
    **SLOT, "key": "n1", "template": "t", "language": "vi", "contact": "sealed", "params": {},
}  # fmt: skip
PETITION = {"code": "PA-1", "kind": "complaint", "unit": "00004"}
CERTIFICATE = {
    "national_code": 4, "competent_unit": "00004", "signer": "s",
    "certificate_expires": date(2026, 6, 10),
}  # fmt: skip


@pytest.fixture
def waits(story: Any, log: Any) -> Any:
    """What the application waits for after these messages, by cause and what it is about."""

    def after(*said: Data) -> set[tuple[str, str]]:
        for data in said:
            if isinstance(data, Strict):
                story.external(f"{_service(data)}.inbox", "/services/payment/effects", data)
            else:
                cause = story.external(
                    "routing.inbox", "/test", routing.OfficerStarted(officer="o")
                )
                story.decide(_service(data), cause, data)
        return set(followed(Summary(), log.entries(story.application)).matters)

    return after


def _service(data: Data) -> str:
    modules = {m.__name__: s for s, found in PRODUCERS.items() for m in found}
    return modules[type(data).__module__]


def requested(**changes: Any) -> payment.Requested:
    whole = {**ORDER, "attempt": 1, "amount_vnd": 50_000, "expires_at": DUE}
    return payment.Requested(**(whole | changes))


def asked() -> payment.QueryRequested:
    return payment.QueryRequested(**ORDER, key="k0", opened_at=DUE)


def answer(finding: str) -> payment.Queried:
    return payment.Queried(**ORDER, key="k0", finding=finding)


CASES: list[tuple[str, list[Data], set[tuple[str, str]]]] = [
    ("an order waits for the citizen", [requested()], {("awaiting_payment", "DVC1")}),
    ("a paid one does not", [requested(), payment.Settled(**MONEY)], set()),
    (
        "a declined one gives way to the next",
        [
            requested(),
            payment.Failed(**ORDER, code="24", reason="declined"),
            requested(reference="DVC2"),
        ],
        {("awaiting_payment", "DVC2")},
    ),
    (
        "one that was not paid in time waits for the unit to refuse",
        [requested(), payment.Expired(reference="DVC1")],
        {("unpaid", "")},
    ),
    (
        "a question that is under way is the bank's",
        [requested(), asked()],
        {("awaiting_payment", "DVC1"), ("partner_asked", "k0")},
    ),
    (
        "a partner that does not answer is silent",
        [requested(), asked(), answer("unknown")],
        {("awaiting_payment", "DVC1"), ("partner_silent", "DVC1")},
    ),
    (
        "a partner that is let alone is down",
        [requested(), asked(), answer("deferred")],
        {("awaiting_payment", "DVC1"), ("partner_down", "DVC1")},
    ),
    (
        "but silent where it was asked in vain before",
        [requested(), asked(), answer("unknown"), answer("deferred")],
        {("awaiting_payment", "DVC1"), ("partner_silent", "DVC1")},
    ),
    (
        "or is afterwards",
        [requested(), asked(), answer("deferred"), answer("unknown"), answer("deferred")],
        {("awaiting_payment", "DVC1"), ("partner_silent", "DVC1")},
    ),
    (
        "until it answers",
        [requested(), asked(), answer("deferred"), answer("not_found")],
        {("awaiting_payment", "DVC1")},
    ),
    (
        "or another order was paid",
        [requested(), asked(), answer("deferred"), payment.Settled(**MONEY)],
        set(),
    ),
    (
        "another amount is for a person",
        [requested(), payment.Mismatched(**{**MONEY, "amount_vnd": 1}, expected_vnd=50_000)],
        {("awaiting_payment", "DVC1"), ("wrong_amount", "T1")},
    ),
    (
        "until it is to be given back",
        [
            payment.Mismatched(**{**MONEY, "amount_vnd": 1}, expected_vnd=50_000),
            refunds.RefundProposed(**REFUND, reason="amount_differs", by=""),
        ],
        {("refund_under_way", "r1")},
    ),
    (
        "a refund waits for a second person",
        [
            refunds.RefundProposed(**REFUND, reason="overpaid", by=""),
            refunds.RefundWaiting(**REFUND, waits_for="check"),
        ],
        {("refund_waits", "r1")},
    ),
    (
        "a partner that cannot be reached about a refund is down",
        [
            refunds.RefundRequested(**CALL),
            refunds.RefundAnswered(key="k1", refund="r1", finding="deferred"),
        ],
        {("refund_under_way", "r1"), ("partner_down", "r1")},
    ),
    (
        "a refund that is done is over",
        [refunds.RefundRequested(**CALL), refunds.RefundDone(**REFUND, told="x")],
        {("partner_asked", "k1")},
    ),
    (
        "a refund that failed is for a person",
        [refunds.RefundRequested(**CALL), refunds.RefundFailed(**REFUND, code="99")],
        {("refund_failed", "r1"), ("partner_asked", "k1")},
    ),
    (
        "an allowance that failed is for a person",
        [d.DisbursementRequested(**PAYS, payee="sealed"), d.DisbursementAnswered(
            key="k2", disbursement="d1", finding="failed"),
         d.DisbursementFailed(**ALLOWANCE, partner="cuu-long", reference="P1", code="x")],
        {("allowance_failed", "d1")},
    ),
    (
        "a citizen whom a notice did not reach was not told",
        [notify.NoticeRequested(**ASKED), notify.NoticeFailed(**SLOT, reason="blocked")],
        {("notice_failing", "accepted~1")},
    ),
    (
        "but by another channel",
        [
            notify.NoticeRequested(**ASKED),
            notify.NoticeFailed(**SLOT, reason="blocked"),
            notify.NoticeSent(milestone="accepted", channel="email", gateway_id="g", sent_at=DUE),
        ],
        set(),
    ),
    (
        "or it is tried again",
        [
            notify.NoticeFailed(**SLOT, reason="blocked"),
            notify.NoticeReopened(**SLOT, by="o-1"),
        ],
        set(),
    ),
    (
        "in vain",
        [
            notify.NoticeFailed(**SLOT, reason="blocked"),
            notify.NoticeReopened(**SLOT, by="o-1"),
            notify.NoticeRequested(**ASKED),
            notify.NoticeFailed(**SLOT, reason="blocked"),
        ],
        {("notice_failing", "accepted~1")},
    ),
    (
        "whose device, its provider says later, never had it",
        [
            notify.NoticeDelivered(**SLOT),
            notify.NoticeContradicted(**SLOT, provider="p", reason="expired"),
        ],
        {("notice_failing", "accepted~1")},
    ),
    (
        "a unit's work waits for the signature, which an expired certificate cannot give",
        [
            routing.Processing(national_code=4, officer="o", due=DUE),
            handover.SignatureAsked(
                national_code=4, officer="o", signer="s", due=DUE,
                certificate_expires=date(2026, 6, 10),
            ),
            handover.CertificateExpired(**CERTIFICATE),
        ],
        {("awaiting_signature", ""), ("certificate_expired", "")},
    ),
    (
        "a result that came back by post lies at the unit",
        [
            routing.Settled(national_code=9, officer="o", on_time=True),
            handover.Posted(national_code=9, officer="o", tracking="p"),
            handover.PostCameBack(national_code=9, officer="o", tracking="p", reason="away"),
        ],
        {("post_came_back", "")},
    ),
    (
        "one that nobody fetches waits on",
        [
            routing.Settled(national_code=9, officer="o", on_time=True),
            handover.ReturnLate(national_code=9, returning_unit="00004", return_due=DUE),
        ],
        {("awaiting_return", "")},
    ),
    (
        "a supplement waits for the citizen, and its coming for the unit",
        [
            routing.Processing(national_code=4, officer="o", due=DUE),
            routing.SupplementRequested(national_code=5, officer="o", content="c"),
        ],
        {("awaiting_supplement", "")},
    ),
    (
        "a petition that nobody has waits for us",
        [petitions.PetitionReceived(**{**PETITION, "unit": ""}, portal="p", due=DUE)],
        {("petition_unassigned", "")},
    ),
    (
        "one that a unit has waits for its answer",
        [petitions.PetitionReceived(**PETITION, portal="p", due=DUE),
         petitions.PetitionAssigned(**PETITION, due=DUE)],
        {("petition_open", "")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_it_waits_for(waits: Any, said: list[Data], expected: set[tuple[str, str]]) -> None:
    assert waits(*said) == expected


def test_every_cause_is_opened_by_an_event_and_has_both_names() -> None:
    opened = {cause for _, _, found in CASES for cause, _ in found}
    walked = {"unanswered", "unrouted", "unassessed", "awaiting_acceptance", "in_processing",
              "awaiting_return"}  # fmt: skip
    senders = {
        "repeated",
        "gateway_silent",
        "told_otherwise",
    }  # `test_senders`, `test_transactions`
    others = {"needs_choice", "interlinked_needs_person", "awaiting_obligation", "stopped",
              "allowance_under_way", "allowance_waits", "in_post", "notice_under_way"}  # fmt: skip
    found = {GAP}  # `test_gaps`: no event says that another is missing
    assert CAUSES.keys() - APART == opened | walked | senders | others | found
    assert all(cause.vi and cause.en for cause in CAUSES.values())
