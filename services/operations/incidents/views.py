"""What operators see of incidents: whom it concerned and concerns, and what was done."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from services.operations.domain.incidents import Act, Found, Incident, Scope, Status
from services.operations.incidents.rows import Item
from shared.edge import APPLICATION

COLUMNS = ("application", "dossier", "unit", "partner", "waits_since", "vnd")


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """An incident; `frozen`: whom it concerned when that was last kept, at `frozen_at`."""

    id: str
    title: str
    status: Status
    scope: Scope
    alarm: str
    opened_at: datetime
    opened_by: str
    frozen_at: datetime
    frozen: Found


class OneView(IncidentView, frozen=True, kw_only=True):
    """The same with whom it concerns now, its rounds and broadcasts, and its timeline."""

    now: Found
    rounds: tuple[str, ...]
    broadcasts: tuple[str, ...]
    acts: tuple[Act, ...]


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents, the newest first; `next`: where the next page begins, empty at the end."""

    incidents: list[IncidentView]
    next: str


class ApplicationsView(msgspec.Struct, frozen=True, kw_only=True):
    """Whom it concerned when that was last frozen, what has waited for longest first.

    `applications` is what a broadcast of notify takes; not `is_whole`: there were more.
    """

    frozen_at: datetime
    is_whole: bool
    applications: list[str]
    items: list[Item]


def short(incident: Incident) -> IncidentView:
    """Return one as a list shows it."""
    opened, frozen = incident.acts[0], incident.frozen
    return IncidentView(
        id=incident.id,
        title=incident.title,
        status=incident.status,
        scope=incident.scope,
        alarm=incident.alarm,
        opened_at=opened.at,
        opened_by=opened.by,
        frozen_at=frozen.at,
        frozen=frozen.found or _NOBODY,
    )


def whole(incident: Incident, now: Found) -> OneView:
    """Return all of one."""
    return OneView(
        **msgspec.structs.asdict(short(incident)),
        now=now,
        rounds=tuple(incident.linked("round")),
        broadcasts=tuple(incident.linked("broadcast")),
        acts=incident.acts,
    )


def applications(incident: Incident, items: Sequence[Item]) -> ApplicationsView:
    """Return whom one concerned."""
    frozen = incident.frozen
    return ApplicationsView(
        frozen_at=frozen.at,
        is_whole=bool(frozen.found and frozen.found.is_whole),
        applications=[item.application for item in items],
        items=list(items),
    )


def as_csv(items: Iterable[Item]) -> bytes:
    """Return them as CSV that spreadsheets read."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for item in items:
        since = datetime.fromtimestamp(item.since_ms / 1_000, UTC).isoformat()
        named = (item.application, item.dossier, item.unit, item.partner)
        table.writerow((*named, since, item.vnd))
    return out.getvalue().encode("utf-8-sig")


# ---- as the description of the edge shows them

_NOBODY = Found(applications=0, matters=0, vnd=0)
_AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
_FOUND = Found(applications=1, matters=1, vnd=50_000)
_INCIDENT = Incident(
    id="20261120-3f9ac1d2e4",
    title="Payments by sen-vang are delayed",
    scope=Scope(stage="payment", partner="sen-vang"),
    alarm="",
    acts=(Act(what="open", by="operator-1", at=_AT, found=_FOUND, set="1"),),
)
ONE = whole(_INCIDENT, _FOUND)
LIST = ListView(incidents=[short(_INCIDENT)], next="")
_ITEM = Item(APPLICATION, "H29.1-20261120-0000001", "26737", "sen-vang", 1_763_600_000_000, 50_000)
APPLICATIONS = applications(_INCIDENT, [_ITEM])
