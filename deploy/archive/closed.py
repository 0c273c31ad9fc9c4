"""Which applications are at their end.  Pure: from the rows of every service to a reason why not.

Each service says of its own state how it stands.  An application is at its end when one says that
nothing more can come, none says that something will, and nobody has decided anything for a while.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec

from services.intake.domain.dossier import Application
from services.intake.domain.standing import standing as intake
from services.notify.domain.moves import Dossier as Notices
from services.notify.domain.standing import standing as notify
from services.payment.domain.standing import standing as payment
from services.payment.domain.state import Payment
from services.routing.domain.dossier import Dossier
from services.routing.domain.standing import standing as routing
from shared.archived import Standing, living
from shared.bus import Partition
from shared.changes import fold
from shared.store import Row

TIMER_SLACK = timedelta(hours=1)  # between a timer's instant and its firing

Why = Literal[
    "archived",  # nothing has come since
    "unknown",  # messages came, an application never did
    "held",  # for an operator
    "not quiet",
    "timer",  # one has yet to fire
    "unpublished",  # perhaps; an unread inbox looks the same
    "other schema",  # of a build that is not this one
    "moving",
    "not over",
]
Committed = Mapping[str, Mapping[Partition, int]]  # by service


class Closing(NamedTuple):
    """A service's state, and how it stands; one of a schema from `oldest` on reads the same way."""

    state: type[Any]
    standing: Callable[[Any], Standing]
    schema: int = 1
    oldest: int = 1


TABLE: Mapping[str, Closing] = {
    "intake": Closing(Application, intake),
    "routing": Closing(Dossier, routing),
    "payment": Closing(Payment, payment, schema=2),
    "notify": Closing(Notices, notify),
}


def why_not(
    rows: Mapping[str, Sequence[Row]], committed: Committed, before: datetime, now: datetime
) -> Why | None:
    """Return why an application is not archived, by its rows in each service; None: it is."""
    standings: set[Standing] = set()
    fresh = 0
    for service, found in rows.items():
        versions = living(found)
        if not versions:
            continue
        reason, standing = _look(service, versions, committed[service], before, now)
        if reason:
            return reason
        standings.add(standing)
        fresh += len(versions) > 1 or "archived" not in versions[0]
    if "moving" in standings:
        return "moving"
    if "over" not in standings:
        return "not over"
    return None if fresh else "archived"


def _look(
    service: str,
    versions: Sequence[Row],
    committed: Mapping[Partition, int],
    before: datetime,
    now: datetime,
) -> tuple[Why | None, Standing]:
    last = fold(versions)
    reason: Why | None = None
    closing = TABLE[service]
    if not closing.oldest <= last["schema"] <= closing.schema:
        reason = "other schema"
    elif last["state"] == "null":
        reason = "unknown"
    elif last.get("held"):
        reason = "held"
    elif "archived" not in last and last["at"] >= before:
        reason = "not quiet"
    elif any(t["due"] > now - TIMER_SLACK for v in versions for t in v.get("timers", ())):
        reason = "timer"
    elif not all("archived" in v or _is_published(v, committed) for v in versions):
        reason = "unpublished"
    if reason:
        return reason, "moving"
    return None, closing.standing(msgspec.json.decode(last["state"], type=closing.state))


def _is_published(row: Row, committed: Mapping[Partition, int]) -> bool:
    cause = row["cause"]
    return bool(cause["offset"] < committed.get((cause["topic"], cause["partition"]), 0))
