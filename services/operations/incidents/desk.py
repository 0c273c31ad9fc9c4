"""What operators do with incidents, and the loop that opens one for each critical alarm."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from services.operations.alarms.rows import Alarms
from services.operations.board import Rows
from services.operations.domain.alarm_life import Alarm
from services.operations.domain.alarms import RULES
from services.operations.domain.incidents import (
    ACTS_LIMIT,
    APPLICATIONS_LIMIT,
    ITSELF,
    Act,
    Doing,
    Found,
    Incident,
    Scope,
    incident_id,
    scope_of,
)
from services.operations.incidents.rows import Incidents, Item
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row

LOOK_EVERY_S = 10.0
ROWS_LIMIT = 200_000  # of the board's rows: whoever waits for so much is counted no further


class NotPossible(Exception):
    """It cannot be done; `code` and the sentence say why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Desk:
    """Opens, looks at and acts on incidents; `new_set` names what is frozen.  Whatever is asked of
    it raises `Unknown`.
    """

    def __init__(
        self, rows: Incidents, situations: Rows, clock: Clock, new_set: Callable[[], str]
    ) -> None:
        self.rows, self._situations, self._clock = rows, situations, clock
        self._new_set = new_set

    async def open(
        self, id_: str, title: str, scope: Scope, by: str, alarm: str = "", text: str = ""
    ) -> Incident:
        """Open one and freeze whom it concerns; one that stands under this id is returned."""
        stands = await self.rows.get(id_)
        if stands:
            return stands
        act = await self._frozen(id_, scope, Act(what="open", by=by, at=self._clock(), text=text))
        made = Incident(id=id_, title=title, scope=scope, alarm=alarm, acts=(act,))
        return await self.rows.begin(made)

    async def freeze(self, incident: Incident, by: str) -> Incident:
        """Keep whom it concerns now.  Raises `NotPossible`."""
        act = Act(what="freeze", by=by, at=self._clock())
        return await self.act(incident, await self._frozen(incident.id, incident.scope, act))

    async def do(
        self, incident: Incident, what: Doing, by: str, text: str = "", reference: str = ""
    ) -> Incident:
        """Add a note, a link or the end; the same link or end again is one.  Raises
        `NotPossible`.
        """
        if reference in incident.linked(what) and reference:
            return incident
        if what == "close" and incident.status == "closed":
            return incident
        act = Act(what=what, by=by, at=self._clock(), text=text, reference=reference)
        return await self.act(incident, act)

    async def act(self, incident: Incident, act: Act) -> Incident:
        """Return one with an act more.  Raises `NotPossible`."""
        while True:
            if incident.status == "closed":
                raise NotPossible("is-closed", "It is closed: open another.")
            if len(incident.acts) >= ACTS_LIMIT:
                raise NotPossible("too-much-done", "Too much was done about it: open another.")
            after = incident.after(act)
            if await self.rows.act(after):
                return after
            incident = await self.rows.get(incident.id) or incident  # somebody was first

    async def now(self, scope: Scope) -> Found:
        """Return whom it concerns now."""
        rows = await self._situations.aggregate([*_each(scope, self._clock()), _SUM])
        if not rows:
            return Found(applications=0, matters=0, vnd=0)
        matters = int(rows[0]["matters"])
        return Found(
            applications=int(rows[0]["applications"]),
            matters=matters,
            vnd=int(rows[0]["vnd"]),
            is_whole=matters < ROWS_LIMIT,
        )

    async def _frozen(self, id_: str, scope: Scope, act: Act) -> Act:
        found, set_ = await self.now(scope), self._new_set()
        stages = [*_each(scope, self._clock()), _OLDEST_FIRST, {"$limit": APPLICATIONS_LIMIT}]
        rows = await self._situations.aggregate(stages)
        await self.rows.keep(id_, set_, [_item(row) for row in rows])
        kept = Found(
            applications=found.applications,
            matters=found.matters,
            vnd=found.vnd,
            is_whole=found.is_whole and found.applications <= len(rows),
        )
        return Act(what=act.what, by=act.by, at=act.at, text=act.text, found=kept, set=set_)


class Opener:
    """Opens an incident for each critical alarm of which the board's rows tell whom it concerns.

    Its id is the alarm's: any number of processes may run it, and one is opened once.
    """

    def __init__(self, alarms: Alarms, desk: Desk) -> None:
        self._alarms, self._desk = alarms, desk

    async def keep_going(self) -> None:
        """Look for ever; what is not answered now is looked at another time."""
        while True:
            with suppress(Unknown):
                await self.turn()
            await asyncio.sleep(LOOK_EVERY_S)

    async def turn(self) -> None:
        """Open what is to be opened.  Raises `Unknown`."""
        for alarm in (await self._alarms.open()).values():
            scope = scope_of(alarm)
            if scope and alarm.severity == "critical" and alarm.ended_at is None:
                id_ = incident_id(alarm.fired_at, alarm.id)
                await self._desk.open(id_, title_of(alarm), scope, ITSELF, alarm.id)


def title_of(alarm: Alarm) -> str:
    """Return what an incident is called that is opened for an alarm, Vietnamese first."""
    title = RULES[alarm.rule].title
    return f"{title.vi} · {title.en}: {alarm.about}"


def _each(scope: Scope, now: datetime) -> list[Mapping[str, Any]]:
    """Return how to find the applications of a scope, each with what it waits for."""
    stuck = {"stuck_ms": {"$lte": _ms(now)}} if scope.which == "stuck" else {}
    named = {n: v for n in ("unit", "partner", "procedure") if (v := getattr(scope, n))}
    began = {
        **({"$gte": _ms(scope.since)} if scope.since else {}),
        **({"$lt": _ms(scope.until)} if scope.until else {}),
    }
    also = {**stuck, **named, **({"since_ms": began} if began else {})}
    either = [{"stage": stage, "cause": cause, **also} for stage, cause in scope.kinds]
    group = {
        "_id": "$application",
        "matters": {"$sum": 1},
        "vnd": {"$sum": "$vnd"},
        "since_ms": {"$min": "$since_ms"},
        **{name: {"$first": f"${name}"} for name in ("dossier", "unit")},
        "partner": {"$max": "$partner"},
    }
    return [{"$match": {"$or": either}}, {"$limit": ROWS_LIMIT}, {"$group": group}]


_SUM: Mapping[str, Any] = {
    "$group": {
        "_id": None,
        "applications": {"$sum": 1},
        "matters": {"$sum": "$matters"},
        "vnd": {"$sum": "$vnd"},
    }
}
_OLDEST_FIRST: Mapping[str, Any] = {"$sort": {"since_ms": 1, "_id": 1}}


def _item(row: Row) -> Item:
    return Item(
        application=row["_id"],
        dossier=row["dossier"],
        unit=row["unit"],
        partner=row["partner"],
        since_ms=int(row["since_ms"]),
        vnd=int(row["vnd"]),
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
