"""How money that leaves stands by the log, given back or paid out: what its actions look at."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from services.operations.domain.acting.shape import is_one
from services.operations.domain.entries import Entry, Gist, gist
from shared.events import Data, refunds
from shared.events import disbursements as allowances


class Kind(NamedTuple):
    """What is said of one kind; `name`: which of them a message is about."""

    name: Callable[[Gist], str]
    told: type[Data]
    waiting: type[Data]
    failed: type[Data]
    others: tuple[type[Data], ...]


REFUND = Kind(
    lambda g: g.refund,
    refunds.RefundRequested,
    refunds.RefundWaiting,
    refunds.RefundFailed,
    (
        *(refunds.RefundProposed, refunds.RefundQueryRequested),
        *(refunds.RefundDone, refunds.RefundRejected),
    ),
)
ALLOWANCE = Kind(
    lambda g: g.disbursement,
    allowances.DisbursementRequested,
    allowances.DisbursementWaiting,
    allowances.DisbursementFailed,
    (
        *(allowances.DisbursementProposed, allowances.DisbursementQueryRequested),
        *(allowances.DisbursementDone, allowances.DisbursementRejected),
    ),
)


class _Waiting(msgspec.Struct):
    waits_for: str = ""
    is_doubtful: bool = False


_NOT_WAITING = _Waiting()


class Standing(NamedTuple):
    """The last that was said of one; `waits_for`: `check`, `person`, or empty; `is_doubtful`: only
    a person can say what became of it; `was_told`: a partner was told of it, as it was agreed to
    last.
    """

    last: Entry
    waits_for: str
    is_doubtful: bool
    has_failed: bool
    was_told: bool


def standing(kind: Kind, about: str, entries: Sequence[Entry]) -> Standing | None:
    """Return how the one of this name stands; None: nothing was said of it."""
    heard = (kind.told, kind.waiting, kind.failed, *kind.others)
    own = [e for e in entries if is_one(e, *heard) and kind.name(gist(e.data)) == about]
    if not own:
        return None
    own.sort(key=lambda e: e.sequence)
    said, was_told = _NOT_WAITING, False
    for entry in own:
        is_waiting = is_one(entry, kind.waiting)
        said = msgspec.json.decode(entry.data, type=_Waiting) if is_waiting else _NOT_WAITING
        was_told = is_one(entry, kind.told) or (was_told and said.waits_for != "check")
    has_failed = is_one(own[-1], kind.failed)
    return Standing(own[-1], said.waits_for, said.is_doubtful, has_failed, was_told)
