"""Who carries a channel's messages: chosen by priority, then by share, and never twice at once."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

# What a provider says of itself, not of the number: another one may carry the message.
PROVIDERS_FAULT = frozenset({"no_credit", "not_authorised", "sender_refused", "quota_exceeded"})


Unhealthy = frozenset[str]  # the facts of a decision: who is not to be chosen now


class Provider(NamedTuple):
    """`priority`: lower goes first; `share`: of 100 among those of one priority.

    `receipt_within_s`: later a receipt is missing; 0: none is waited for.  `limit_s`: a call may
    last longer than others do; what came of it is asked after twice that time at the earliest.
    """

    name: str
    channel: str
    priority: int = 1
    share: int = 100
    receipt_within_s: float = 0
    limit_s: float = 0


class Providers:
    """The providers by channel."""

    def __init__(self, rows: Iterable[Provider]) -> None:
        self._rows: dict[str, list[Provider]] = {}
        for row in rows:
            self._rows.setdefault(row.channel, []).append(row)

    def __contains__(self, channel: object) -> bool:
        return channel in self._rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Providers) and self._rows == other._rows

    def __hash__(self) -> int:
        return hash(tuple(self._rows))

    def row(self, channel: str, name: str) -> Provider:
        """Return a provider by its name; the channel's first, if it is not known any more."""
        rows = self._rows.get(channel) or [Provider(name, channel)]
        return next((row for row in rows if row.name == name), rows[0])

    def all_tried(self, channel: str, tried: Collection[str]) -> bool:
        """Tell whether every provider of a channel has failed."""
        return all(row.name in tried for row in self._rows.get(channel, ()))

    def choose(
        self, channel: str, key: str, tried: Collection[str], unhealthy: Collection[str]
    ) -> str:
        """Return who is to carry an attempt; whoever is ill goes before who failed it already."""
        rows = self._rows[channel]
        if len(rows) == 1:
            return rows[0].name
        untried = [row for row in rows if row.name not in tried]
        well = [row for row in untried or rows if row.name not in unhealthy]
        return _by_share(well or untried or rows, key).name


def _by_share(rows: Sequence[Provider], key: str) -> Provider:
    first = min(row.priority for row in rows)
    rows = [row for row in rows if row.priority == first]
    drawn = crc32(key.encode()) % sum(row.share for row in rows)
    for row in rows:
        drawn -= row.share
        if drawn < 0:
            return row
    raise AssertionError("shares are more than none")
