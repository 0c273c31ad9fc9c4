"""The table of faults: what is done to the system, one row each, and who is hit.

`tests/invariants/acts.py` does each kind of act, and notes what it saw happen to a process;
`counting.py` finds out afterwards, from the log and the logs of processes, how often what was sent
had its effect.  A row that never happened fails the run.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from deploy.sandbox.payers import Behaviour
from shared.failpoints import EFFECTS, LANE, READER
from tests.invariants import carriers
from tests.invariants.paying import CALLED, PARTNERS, able

LANED = ("intake", "routing", "payment", "notify")
CALLING = ("payment", "notify")
ALL = (*LANED, "operations")
OUTSIDE = ("portal.submissions", *(f"{service}.inbox" for service in LANED))

# what comes from outside the lane that decides it, by the type of its message: the first that fits
EXTERNAL = {
    "submissions": ("application.submitted",),
    "supplements": ("supplement.submitted",),
    "withdrawals": ("withdrawal.requested",),
    "corrections": ("correction.submitted",),
    "letters of parents and children": ("child.",),
    "transfers": ("officer.transferred", "officer.readdressed"),
    "steps": ("officer.did_step",),
    "apologies": ("officer.apologised",),
    "signatures asked": ("officer.asked_signature",),
    "postal legs": ("officer.posted", "officer.told_of_carriage", "officer.took_back"),
    "officers' actions": ("officer.",),  # all others
    "cancellations": ("operator.cancelled",),
    "choices": ("payment.chosen",),
    "refunds asked": ("refund.asked",),
    "refunds checked": ("refund.checked",),
    "refunds recorded": ("refund.recorded",),
    "refunds retried": ("refund.retried",),
    "fees asked anew": ("fee.reassessment_asked",),
    "preferences": ("notice.preferences_changed",),
    "bank callbacks": ("payment.notified",),
    "answers of partners": (
        *("payment.queried", "payment.created", "payment.refunded"),
        "notice.answered",
    ),
    "delivery receipts": ("notice.receipt_arrived",),
    "timers": ("timer.fired",),
    "releases": ("lane.released",),
}
OVERTAKEN = tuple(name for name in EXTERNAL if name != "submissions")  # those come once
EARLY = ("supplements", "withdrawals", "corrections", "letters of parents and children",
         "transfers", "postal legs", "officers' actions", "preferences", "bank callbacks",
         "delivery receipts", "releases")  # fmt: skip
# delivery receipts come twice in one call of the gateway: that looks like a copy on the log
EDGES = ("submissions", "supplements", "withdrawals", "corrections", "transfers", "steps",
         "apologies", "signatures asked", "postal legs", "officers' actions", "choices",
         "refunds asked", "refunds checked", "refunds recorded", "fees asked anew",
         "bank callbacks", "releases")  # fmt: skip
TO_MEND = "mended and sent again"
CANCELLED, RETRIED = "cancelled by two", "given back when tried again"
ODD = ("poison", "nearly too large", "unknown type", "wrong partition")
STEPS = {
    service: (*LANE, *(EFFECTS if service in CALLING else ())) if service in LANED else READER
    for service in ALL
}


PAID, LET_ALONE, CAME_BACK = "paid", "let alone", "came back"
# what became of an order, by what its citizen had done
BY_BEHAVIOUR: Mapping[str, Behaviour] = {
    "paid twice": "twice",
    "another amount came": "wrong_amount_first",
    "declined": "decline",
    "found out by asking": "silent",
    "told much later": "late",
}
# what befell calls of a partner, as its sandbox calls it
BEFELL: Mapping[str, str] = {
    "doubled": "called twice at once",
    "forged": "forged calls",
    "late": "called late",
    "unheard": "heard no answer",
}


class Fault(NamedTuple):
    """A row: what happens, to whom."""

    kind: str
    whom: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.whom}"


def _of_partners() -> Iterator[Fault]:
    """What has to happen with each partner, as far as its family knows it."""
    names = [row.name for row in PARTNERS]
    yield from (Fault(PAID, name) for name in names)
    for kind, behaviour in BY_BEHAVIOUR.items():
        yield from (Fault(kind, name) for name in able(behaviour))
    yield from (Fault(kind, name) for kind in (*BEFELL.values(), "gave back") for name in names)
    called = [row.name for row in PARTNERS if row.family in CALLED]
    yield from (Fault(LET_ALONE, name) for name in called)
    # the first order afterwards may be paid without a question: not of all partners of a family
    yield from (Fault(CAME_BACK, family) for family in CALLED)


def _faults() -> Iterator[Fault]:
    for service, steps in STEPS.items():
        yield from (Fault("killed", f"{service} at {step}") for step in steps)
    yield from (Fault("two processes, one, two", service) for service in ALL)
    yield from (Fault("restarted", name) for name in ("broker", "database"))
    yield from (Fault("killed", name) for name in ("broker", "database"))
    yield Fault("stepped down", "database")
    yield from (Fault("paused past its session", service) for service in ALL)
    yield from (Fault("stuck past its poll limit", service) for service in LANED)
    yield from (Fault("left without a fetcher", service) for service in ALL)
    yield from (Fault("append refused", service) for service in LANED)
    yield from (Fault("mistaken release taken back", service) for service in LANED)
    yield from (Fault("clock off", service) for service in LANED)
    yield from (Fault("doubled on the log", name) for name in EXTERNAL)
    yield from (Fault("doubled at the edge", name) for name in EDGES)
    yield from (Fault("overtaken", name) for name in OVERTAKEN)
    yield from (Fault("early", name) for name in EARLY)
    yield from (Fault(kind, topic) for kind, topic in product(ODD, OUTSIDE))
    yield Fault("poison", "intake.events")
    yield from (Fault(TO_MEND, topic) for topic in ("portal.submissions", "notify.inbox"))
    yield Fault("too large", "the broker")
    yield from (Fault(CANCELLED, service) for service in ("routing", "payment"))
    yield Fault(RETRIED, "payment")
    yield from _of_partners()
    yield from (Fault(kind, whom) for kind, whom in carriers.happens())


FAULTS: tuple[Fault, ...] = tuple(_faults())


def external(type_: str) -> str:
    """Return the name under which messages of a type are doubled, empty if they are our own."""
    return next((name for name, types in EXTERNAL.items() if type_.startswith(types)), "")
