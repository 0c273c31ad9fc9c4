"""What is done about incidents: opened by hand or for an alarm, frozen anew, acted on, closed.

An act is a row more; where two act at once the second one comes after the first.
"""

from collections.abc import Callable

from msgspec.structs import replace

from services.operations.alarms.rows import Alarms
from services.operations.domain.alarm_life import Alarm
from services.operations.domain.incident_scopes import opens, scope_of, title_of
from services.operations.domain.incidents import (
    ACTS_LIMIT,
    ITSELF,
    JOINS_LIMIT,
    Act,
    Doing,
    Incident,
    Scope,
    incident_id,
)
from services.operations.incidents.rows import Incidents
from services.operations.incidents.whom import Whom
from services.operations.turns import SomeFailed
from shared.clock import Clock
from shared.errors import Unknown

LOOK_EVERY_S = 10.0


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
        self, rows: Incidents, whom: Whom, clock: Clock, new_set: Callable[[], str]
    ) -> None:
        self.rows, self.whom, self._clock = rows, whom, clock
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
        """Add a note, a link, an owner or the end; the same again is one.  Raises
        `NotPossible`.
        """
        is_owned = what == "own" and incident.owner == by
        is_over = what == "close" and incident.status == "closed"
        if is_owned or is_over or (reference and reference in incident.linked(what)):
            return incident
        act = Act(what=what, by=by, at=self._clock(), text=text, reference=reference)
        after = await self.act(incident, act)
        if what == "close":
            await self.rows.shut(incident.id)
        return after

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

    async def _frozen(self, id_: str, scope: Scope, act: Act) -> Act:
        found, set_ = await self.whom.count(scope), self._new_set()
        items = await self.whom.items(scope)
        await self.rows.keep(id_, set_, items)
        kept = replace(found, is_whole=found.is_whole and found.applications <= len(items))
        return replace(act, found=kept, set=set_)


class Opener:
    """Opens an incident for each critical alarm, or has the alarm join the one of its scope.

    The id is that of the first alarm: any number of processes may run it, and one is opened once.
    """

    every_s = LOOK_EVERY_S

    def __init__(self, alarms: Alarms, desk: Desk) -> None:
        self._alarms, self._desk = alarms, desk
        self._has_begun = False

    async def turn(self) -> None:
        """Open what is to be opened.  Raises `SomeFailed` once the others are, `Unknown`."""
        rows, errors = self._desk.rows, dict[str, Exception]()
        if not self._has_begun:
            await rows.recall()
            self._has_begun = True
        standing = [a for a in (await self._alarms.open()).values() if a.ended_at is None]
        wanted = {a.id: scope for a in standing if opens(a) and (scope := scope_of(a))}
        met = await rows.of_alarms(list(wanted))
        # in one order, so that two processes which look at once meet at the first of them
        for alarm in sorted(standing, key=_fired):
            if alarm.id in wanted and alarm.id not in met:
                try:
                    await self._meet(alarm, wanted[alarm.id])
                except Unknown:
                    raise
                except Exception as error:  # the other alarms have nothing to do with it
                    errors[alarm.id] = error
        if errors:
            raise SomeFailed(errors)

    async def _meet(self, alarm: Alarm, scope: Scope) -> None:
        """Have an alarm be part of an incident."""
        rows = self._desk.rows
        stands = next((i for i in await rows.open_ones() if i.scope.is_same(scope)), None)
        if stands is None:
            id_ = incident_id(alarm.fired_at, alarm.id)
            stands = await self._desk.open(id_, title_of(alarm), scope, ITSELF, alarm.id)
        elif alarm.id not in stands.alarms and len(stands.alarms) < JOINS_LIMIT:
            try:
                await self._desk.do(stands, "alarm", ITSELF, reference=alarm.id)
            except NotPossible:  # it was closed just now: the next look opens another
                return
        await rows.join(alarm.id, stands.id)


def _fired(alarm: Alarm) -> str:
    return alarm.id
