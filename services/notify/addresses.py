"""Addresses to which nothing may be sent now: bounced, or told enough for today.

Rows by a keyed hash of the address, which says nothing to who has no key:

    s/<mark>               suppressed: why, after which attempt, and until when
    d/<day>/<mark>/<n>     one of the messages of a day, with the key of its notice

A notice is counted once a day however often it is tried: whoever finds the first number free takes
it, and whoever does not reads who was counted.  What was not handed over after all is counted no
more.  A phone has an address for SMS and another for each app: what one says of it, and what went
out there, is nothing to the other.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from services.notify.channels import Message
from services.notify.channels.receipts import AddressBounced
from services.notify.sweeping import forget
from shared.clock import VIETNAM, Clock
from shared.store import Row, Table, prefix
from shared.vault import keyed_hash

# For how long an address is left alone after a provider said this of it.
SUPPRESSED_FOR: Mapping[str, timedelta] = {
    "invalid_number": timedelta(days=90),
    "unknown_subscriber": timedelta(days=90),
    "mailbox_unknown": timedelta(days=90),
    "bounced": timedelta(days=30),
}
CAPPED = "capped"
OF_ITSELF = frozenset({"", "sms", "email"})  # an address says by itself that it is one of these
_NUMBER = "{:04}"


class Addresses:
    """What may be sent to whom; `daily_cap` 0: any number."""

    def __init__(self, table: Table, pepper: bytes, clock: Clock, daily_cap: int = 0) -> None:
        self._table, self._pepper, self._clock, self._cap = table, pepper, clock, daily_cap

    async def refused(
        self, messages: Sequence[Message], uncapped: Collection[str] = ()
    ) -> dict[str, str]:
        """Return which may not go out, by key, and why; the others are counted, but the `uncapped`.

        One round trip, as a rule: what is suppressed is asked while the first of a day are counted.
        Raises `Unknown`.
        """
        if not messages:
            return {}
        marks = {m.key: self._mark_of(m) for m in messages}
        notices = {_notice(key): key for key in marks if key not in uncapped}
        counted = {notice: marks[key] for notice, key in notices.items()}
        suppressed, capped = await asyncio.gather(self._suppressed(marks), self._capped(counted))
        return {notices[notice]: CAPPED for notice in capped} | {
            key: suppressed[mark] for key, mark in marks.items() if mark in suppressed
        }

    async def give_back(self, messages: Sequence[Message]) -> None:
        """Count no more what was not handed over.  Raises `Unknown`."""
        if not self._cap:
            return
        marks = dict.fromkeys(self._mark_of(m) for m in messages)
        notices, day = {_notice(m.key) for m in messages}, f"d/{_day(self._clock())}"
        rows = await self._table.ranges([prefix(f"{day}/{mark}/") for mark in marks])
        if undone := [row["_id"] for row in rows if row["key"] in notices]:
            await self._table.delete(undone)

    async def bounced(self, found: Sequence[AddressBounced]) -> None:
        """Leave alone what mails came back from.  Raises `Unknown`."""
        for one in found:
            await self.suppress(one.address, "bounced", one.until, one.key)

    async def suppress(
        self,
        address: str,
        reason: str,
        until: datetime | None = None,
        notice: str = "",
        channel: str = "",
    ) -> None:
        """Leave an address alone, for as long as the reason says, or until then; never for less
        than was said before.  `notice`: the key of the attempt that came back.  Raises `Unknown`.
        """
        id_ = f"s/{self._mark(address, channel)}"
        until = until or self._clock() + SUPPRESSED_FOR[reason]
        if any(row["until"] >= until for row in await self._table.get([id_])):
            return
        await self._table.delete([id_])
        row = {"_id": id_, "reason": reason, "until": until, "notice": notice}
        await self._table.insert_missing([row])

    async def standing(self, address: str) -> Row | None:
        """Return why an address is left alone, until when; None: it is not.  Raises `Unknown`."""
        rows = await self._table.get([f"s/{self._mark(address)}"])
        return next((row for row in rows if row["until"] > self._clock()), None)

    async def lift(self, address: str) -> None:
        """Leave an address alone no more.  Raises `Unknown`."""
        await self._table.delete([f"s/{self._mark(address)}"])

    async def sweep(self) -> None:
        """Forget the days before yesterday, and what is no longer suppressed.  Raises `Unknown`."""
        now = self._clock()
        await forget(self._table, ("d/", f"d/{_day(now - timedelta(days=1))}"), lambda _: True)
        await forget(self._table, prefix("s/"), lambda row: bool(row["until"] <= now))

    async def _suppressed(self, marks: Mapping[str, str]) -> dict[str, str]:
        now = self._clock()
        rows = await self._table.get([f"s/{mark}" for mark in dict.fromkeys(marks.values())])
        return {row["_id"][2:]: row["reason"] for row in rows if row["until"] > now}

    async def _capped(self, marks: Mapping[str, str]) -> list[str]:
        """Count notices; return those that are too many for their address today."""
        if not self._cap:
            return []
        day = f"d/{_day(self._clock())}"
        firsts = {mark: key for key, mark in reversed(list(marks.items()))}
        rows = [_row(day, mark, 1, key) for mark, key in firsts.items()]
        stood = await self._table.insert_missing(rows)
        counted = {row["key"] for row in rows if row["_id"] not in stood}
        left, capped = [key for key in marks if key not in counted], list[str]()
        while left:
            of_marks = dict.fromkeys(marks[key] for key in left)
            found = await self._table.ranges([prefix(f"{day}/{mark}/") for mark in of_marks])
            told: dict[str, dict[str, str]] = {mark: {} for mark in of_marks}
            for row in found:
                _, _, mark, number = row["_id"].split("/")
                told[mark][number] = row["key"]
            left = [key for key in left if key not in told[marks[key]].values()]
            full = [key for key in left if len(told[marks[key]]) >= self._cap]
            capped += full
            next_ = {marks[key]: key for key in reversed(left) if key not in full}
            more = [_row(day, mark, _free(told[mark]), key) for mark, key in next_.items()]
            if more:
                stood = await self._table.insert_missing(more)
                counted |= {row["key"] for row in more if row["_id"] not in stood}
            left = [key for key in left if key not in counted and key not in full]
        return capped

    def _mark_of(self, message: Message) -> str:
        return self._mark(message.to, channel_of(message.key))

    def _mark(self, address: str, channel: str = "") -> str:
        text = address.strip().casefold()
        text = f"0{text[3:]}" if text.startswith("+84") else text
        text = text if channel in OF_ITSELF else f"{channel}/{text}"
        return keyed_hash(self._pepper, b"address/" + text.encode())


def channel_of(key: str) -> str:
    """Return on which channel the attempt with this key goes out."""
    return _notice(key).rpartition("/")[2].partition("@")[0]


def _notice(key: str) -> str:
    return key.rpartition("/")[0]


def _free(told: Mapping[str, str]) -> int:
    return next(n for n in count(1) if _NUMBER.format(n) not in told)


def _day(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d}"


def _row(day: str, mark: str, number: int, key: str) -> Row:
    return {"_id": f"{day}/{mark}/{_NUMBER.format(number)}", "key": key}
