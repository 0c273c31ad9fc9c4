"""Whether anything may still come of the payments of an application."""

from collections.abc import Mapping

from services.payment.domain.state import AttemptStatus, KeptAs, Leaving, Payment, Status
from shared.archived import Standing

OBLIGATIONS: Mapping[Status, Standing] = {
    "none": "moving",
    "assessed": "moving",
    "open": "moving",
    "settled": "resting",
    "expired": "resting",
    "waived": "resting",
    "refunded": "resting",
}
ATTEMPTS: Mapping[AttemptStatus, Standing] = {
    "open": "moving",  # also one with another amount: a person has yet to look at it
    "closed": "moving",  # money may be found yet
    "paid": "resting",
    "failed": "resting",
    "expired": "resting",
}
MONEY: Mapping[KeptAs, Standing] = {
    "early": "moving",  # its order is not known yet
    "settled": "resting",
    "overpaid": "resting",
    "mismatched": "resting",
}
LEAVING: Mapping[Leaving, Standing] = {
    "proposed": "moving",
    "waiting_for_check": "moving",
    "requested": "moving",
    "unknown": "moving",
    "by_hand": "moving",  # a person has yet to record it
    "failed": "moving",  # a person has yet to look at it
    "done": "resting",
    "rejected": "resting",
}


def standing(state: Payment) -> Standing:
    """Return how the payments stand; that the application is at its end is routing's to say."""
    found = {OBLIGATIONS[o.status] for o in state.obligations}
    found |= {ATTEMPTS[a.status] for a in state.attempts}
    found |= {MONEY[m.kept_as] for m in state.money}
    found |= {LEAVING[r.status] for r in state.refunds}
    found |= {LEAVING[d.status] for d in state.disbursements}
    return "moving" if "moving" in found else "resting"
