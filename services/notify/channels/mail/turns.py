"""Which mails were begun, and what came of them, as rows: so that an attempt can be asked after,
although a mail server cannot.

    begun/<key>   by `mail`, before its content may go over; or by `ask`, if nobody had begun it:
                  then nobody ever will
    came/<key>    what the server said

The row that is there first decides; a process that comes back late finds that it was asked.
"""

from collections.abc import Sequence

from services.notify.channels.mail.words import Meaning
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table

ASKED = Meaning("absent", "not_begun")
BEGUN = Meaning("unknown", "cannot_be_asked")


class Turns:
    """The rows of one service."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table, self._clock = table, clock

    async def begin(self, key: str) -> Meaning | None:
        """Claim that a mail may go over; or return why it may not."""
        row = self._row(f"begun/{key}", by="mail")
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

    def _row(self, id_: str, **told: str) -> Row:
        return {"_id": id_, "at": self._clock(), **told}


def _found(rows: dict[str, Row], key: str) -> Meaning:
    if came := rows.get(f"came/{key}"):
        return Meaning(came["finding"], came["reason"], came["code"])
    begun = rows.get(f"begun/{key}")
    return ASKED if begun and begun["by"] == "ask" else BEGUN
