"""Who is signed in: rows that every process of operations has in common.

The browser has a token, kept here by its hash.  A session is the rows of one prefix, and over as
soon as there are none:

    <hash>/            who it is, since when, and what its forms have to bring
    <hash>/seen/<n>    seen in the n-th stretch of time, the last one alone
    of/<whom>/<since>/<hash>, until/<since>/<hash>    to find those of a human, and those over

Whose sessions they are says the principal; of an account that names none, its name.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

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

    def is_asked_by(self, token: str) -> bool:
        """Tell whether a form was made for this session."""
        return hmac.compare_digest(self.csrf.encode(), token.encode())


class Sessions:
    """The sessions that last.  Whatever is asked raises `Unknown`."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table, self._clock = table, clock

    async def open(self, caller: Caller, way: Way, before: str = "") -> str:
        """Return the token of a new session; `before`, what the browser had, is none any more."""
        now_s = _seconds(self._clock())
        await self.close(before)
        await self._clear(_whom(caller), now_s)
        token = secrets.token_urlsafe(32)
        key, since = _key(token), f"{now_s:012d}"
        who = {**caller._asdict(), "units": list(caller.units)}
        begun = {"since_s": now_s, "csrf": secrets.token_urlsafe(32), "way": way}
        ids = [*_entries(_whom(caller), since, key), f"{key}/seen/{now_s // SEEN_S}"]
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
        last = max((int(row["_id"].rpartition("/")[2]) for row in seen), default=0)
        is_idle = now_s // SEEN_S - last > IDLE_S // SEEN_S
        way: Way = first.get("way", "provider")  # of before it was kept: the shorter
        lives_s = LIVES_S if way == "account" else PROVIDER_LIVES_S
        if is_idle or now_s - first["since_s"] >= lives_s:
            await self._end(rows)
            return None
        if now_s // SEEN_S > last:
            await self._table.insert_missing([{"_id": f"{key}/seen/{now_s // SEEN_S}"}])
            await self._table.delete([row["_id"] for row in seen])
        return Session(_caller(first), first["csrf"], way)

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
                ids += _entries(_whom(_caller(row)), f"{row['since_s']:012d}", key)
        await self._table.delete(ids)


def _caller(row: Row) -> Caller:
    units, principal = tuple(row["units"]), row.get("principal", "")
    return Caller(row["name"], row["role"], units, principal)


def _whom(caller: Caller) -> str:
    return caller.principal or caller.name


def _entries(whom: str, since: str, key: str) -> list[str]:
    return [f"of/{quote(whom, safe='')}/{since}/{key}", f"until/{since}/{key}"]


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
