"""Endpoints: addresses that partners want to be told at, each with its secrets.

A change is a version more, and its number is its guard: whoever changes the same meanwhile is
refused.  A secret stands sealed, for its endpoint alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from shared import vault
from shared.store import Row, Table, prefix

ENDPOINTS_LIMIT = 10  # of one partner, at a time
REMEMBERED_LIMIT = 50  # of one partner, with those removed lately
REMEMBERED = timedelta(days=1)
OVERLAP = timedelta(hours=24)  # the secret before signs beside the new one
SECRETS_LIMIT = 3
VERSIONS_KEPT = 5
_END = "~"  # after every name of a partner

Standing = Literal["active", "disabled", "removed"]


class Secret(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sealed secret; it signs until then, None: until it is replaced."""

    sealed: str
    until: datetime | None = None


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One version.  `since`: it is told of what was decided from then on; no `types`: of all."""

    id: str
    partner: str
    version: int
    url: str
    types: tuple[str, ...]
    standing: Standing
    secrets: tuple[Secret, ...]
    since: datetime
    changed_at: datetime
    reason: str = ""

    def wants(self, type_: str, at: datetime) -> bool:
        """Tell whether it is told of an event of this type and time."""
        is_heard = self.standing == "active" and at >= self.since
        return is_heard and (not self.types or type_ in self.types)

    def next(self, at: datetime, **changes: object) -> "Endpoint":
        """Return the version after this one."""
        return msgspec.structs.replace(self, version=self.version + 1, changed_at=at, **changes)

    def signing(self, at: datetime) -> tuple[Secret, ...]:
        """Return the secrets that sign now, the newest first."""
        return tuple(s for s in self.secrets if s.until is None or at < s.until)

    def rotated(self, secret: Secret, at: datetime) -> "Endpoint":
        """Return it with another secret; those before sign for a while."""
        ending = (
            msgspec.structs.replace(s, until=min(s.until or at + OVERLAP, at + OVERLAP))
            for s in self.signing(at)
        )
        return self.next(at, secrets=(secret, *ending)[:SECRETS_LIMIT])


class Sealing:
    """Seals secrets with a key for this purpose alone."""

    def __init__(self, master_key: bytes) -> None:
        self._key = vault.derive(master_key, "webhook secrets")

    def seal(self, endpoint: str, secret: bytes) -> Secret:
        """Return it sealed."""
        return Secret(sealed=vault.seal(self._key, secret, endpoint))

    def open(self, endpoint: str, secret: Secret) -> bytes:
        """Return it as it was.  Raises `NotOpened`."""
        return vault.unseal(self._key, secret.sealed, endpoint)


class Endpoints:
    """The endpoints of all partners, on a table; `_id` is `<partner>/<endpoint>/<version>`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def every(self) -> Sequence[Endpoint]:
        """Return the last version of each endpoint of everybody.  Raises `Unknown`."""
        return _latest(await self._table.ranges([("", _END)]))

    async def of(self, partner: str) -> Sequence[Endpoint]:
        """Return the last version of each of a partner's, the removed too.  Raises `Unknown`."""
        return _latest(await self._table.ranges([prefix(f"{partner}/")]))

    async def one(self, partner: str, endpoint: str) -> Endpoint | None:
        """Return the last version of one that is not removed.  Raises `Unknown`."""
        rows = await self._table.last(prefix(f"{partner}/{endpoint}/"), 1)
        found = _read(rows[0]) if rows else None
        return found if found and found.standing != "removed" else None

    async def put(self, endpoint: Endpoint) -> None:
        """Add a version.  Raises `Refused` (somebody else changed it first) or `Unknown`."""
        await self._table.insert(
            [
                {
                    "_id": _id(endpoint, endpoint.version),
                    "endpoint": msgspec.json.encode(endpoint).decode(),
                }
            ]
        )
        old = endpoint.version - VERSIONS_KEPT
        if old > 0:
            await self._table.delete([_id(endpoint, old)])

    async def forget(self, endpoints: Sequence[Endpoint]) -> None:
        """Delete what is left of these.  Raises `Unknown`."""
        for endpoint in endpoints:
            versions = range(max(1, endpoint.version - VERSIONS_KEPT), endpoint.version + 1)
            # the last one last: without it the one before would stand again
            await self._table.delete([_id(endpoint, n) for n in versions[:-1]])
            await self._table.delete([_id(endpoint, endpoint.version)])


def _id(endpoint: Endpoint, version: int) -> str:
    return f"{endpoint.partner}/{endpoint.id}/{version:06d}"


def _read(row: Row) -> Endpoint:
    return msgspec.json.decode(row["endpoint"], type=Endpoint)


def _latest(rows: Sequence[Row]) -> list[Endpoint]:
    last = {row["_id"].rpartition("/")[0]: row for row in rows}  # rows come in the order of ids
    return [_read(row) for row in last.values()]
