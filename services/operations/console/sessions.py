"""Who is signed in: rows that every process of operations has in common.

The browser has a token, kept here by its hash.  A session is the rows of one prefix, and over as
soon as there are none:

    <hash>/            who it is, since when, and what its forms have to bring
    <hash>/seen/<n>    seen in the n-th stretch of time, the last one alone
    of/<whom>/<since>/<hash>, until/<since>/<hash>    to find those of a human, and those over

Whose sessions they are says the principal; of an account that names none, its name.

With each request these rows are read, by whichever process: what was ended is over for all of them
with the next.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from urllib.parse import quote

import msgspec

from shared.access import Caller
from shared.clock import Clock
from shared.store import Row, Table, prefix

IDLE_S = 30 * 60
LIVES_S = 8 * 3_600  # a working day, whatever is done meanwhile
SEEN_S = 60  # how exactly it is known when somebody was seen
PROVIDER_LIVES_S = 3_600  # then the provider is asked again: it says nothing in between
KEPT_EACH = 10  # of one human; the oldest is signed out
CLEARED = 100  # that are over, whenever somebody signs in

Way = Literal["account", "provider"]  # by which somebody came in


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at the console; `csrf` has to come with all that is sent."""

    caller: Caller
    csrf: str
    way: Way
    key: str  # under which it is kept: made of what the browser has, and opens nothing

    def is_asked_by(self, token: str) -> bool:
        """Tell whether a form was made for this session."""
        return hmac.compare_digest(self.csrf.encode(), token.encode())


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A session that lasts, as it is told: nothing that stands here opens anything.

    `person` is whose it is; `seen` is to the minute, `way` an account or the identity provider.
    """

    person: str
    name: str
    role: str
    units: tuple[str, ...]
    way: Way
    since: datetime
    seen: datetime


class Held(NamedTuple):
    """The same, and all rows of it."""

    key: str
    told: Open
    rows: Sequence[Row]


class Sessions:
    """The sessions that last.  Whatever is asked raises `Unknown`."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table, self._clock = table, clock

    async def open(self, caller: Caller, way: Way, before: str = "") -> str:
        """Return the token of a new session; `before`, what the browser had, is none any more."""
        now_s = _seconds(self._clock())
        await self.close(before)
        await self._clear(person_of(caller), now_s)
        token = secrets.token_urlsafe(32)
        key, since = _key(token), f"{now_s:012d}"
        who = {**caller._asdict(), "units": list(caller.units)}
        begun = {"since_s": now_s, "csrf": secrets.token_urlsafe(32), "way": way}
        ids = [*_entries(person_of(caller), since, key), f"{key}/seen/{now_s // SEEN_S}"]
        await self._table.insert_missing([{"_id": id_} for id_ in ids])
        await self._table.insert_missing([{"_id": f"{key}/", **who, **begun}])
        return token

    async def find(self, token: str) -> Session | None:
        """Return the session of this token, seen now; None: there is none, or it is over."""
        if not token:
            return None
        key, now_s = _key(token), _seconds(self._clock())
        rows = await self._table.ranges([prefix(f"{key}/")])
        if not rows or "name" not in rows[0]:
            return None
        first, *seen = rows
        if not _lasts(rows, now_s):
            await self._end(rows)
            return None
        if now_s // SEEN_S > _last_seen(rows):
            await self._table.insert_missing([{"_id": f"{key}/seen/{now_s // SEEN_S}"}])
            await self._table.delete([row["_id"] for row in seen])
        return Session(_caller(first), first["csrf"], _way(first), key)

    async def all(self, limit: int) -> tuple[list[Held], bool]:
        """Return those that last, of everybody, the newest first, out of so many begun last; and
        whether more were.
        """
        now_s = _seconds(self._clock())
        since = f"until/{now_s - LIVES_S:012d}"
        begun = await self._table.last((since, prefix("until/")[1]), limit + 1)
        return await self._held(begun[-limit:], now_s), len(begun) > limit

    async def of(self, person: str) -> list[Held]:
        """Return those of a human that last, the newest first."""
        begun = await self._table.ranges([prefix(f"of/{quote(person, safe='')}/")])
        return await self._held(begun, _seconds(self._clock()))

    async def end(self, held: Sequence[Held]) -> None:
        """End them; those that are over already are no error."""
        for each in held:
            await self._end(each.rows)

    async def _held(self, begun: Sequence[Row], now_s: int) -> list[Held]:
        keys = [str(row["_id"]).rpartition("/")[2] for row in reversed(begun)]
        rows: dict[str, list[Row]] = {key: [] for key in keys}
        found = await self._table.ranges([prefix(f"{key}/") for key in keys]) if keys else []
        for row in found:
            rows[str(row["_id"]).partition("/")[0]].append(row)
        return [Held(k, _told(r), r) for k, r in rows.items() if _lasts(r, now_s)]

    async def close(self, token: str) -> None:
        """Sign out; an unknown token is no error."""
        if token:
            await self._end(await self._table.ranges([prefix(f"{_key(token)}/")]))

    async def _clear(self, whom: str, now_s: int) -> None:
        """End those that are over, and so many of this human that one more may begin."""
        over = await self._table.ranges([("until/", f"until/{now_s - LIVES_S:012d}")], CLEARED)
        own = await self._table.ranges([prefix(f"of/{quote(whom, safe='')}/")])
        many = own[: max(0, len(own) + 1 - KEPT_EACH)]
        keys = {str(row["_id"]).rpartition("/")[2] for row in (*over, *many)}
        bounds = [prefix(f"{key}/") for key in sorted(keys)]
        await self._end(await self._table.ranges(bounds) if bounds else [])
        await self._table.delete([row["_id"] for row in (*over, *many)])

    async def _end(self, rows: Sequence[Row]) -> None:
        ids = [row["_id"] for row in rows]
        for row in rows:
            if "name" in row:
                key = str(row["_id"]).partition("/")[0]
                ids += _entries(person_of(_caller(row)), f"{row['since_s']:012d}", key)
        await self._table.delete(ids)


