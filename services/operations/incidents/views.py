"""What operators see of incidents: whom it concerned and concerns, and what was done."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from services.operations.domain.incidents import Act, Found, Incident, Scope, Status
from services.operations.incidents.offers import BroadcastOffer, OffersView, RoundOffer
from services.operations.incidents.rows import Item
from services.operations.incidents.whom import Counted
from shared.edge import APPLICATION

COLUMNS = ("application", "dossier", "unit", "partner", "waits_since", "vnd")


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """An incident; `frozen`: whom it concerned when that was last kept, at `frozen_at`.  `owner`:
    who sees to it, empty: nobody; `now_at`: when `now` was counted.
    """

    id: str
    title: str
    status: Status
    scope: Scope
    alarm: str
    owner: str
    opened_at: datetime
    opened_by: str
    frozen_at: datetime
    frozen: Found
    now_at: datetime | None


class ShortView(IncidentView, frozen=True, kw_only=True):
    """The same with whom it concerns `now`; null: it is closed, or nobody has counted yet."""

    now: Found | None


class OneView(IncidentView, frozen=True, kw_only=True):
    """The same with whom it concerns now, its alarms, rounds and broadcasts, and its timeline."""

    now: Found
    alarms: tuple[str, ...]
    rounds: tuple[str, ...]
    broadcasts: tuple[str, ...]
    acts: tuple[Act, ...]


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents, the newest first; `next`: where the next page begins, empty at the end."""

    incidents: list[ShortView]
    next: str


class PreviewView(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a scope concerns, before anything is opened."""

    scope: Scope
    now: Found
    now_at: datetime


class ApplicationsView(msgspec.Struct, frozen=True, kw_only=True):
    """Whom it concerned when that was last frozen, what has waited for longest first.

    `applications` is what a broadcast of notify takes; not `is_whole`: there were more than were
    kept.  `next`: the number of the first one of the next page, null at the end.
    """

    frozen_at: datetime
    is_whole: bool
    applications: list[str]
    items: list[Item]
    next: int | None


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept of one: with its timeline, and whom it concerned when that was frozen."""

    incident: OneView
    items: list[Item]


def short(incident: Incident, counted: Counted | None) -> ShortView:
    """Return one as a list shows it."""
    opened, frozen = incident.acts[0], incident.frozen
    return ShortView(
        id=incident.id,
        title=incident.title,
        status=incident.status,
        scope=incident.scope,
        alarm=incident.alarm,
        owner=incident.owner,
        opened_at=opened.at,
        opened_by=opened.by,
        frozen_at=frozen.at,
        frozen=frozen.found or _NOBODY,
        now_at=counted.at if counted else None,
        now=counted.found if counted else None,
    )


def whole(incident: Incident, counted: Counted) -> OneView:
    """Return all of one."""
    return OneView(
        **{**msgspec.structs.asdict(short(incident, counted)), "now": counted.found},
        alarms=tuple(incident.alarms),
        rounds=tuple(incident.linked("round")),
        broadcasts=tuple(incident.linked("broadcast")),
        acts=incident.acts,
    )


def applications(incident: Incident, items: Sequence[Item], next_: int | None) -> ApplicationsView:
    """Return whom one concerned."""
    frozen = incident.frozen
    return ApplicationsView(
        frozen_at=frozen.at,
        is_whole=bool(frozen.found and frozen.found.is_whole),
        applications=[item.application for item in items],
        items=list(items),
        next=next_,
    )


async def as_csv(pages: AsyncIterator[Sequence[Item]]) -> AsyncIterator[bytes]:
    """Yield them as CSV that spreadsheets read, some at a time."""
    yield _lines([COLUMNS]).encode("utf-8-sig")
    async for items in pages:
        yield _lines(_cells(item) for item in items).encode()


async def as_export(
    incident: OneView, pages: AsyncIterator[Sequence[Item]]
) -> AsyncIterator[bytes]:
    """Yield an `ExportView`, some of it at a time."""
    yield b'{"incident":' + msgspec.json.encode(incident) + b',"items":['
    joint = b""
    async for items in pages:
        yield joint + b",".join(map(msgspec.json.encode, items))
        joint = b","
    yield b"]}"


def _cells(item: Item) -> Sequence[object]:
    since = datetime.fromtimestamp(item.since_ms / 1_000, UTC).isoformat() if item.since_ms else ""
    return item.application, item.dossier, item.unit, item.partner, since, item.vnd


def _lines(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


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
_COUNTED = Counted(_FOUND, _AT)
ONE = whole(_INCIDENT, _COUNTED)
LIST = ListView(incidents=[short(_INCIDENT, _COUNTED)], next="")
PREVIEW = PreviewView(scope=_INCIDENT.scope, now=_FOUND, now_at=_AT)
_ITEM = Item(APPLICATION, "H29.1-20261120-0000001", "26737", "sen-vang", 1_763_600_000_000, 50_000)
APPLICATIONS = applications(_INCIDENT, [_ITEM], None)
EXPORT = ExportView(incident=ONE, items=[_ITEM])
OFFERS = OffersView(
    rounds=[
        RoundOffer(
            id="20261120-3f9ac1d2e4",
            action="ask_partner",
            stage="payment",
            cause="partner_silent",
            reason="The bank is back",
            by="operator-1",
            at=_AT,
            status="done",
        )
    ],
    broadcasts=[
        BroadcastOffer(
            id="20261120-5b1f0a77c2",
            vi="Thanh toán qua Sen Vàng đang chậm.",
            en="Payments by Sen Vàng are delayed.",
            at=_AT,
            told=20,
        )
    ],
    looked_at=20,
)
