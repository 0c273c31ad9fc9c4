"""Which mails were begun, and what came of them, as rows: so that an attempt can be asked after,
although a mail server cannot.

    begun/<key>   by `mail`, before its content may go over, and who carries it; or by `ask`, if
                  nobody had begun it: then nobody ever will
    came/<key>    what the server said

The row that is there first decides; a process that comes back late finds that it was asked.
Rows are kept far longer than anybody asks: of one that is gone a question would hear that nobody
had begun it, and the mail would go out again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.notify.channels.mail.words import Meaning
from services.notify.sweeping import forget
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table, prefix

ASKED = Meaning("absent", "not_begun")
BEGUN = Meaning("unknown", "cannot_be_asked")
KEPT_FOR = timedelta(days=60)


class Beginning(NamedTuple):
    """When a mail was begun, and with which provider; empty: of a time when that was not noted."""

    at: datetime
    provider: str


class Turns:
    """The rows of one service; `provider`: who carries what begins here."""

    def __init__(self, table: Table, clock: Clock, provider: str = "") -> None:
        self._table, self._clock, self._provider = table, clock, provider

    async def begin(self, key: str) -> Meaning | None:
        """Claim that a mail may go over; or return why it may not."""
        row = self._row(f"begun/{key}", by="mail", provider=self._provider)
        try:
            if not await self._table.insert_missing([row]):
                return None
            [there] = await self._table.get([row["_id"]])
        except Unknown:
            return Meaning("absent", "not_begun")
        return ASKED if there["by"] == "ask" else BEGUN

    async def came(self, key: str, meaning: Meaning) -> None:
        """Keep what a server said; if that fails, whoever asks does not get to know it."""
        row = self._row(f"came/{key}", **meaning._asdict())
        try:
            await self._table.insert_missing([row])
        except Unknown:
            return

    async def ask(self, keys: Sequence[str]) -> dict[str, Meaning]:
        """Return what came of mails; what nobody has begun is closed by that.  Raises `Unknown`."""
        await self._table.insert_missing([self._row(f"begun/{k}", by="ask") for k in keys])
        places = [f"{what}/{k}" for k in keys for what in ("begun", "came")]
        rows = {row["_id"]: row for row in await self._table.get(places)}
        return {k: _found(rows, k) for k in keys}

    async def sweep(self) -> None:
        """Forget what is older than anybody asks for.  Raises `Unknown`."""
        before = self._clock() - KEPT_FOR
        for what in ("came/", "begun/"):  # so, what came of a mail is never there alone
            await forget(self._table, prefix(what), lambda row: bool(row["at"] < before))

    async def begun(self, keys: Sequence[str]) -> dict[str, Beginning]:
        """Return how mails were begun; what never was is left out.  Raises `Unknown`."""
        rows = await self._table.get([f"begun/{key}" for key in keys])
        return {
            row["_id"].partition("/")[2]: Beginning(row["at"], row.get("provider", ""))
            for row in rows
            if row["by"] == "mail"
        }

    def _row(self, id_: str, **told: str) -> Row:
        return {"_id": id_, "at": self._clock(), **told}


def _found(rows: dict[str, Row], key: str) -> Meaning:
    if came := rows.get(f"came/{key}"):
        return Meaning(came["finding"], came["reason"], came["code"])
    begun = rows.get(f"begun/{key}")
    return ASKED if begun and begun["by"] == "ask" else BEGUN