def _lasts(rows: Sequence[Row], now_s: int) -> bool:
    """Tell whether somebody with these rows of a session is signed in."""
    if not rows or "name" not in rows[0]:
        return False
    first, is_idle = rows[0], now_s // SEEN_S - _last_seen(rows) > IDLE_S // SEEN_S
    lives_s = LIVES_S if _way(first) == "account" else PROVIDER_LIVES_S
    return not is_idle and now_s - int(first["since_s"]) < lives_s


def _last_seen(rows: Sequence[Row]) -> int:
    return max((int(row["_id"].rpartition("/")[2]) for row in rows[1:]), default=0)


def _way(row: Row) -> Way:
    way: Way = row.get("way", "provider")  # of before it was kept: the shorter
    return way


def _told(rows: Sequence[Row]) -> Open:
    caller, since_s = _caller(rows[0]), int(rows[0]["since_s"])
    seen_s = max(since_s, _last_seen(rows) * SEEN_S)
    return Open(
        person=person_of(caller),
        name=caller.name,
        role=caller.role,
        units=caller.units,
        way=_way(rows[0]),
        since=datetime.fromtimestamp(since_s, UTC),
        seen=datetime.fromtimestamp(seen_s, UTC),
    )


def _caller(row: Row) -> Caller:
    units, principal = tuple(row["units"]), row.get("principal", "")
    return Caller(row["name"], row["role"], units, principal)


def person_of(caller: Caller) -> str:
    """Return whose session this caller's is."""
    return caller.principal or caller.name


def _entries(whom: str, since: str, key: str) -> list[str]:
    return [f"of/{quote(whom, safe='')}/{since}/{key}", f"until/{since}/{key}"]


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
