"""Which events a partner sees, and which of their fields: what is not in the table is not shown.

The subject, the lines of a fee and the receipts are not the partner's business.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shared import events
from shared.events import UNREADABLE
from shared.events.disbursements import (
    DisbursementDone,
    DisbursementFailed,
    DisbursementQueryRequested,
    DisbursementRequested,
)
from shared.events.payment import (
    CreateRequested,
    Expired,
    Failed,
    Mismatched,
    Overpaid,
    QueryRequested,
    Requested,
    Settled,
)
from shared.events.reassessments import FeeOverpaid
from shared.events.refunds import (
    RefundDone,
    RefundFailed,
    RefundProposed,
    RefundQueryRequested,
    RefundRefused,
    RefundRejected,
    RefundRequested,
    RefundWaiting,
)

_REFUND = ("refund", "reference", "transaction", "amount_vnd")
_DISBURSEMENT = ("disbursement", "reference", "amount_vnd")
SHOWN: Mapping[str, Sequence[str]] = {
    Requested.TYPE: ("reference", "attempt", "amount_vnd", "expires_at"),
    Settled.TYPE: ("reference", "transaction", "amount_vnd"),
    Failed.TYPE: ("reference", "code", "reason"),
    Expired.TYPE: ("reference",),
    Mismatched.TYPE: ("reference", "transaction", "expected_vnd", "amount_vnd"),
    Overpaid.TYPE: ("reference", "transaction", "amount_vnd"),
    RefundRequested.TYPE: _REFUND,
    RefundDone.TYPE: (*_REFUND, "told"),
    RefundFailed.TYPE: (*_REFUND, "code"),
    DisbursementRequested.TYPE: _DISBURSEMENT,
    DisbursementDone.TYPE: (*_DISBURSEMENT, "transaction"),
    DisbursementFailed.TYPE: (*_DISBURSEMENT, "code"),
}
# of a partner too, and not shown: what it is asked itself, and what is decided among ourselves
UNSHOWN = frozenset(
    {
        *(CreateRequested.TYPE, QueryRequested.TYPE, RefundQueryRequested.TYPE),
        DisbursementQueryRequested.TYPE,
        *(RefundProposed.TYPE, RefundWaiting.TYPE, RefundRejected.TYPE, FeeOverpaid.TYPE),
        RefundRefused.TYPE,
    }
)


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """An event as its partner sees it; `id` is the same however often it is read or sent."""

    id: str
    type: str
    timestamp: datetime
    partner: str
    data: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        """Return what a webhook carries."""
        shown = {"type": self.type, "timestamp": self.timestamp, "data": self.data}
        return msgspec.json.encode(shown)


def outline(value: bytes | None) -> Outline | None:
    """Return what its partner sees of a record's value; None: no partner sees anything of it."""
    try:
        event = events.decode(value or b"")
        if event.type not in SHOWN:
            return None
        data = msgspec.json.decode(event.data)
    except UNREADABLE:
        return None  # a lane that reads the same topic holds it
    return Outline(
        id=event.id,
        type=event.type,
        timestamp=event.time,
        partner=data.get("partner", ""),
        data={name: data[name] for name in SHOWN[event.type] if name in data},
    )
