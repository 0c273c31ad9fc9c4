"""What may belong to an incident: rounds of what it concerns, broadcasts that its people were told.

Both are offers: somebody says that it is so.
"""

from datetime import UTC, datetime

import msgspec

from services.operations.domain.citizen.notices import told_to_many
from services.operations.domain.incidents import APPLICATIONS_LIMIT, LINKED_SINCE, Incident
from services.operations.domain.rounds import Round, Status
from services.operations.incidents.rows import Incidents
from services.operations.journeys import Journeys
from services.operations.rounds.rows import Rounds

OFFERS_LIMIT = 20  # of each
SAMPLE = 200  # applications in whose logs it is looked what they were told, spread over all


class RoundOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A round of the same stage and cause, begun since a day before the incident."""

    id: str
    action: str
    stage: str
    cause: str
    reason: str
    by: str
    at: datetime
    status: Status


class BroadcastOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A broadcast that some of the frozen applications were told; `told` of those looked at."""

    id: str
    vi: str
    en: str
    at: datetime
    told: int


class OffersView(msgspec.Struct, frozen=True, kw_only=True):
    """What may belong to it and does not yet, the newest first; `looked_at`: in how many of the
    frozen applications broadcasts were looked for.
    """

    rounds: list[RoundOffer]
    broadcasts: list[BroadcastOffer]
    looked_at: int


class Offers:
    """Looks for them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, rows: Incidents, rounds: Rounds, journeys: Journeys) -> None:
        self._rows, self._rounds, self._journeys = rows, rounds, journeys

    async def of(self, incident: Incident) -> OffersView:
        """Return what may belong to one."""
        found = incident.frozen.found
        kept = min(found.applications if found else 0, APPLICATIONS_LIMIT)
        items = await self._rows.numbered(incident, spread(kept, SAMPLE))
        broadcasts = await self._broadcasts({item.application for item in items})
        linked = {*incident.linked("round"), *incident.linked("broadcast")}
        told = [one for one in broadcasts.values() if one.id not in linked]
        return OffersView(
            rounds=[one for one in await self._of_rounds(incident) if one.id not in linked],
            broadcasts=sorted(told, key=_at, reverse=True)[:OFFERS_LIMIT],
            looked_at=len(items),
        )

    async def linked_rounds(self, incident: Incident) -> dict[str, RoundOffer]:
        """Return the rounds that belong to one, as far as there are such."""
        ids = incident.linked("round")[-OFFERS_LIMIT:]
        return {id_: _offer(one) for id_, one in (await self._rounds.every(ids)).items()}

    async def _of_rounds(self, incident: Incident) -> list[RoundOffer]:
        since = incident.acts[0].at - LINKED_SINCE
        found, _ = await self._rounds.before("")
        near = [r for r in found if r.at >= since and incident.scope.touches(r.choice)]
        return [_offer(one) for one in near[:OFFERS_LIMIT]]

    async def _broadcasts(self, applications: set[str]) -> dict[str, BroadcastOffer]:
        found: dict[str, BroadcastOffer] = {}
        standing = await self._journeys.standing(applications) if applications else {}
        for entries in standing.values():
            for entry, told in told_to_many(entries):
                before = found.get(told.broadcast)
                found[told.broadcast] = BroadcastOffer(
                    id=told.broadcast,
                    vi=told.vi or "",
                    en=told.en or "",
                    at=datetime.fromtimestamp(entry.logged_ms / 1_000, UTC),
                    told=1 + (before.told if before else 0),
                )
        return found


def spread(count: int, most: int) -> list[int]:
    """Return so many numbers from 1 up to `count`, as far apart as they can be, all where they are
    no more.
    """
    some = min(count, most)
    return [1 + n * count // some for n in range(some)]


def _offer(one: Round) -> RoundOffer:
    return RoundOffer(
        id=one.id,
        action=one.choice.action,
        stage=one.choice.stage,
        cause=one.choice.cause,
        reason=one.choice.reason,
        by=one.by,
        at=one.at,
        status=one.status,
    )


def _at(offer: BroadcastOffer) -> datetime:
    return offer.at
