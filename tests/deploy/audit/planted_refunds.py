"""Every way in which money that goes back can be wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from deploy.audit.evidence import Evidence, Payment
from tests.deploy.audit.planted import booked, remembering, said

BACK: dict[str, Any] = {
    "refund": "A.refund.1",
    "reference": "R1",
    "transaction": "T2",
    "amount_vnd": 10_000,
}


def given_back(evidence: Evidence, **changes: Any) -> Evidence:
    """Return evidence of money that came a second time and was given back."""
    back = BACK | changes
    twice = booked(evidence, "payment.overpaid")
    for type_ in ("refund.proposed", "refund.done"):
        twice = said(twice, type_, back)
    kept = remembering(twice, refunds=back | {"status": "done"})
    return replace(kept, given_back=[Payment("R1", back["transaction"], back["amount_vnd"])])


def given_back_before_another_amount_was_told(evidence: Evidence) -> Evidence:
    """Return evidence of another amount than was asked for that is to go back; then the partner
    told yet another of the same transaction, which stands beside it.
    """
    first, second = (BACK | {"amount_vnd": vnd} for vnd in (9_000, 8_000))
    told = said(evidence, "payment.mismatched", first)
    told = said(said(told, "refund.proposed", first), "payment.mismatched", second)
    for kept_as, money in (("mismatched", second), ("overpaid", first)):
        told = remembering(told, money=money | {"kept_as": kept_as})
    return replace(told, paid=(*told.paid, Payment("R1", "T2", 9_000)))


FAULTS: tuple[Callable[[Evidence], Evidence], ...] = (
    lambda e: said(given_back(e), "refund.done", BACK),
    lambda e: said(given_back(e), "refund.done", BACK | {"refund": "A.refund.2"}),
    lambda e: said(given_back(e), "refund.proposed", BACK | {"refund": "A.refund.2"}),
    lambda e: given_back(e, amount_vnd=10_001),
    lambda e: given_back(e, transaction="T1"),
    lambda e: given_back(e, transaction="T9"),
    lambda e: said(booked(e, "payment.overpaid"), "refund.done", BACK),
    lambda e: remembering(given_back(e), released={"attempt": 1, "amount_vnd": 10_001}),
    lambda e: remembering(e, refunds=BACK | {"transaction": "T1", "status": "done"}),
    lambda e: replace(given_back(e), given_back=[]),
    lambda e: replace(given_back(e), given_back=[Payment("R1", "T2", 10_001)]),
    lambda e: replace(given_back(e), given_back=[Payment("R1", "", 10_001)]),
    lambda e: replace(given_back(e), given_back=[Payment("R1", "T2", 10_000, "another")]),
    lambda e: replace(e, given_back=[Payment("R1", "T1", 1)]),
    lambda e: replace(e, journals={**e.journals, "payment": []}),
)
