"""Every way in which an allowance that is paid out can be wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from deploy.audit.evidence import Evidence, Payment
from tests.deploy.audit.planted import remembering, said
from tests.deploy.audit.sound import APPLICATION

KEY = f"{APPLICATION}.disbursement.1"
PAID: dict[str, Any] = {
    "disbursement": KEY,
    "period": "2026-11",
    "amount_vnd": 500_000,
    "partner": "b",
    "reference": KEY,
    "transaction": "D1",
}
LEFT = Payment("D0F", "D1", 500_000, "b")
ANOTHER_KEY = KEY[:-1] + "2"


def told(evidence: Evidence, *kinds: str, **changes: Any) -> Evidence:
    for kind in kinds:
        evidence = said(evidence, f"disbursement.{kind}", PAID | changes)
    return evidence


def sent(evidence: Evidence, status: str = "requested") -> Evidence:
    """Return evidence of an allowance that a bank was told to pay."""
    asked = told(replace(evidence, paid_out=[]), "proposed", "requested")
    return remembering(asked, disbursements=PAID | {"number": 1, "status": status})


def paid_out(evidence: Evidence, **changes: Any) -> Evidence:
    """Return evidence of an allowance that was paid."""
    return replace(told(sent(evidence, "done"), "done", **changes), paid_out=[LEFT])


def came_back(evidence: Evidence) -> Evidence:
    """Return evidence of one that came back, and was paid to another account."""
    back = told(paid_out(evidence), "failed", by="p")
    again = told(back, "requested", "done", reference=f"{KEY}.2", transaction="D2")
    return replace(again, paid_out=[LEFT, Payment("D1F", "D2", 500_000, "b")])


SOUND: tuple[Callable[[Evidence], Evidence], ...] = (
    sent,
    paid_out,
    came_back,
    lambda e: replace(paid_out(e), paid_out=None),
    lambda e: replace(sent(e, "unknown"), paid_out=[LEFT]),  # the bank did, and has yet to say so
    lambda e: told(sent(e), "requested"),  # it was not sent the first time
    lambda e: told(sent(e, "failed"), "failed"),
    lambda e: replace(told(sent(e, "done"), "done", by="p"), paid_out=[]),
    lambda e: told(told(e, "proposed", "rejected"), "proposed", disbursement=ANOTHER_KEY),
)
FAULTS: tuple[Callable[[Evidence], Evidence], ...] = (
    lambda e: told(paid_out(e), "done"),
    lambda e: told(paid_out(e), "requested"),
    lambda e: told(sent(e), "requested", reference=f"{KEY}.2"),
    lambda e: told(sent(e), "proposed", disbursement=ANOTHER_KEY),
    lambda e: paid_out(e, amount_vnd=500_001),
    lambda e: replace(paid_out(e), paid_out=[]),
    lambda e: replace(paid_out(e), paid_out=[replace(LEFT, amount_vnd=500_001)]),
    lambda e: replace(paid_out(e), paid_out=[LEFT, replace(LEFT, transaction="D2")]),
    lambda e: replace(sent(e, "failed"), paid_out=[LEFT]),
    lambda e: replace(e, paid_out=[LEFT]),
    lambda e: replace(paid_out(e), paid_out=[replace(LEFT, partner="another")]),
    lambda e: replace(came_back(e), paid_out=[LEFT]),
    lambda e: told(sent(e, "requested"), "done"),
    lambda e: sent(e, "done"),
)
