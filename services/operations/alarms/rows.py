"""The rows of alarms, inserted and never changed.

    alarm_acts      <id>/<n>                  the n-th act; the first with what was seen
    alarm_silences  <id>/1, <id>/2            a silence; that it was lifted
    alarm_places    bad/<key>                 it is bad, since then
                    fired/<key>               an alarm of this id stands
                    well/<key>                it is well again, since then
                    open/<id>                 something of it may have to be told
                    past/<minute>             what was counted then
                    look/<instant>            the last look
                    turn/<n>                  who inserts it looks in the n-th turn
                    wrong/<kind>/<application>, see `checking`

The number is the guard: what stands was done by somebody else, and is carried on as it stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec

from services.operations.domain.alarm_life import Act, Alarm, Silence
from services.operations.domain.alarms import Mark, Sight
from services.operations.turns import takes
from shared.errors import Refused
from shared.store import Row, Table, prefix

PAST_KEPT = 20  # minutes
ROWS_LIMIT = 1_000  # read at once
MARKS_LIMIT = 10_000


class Tables(NamedTuple):
    """Where alarms are kept."""

    acts: Table
    silences: Table
    places: Table


class Past(msgspec.Struct, frozen=True):
    """What was counted in a minute: what is stuck, by stage and cause, None where nobody could
    count it; the end of the log, by group and lane of a topic.
    """

    at_ms: int
    stuck: dict[str, int] | None
    ends: dict[str, dict[str, int]]


class Look(msgspec.Struct, frozen=True):
    """The last look: when, what was seen, and what nobody could look at."""

    at_ms: int
    sights: list[Sight]
    unseen: list[str]


class Alarms:
    """All of them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, tables: Tables) -> None:
        self._acts, self._silences, self._places = tables

    # ---- alarms

    async def fire(self, alarm: Alarm) -> None:
        """Insert an alarm and what says that it stands; again is harmless, also by two."""
        stood = await self._places.insert_missing([{"_id": f"fired/{alarm.key}", "id": alarm.id}])
        if stood:
            now = await self._places.get([f"fired/{alarm.key}"])
            if not now or now[0]["id"] != alarm.id:  # somebody else fired another one
                return
        await self._places.insert_missing([{"_id": f"open/{alarm.id}"}])
        first = _row(alarm) | {"alarm": _text(msgspec.structs.replace(alarm, acts=()))}
        await self._acts.insert_missing([first])

    async def act(self, alarm: Alarm) -> bool:
        """Insert the last act of an alarm; False: somebody else did something first."""
        try:
            await self._acts.insert([_row(alarm)])
        except Refused:
            return False
        return True

    async def get(self, id_: str) -> Alarm | None:
        """Return one."""
        return (await self.every([id_])).get(id_)

    async def every(self, ids: Iterable[str]) -> dict[str, Alarm]:
        """Return those of these that there are."""
        bounds = [prefix(f"{id_}/") for id_ in sorted(ids)]
        return _folded(await self._acts.ranges(bounds)) if bounds else {}

    async def before(self, id_: str) -> tuple[list[Alarm], str]:
        """Return a page of them, the newest first, and where the next begins (empty: nowhere)."""
        rows = await self._acts.last(("", id_ or "~"), ROWS_LIMIT)
        is_cut = len(rows) == ROWS_LIMIT
        found = sorted(_folded(rows).values(), key=lambda a: a.id, reverse=True)
        return found, found[-1].id if is_cut and found else ""

    async def open(self) -> dict[str, Alarm]:
        """Return those of which something may have to be told: all that stand are among them."""
        return await self.every(await self.open_ids())

    async def open_ids(self) -> list[str]:
        """Return their ids; with one that somebody is about to fire."""
        rows = await self._places.ranges([prefix("open/")], MARKS_LIMIT)
        return [str(row["_id"]).partition("/")[2] for row in rows]

    async def close(self, id_: str) -> None:
        """Be done with one: it has ended, and whoever was to know does."""
        await self._places.delete([f"open/{id_}"])

    async def wrong(self, kind: str) -> list[str]:
        """Return the applications in whose log this was found wrong, and is not mended yet."""
        rows = await self._places.ranges([prefix(f"wrong/{kind}/")], ROWS_LIMIT)
        return [str(row["_id"]).rpartition("/")[2] for row in rows]

    # ---- silences

    async def silence(self, silence: Silence) -> None:
        """Insert a silence; again is harmless."""
        await self._silences.insert_missing([{"_id": f"{silence.id}/1", "said": _text(silence)}])

    async def lift(self, silence: Silence, act: Act) -> None:
        """Say that a silence is over; again is harmless."""
        await self._silences.insert_missing([{"_id": f"{silence.id}/2", "said": _text(act)}])

    async def silences(self, now_ms: int) -> list[Silence]:
        """Return those that hold now."""
        rows = await self._silences.ranges([(f"{now_ms + 1:013d}", "~")], ROWS_LIMIT)
        lifted = {str(row["_id"])[:-2] for row in rows if str(row["_id"]).endswith("/2")}
        return [
            msgspec.structs.replace(
                msgspec.json.decode(row["said"], type=Silence), id=str(row["_id"])[:-2]
            )
            for row in rows
            if str(row["_id"]).endswith("/1") and str(row["_id"])[:-2] not in lifted
        ]

    # ---- the loop's

    async def marks(self) -> dict[str, Mark]:
        """Return where every key stands that stands anywhere."""
        bounds = [prefix(f"{kind}/") for kind in ("bad", "fired", "well")]
        rows = await self._places.ranges(bounds, MARKS_LIMIT)
        found: dict[str, dict[str, Row]] = {}
        for row in rows:
            kind, _, key = str(row["_id"]).partition("/")
            found.setdefault(key, {})[kind] = row
        nothing: Row = {}
        return {
            key: Mark(
                int(each.get("bad", nothing).get("at_ms", 0)),
                str(each.get("fired", nothing).get("id", "")),
                int(each.get("well", nothing).get("at_ms", 0)),
            )
            for key, each in found.items()
            if "bad" in each or "fired" in each
        }

    async def put(self, before: Mapping[str, Mark], after: Mapping[str, Mark | None]) -> None:
        """Keep where keys stand that did not stand so before; what fires is `fire`'s."""
        come: list[Row] = []
        gone = []
        for key, mark in after.items():
            was = before.get(key)
            if mark is None and was is None:
                continue
            if mark is None:
                gone += [f"{kind}/{key}" for kind in ("well", "bad", "fired")]
                continue
            if was is None:
                come.append({"_id": f"bad/{key}", "at_ms": mark.since_ms})
            if mark.well_ms and (was is None or not was.well_ms):
                come.append({"_id": f"well/{key}", "at_ms": mark.well_ms})
            if was and was.well_ms and not mark.well_ms:
                gone.append(f"well/{key}")
        await self._places.insert_missing(come)
        await self._places.delete(gone)

    async def takes(self, turn: int) -> bool:
        """Tell whether the look of this turn is ours; another process may have it."""
        return await takes(self._places, turn)

    async def remember(self, past: Past) -> None:
        """Keep what was counted; once a minute is enough."""
        minute = past.at_ms // 60_000
        await self._places.insert_missing([{"_id": f"past/{minute:012d}", "said": _text(past)}])
        await self._forget("past/", f"past/{minute - PAST_KEPT:012d}")

    async def past(self) -> list[Past]:
        """Return what was counted in the last minutes, the oldest first."""
        rows = await self._places.ranges([prefix("past/")], 2 * PAST_KEPT)
        return [msgspec.json.decode(row["said"], type=Past) for row in rows]

    async def looked(self, look: Look) -> None:
        """Keep the last look."""
        own = f"look/{look.at_ms:013d}"
        await self._places.insert_missing([{"_id": own, "said": _text(look)}])
        await self._forget("look/", own)

    async def last_look(self) -> Look | None:
        """Return the last look, if there was one."""
        rows = await self._places.last(prefix("look/"), 1)
        return msgspec.json.decode(rows[0]["said"], type=Look) if rows else None

    async def _forget(self, low: str, high: str) -> None:
        rows = await self._places.ranges([(low, high)], ROWS_LIMIT)
        await self._places.delete([str(row["_id"]) for row in rows])


def _row(alarm: Alarm) -> Row:
    return {"_id": f"{alarm.id}/{len(alarm.acts):04}", "act": _text(alarm.acts[-1])}


def _text(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()


def _folded(rows: Sequence[Row]) -> dict[str, Alarm]:
    """Return alarms from rows in order; of a page that is cut the first may lack its beginning."""
    found = {}
    for id_, group in groupby(rows, key=lambda row: str(row["_id"]).partition("/")[0]):
        each = list(group)
        if "alarm" in each[0]:
            alarm = msgspec.json.decode(each[0]["alarm"], type=Alarm)
            acts = tuple(msgspec.json.decode(row["act"], type=Act) for row in each)
            found[id_] = msgspec.structs.replace(alarm, acts=acts)
    return found
