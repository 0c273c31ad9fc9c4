"""What reconciling found, kept as it is heard, and told in the journeys of the applications that it
is about.  Hearing the same again changes nothing.
"""

from collections.abc import Mapping, Sequence

import msgspec
import structlog

from services.operations.domain.breaks import Standing
from services.operations.domain.entries import Entry
from services.operations.journeys import Journeys, read
from services.operations.money.rows import TURNS, Ledger, Told, told
from shared.bus import Record

_log = structlog.get_logger("money")


class Keeper:
    """Keeps what `shared.hearing` hands to it."""

    def __init__(self, ledger: Ledger, journeys: Journeys) -> None:
        self._ledger, self._journeys = ledger, journeys

    def begin(self) -> None:
        """Take no application for known: another process may have written since."""
        self._journeys.forget()

    async def keep(self, records: Sequence[Record]) -> None:
        """Keep these; again is harmless.  Raises `Unknown`."""
        found: list[tuple[Record, Told]] = []
        for record in records:
            if one := told(record):
                found.append((record, one))
            else:
                place = f"{record.topic}/{record.partition}-{record.offset}"
                _log.warning("neither of a break nor of a statement", place=place)
        standing = await self._ledger.keep([one for _, one in found])
        turns = [(record, one) for record, one in found if one.type in TURNS]
        first = await self._ledger.first_places(one for _, one in turns)
        entries = [
            entry
            for record, one in turns
            if one.place in first and (entry := _entry(record, one, standing))
        ]
        if entries:
            await self._journeys.append(entries)


def _entry(record: Record, one: Told, standing: Mapping[str, Standing]) -> Entry | None:
    """Return the message as one of the application that its break is of, if it is of one."""
    known = standing.get(one.word.break_id)
    application = known.opening.word.application if known else ""
    return msgspec.structs.replace(read(record), application=application) if application else None
