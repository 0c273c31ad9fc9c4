"""The letters: every dead letter as it came, whole, and what operators did about it.

Two tables, and the rows of what nobody did anything about beside the others of the stuck board:

- `letters`: `<topic>/<partition>/<offset>` of the record; a lane that says it again is not kept.
  Calls of partners once more, as `@<partner>/<logged at>/<the same>`, with what was wrong alone.
- `letter_answers`: the same id; of several answers the first one on the log counts.

All of it follows from the log.  An answer stands on its letter's partition, behind it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from services.operations.domain.causes import CALL
from services.operations.domain.dead.letters import (
    KINDS,
    Answer,
    Letter,
    Open,
    Place,
    answer_of,
    letter_of,
)
from services.operations.domain.matters import Matter
from services.operations.domain.situations import row_apart
from services.operations.journeys import Journeys
from shared.bus import Record
from shared.store import Row, Table, prefix

AT_DIGITS = 15  # of milliseconds in an id
OPEN_LIMIT = 20_000  # looked at together; whatever is more is not counted, and that is said


class Refused(NamedTuple):
    """A partner's call that could not be taken: what of it was wrong, and in words."""

    at_ms: int
    field: str
    reason: str


class Letters:
    """Keeps them, and opens and closes their rows on the board.  All of it raises `Unknown`."""

    def __init__(
        self, letters: Table, answers: Table, situations: Table, journeys: Journeys
    ) -> None:
        self._letters, self._answers = letters, answers
        self._situations, self._journeys = situations, journeys

    async def follow(self, records: Sequence[Record]) -> None:
        """Bring the tables up to these messages; again is harmless."""
        letters = {one.place.key: one for r in records if (one := letter_of(r))}
        answers = [answer for r in records if (answer := answer_of(r))]
        if letters:
            rows = [_row(key, letter) for key, letter in letters.items()]
            rows += [row for letter in letters.values() if (row := _refused(letter))]
            await self._letters.insert_missing(rows)
        if answers:
            await self._answers.insert_missing([_row(_about(one).key, one) for one in answers])
            about = [_about(one).key for one in answers]
            letters |= await self.of(about)
        if letters:
            await self._open(letters)
            await self._close(letters)  # also what another process answered meanwhile

    async def _open(self, letters: Mapping[str, Letter]) -> None:
        answered = await self.answers(list(letters))
        left = [letter for key, letter in letters.items() if key not in answered]
        named = {letter.application for letter in left if letter.application}
        found = await self._journeys.standing(named)
        rows = []
        for one in left:
            matter = Matter(one.cause, one.place.key, one.at_ms)
            whose = one.application or one.stands[:36]
            row = row_apart(whose, found.get(one.application, ()), matter, one.service)
            told = {"topic": one.topic, "partition": one.partition, "offset": one.offset,
                    "reason": one.reason, "field": one.field,
                    "group": one.as_open().group}  # fmt: skip
            rows.append(row | told | {"_id": one.stands, "application": one.application})
        if rows:
            await self._situations.insert_missing(rows)

    async def _close(self, letters: Mapping[str, Letter]) -> None:
        answered = await self.answers(list(letters))
        if answered:
            await self._situations.delete([letters[key].stands for key in answered])

    async def of(self, keys: Sequence[str]) -> dict[str, Letter]:
        """Return those of these that there are, by key."""
        return {
            row["_id"]: msgspec.json.decode(row["said"], type=Letter)
            for row in await self._letters.get(keys)
        }

    async def answers(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return what was done about those of these about which something was, by key."""
        return {
            row["_id"]: msgspec.json.decode(row["said"], type=Answer)
            for row in await self._answers.get(keys)
        }

    async def refused(
        self, partner: str, before: str, limit: int
    ) -> tuple[list[tuple[Refused, bool]], str]:
        """Return the calls of a partner that could not be taken, the newest first, each with
        whether somebody has dealt with it; and below which they go on, empty: nowhere.
        """
        low, high = prefix(f"@{partner}/")
        rows = await self._letters.last((low, f"{low}{before}" if before else high), limit)
        found = [(row["_id"].removeprefix(low), row) for row in reversed(rows)]
        answered = await self.answers([_key_of(id_) for id_, _ in found])
        out = [
            (Refused(int(id_[:AT_DIGITS]), row["field"], row["reason"]), _key_of(id_) in answered)
            for id_, row in found
        ]
        return out, found[-1][0] if len(found) == limit else ""


def _refused(letter: Letter) -> Row | None:
    """Return the row by which a partner finds a call of its own; None: it is none."""
    root, _, rest = letter.id.removeprefix("/").partition("/")
    if root != "partners" or letter.cause != CALL:
        return None
    partner, key = rest.partition("/")[0], letter.place.key
    id_ = f"@{partner}/{letter.at_ms:0{AT_DIGITS}d}/{key}"
    return {"_id": id_, "reason": letter.reason, "field": letter.field}


def _key_of(id_: str) -> str:
    return id_[AT_DIGITS + 1 :]


def open_of(row: Mapping[str, Any]) -> Open:
    """Return what a row of the board says of what a lane set aside."""
    return Open(
        key=row["_id"],
        kind=KINDS[row["cause"]],
        # rows of what was held before these were kept have no place
        place=Place(row.get("topic", ""), int(row.get("partition", 0)), int(row.get("offset", 0))),
        service=row["stage"],
        reason=row.get("reason", ""),
        field=row.get("field", ""),
        application=row["application"],
        dossier=row["dossier"],
        unit=row["unit"],
        since_ms=int(row["since_ms"]),
    )


def _about(answer: Answer) -> Place:
    return Place(answer.data.topic, answer.data.partition, answer.data.offset)


def _row(key: str, said: Letter | Answer) -> Row:
    return {"_id": key, "said": msgspec.json.encode(said).decode()}
