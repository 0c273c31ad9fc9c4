"""What may be attached, by procedure and day: rows of `limits.json`, or of a file of your own.

A procedure without a row in force has the row of `*`.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec

from services.intake.attachments.media import MediaType
from shared.errors import Misconfigured

DEFAULT = "*"
FILE = Path(__file__).with_name("limits.json")

_Positive = Annotated[int, msgspec.Meta(ge=1)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be attached from `valid_from` up to but without `valid_to` (None: open)."""

    procedure: str
    valid_from: date
    valid_to: date | None = None
    file_bytes: _Positive
    total_bytes: _Positive
    count: _Positive
    media_types: tuple[MediaType, ...]

    def in_force(self, on: date) -> bool:
        """Whether this holds on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class LimitTable:
    """All limits.  Raises `Misconfigured` unless one row of `*` is open."""

    def __init__(self, rows: Sequence[Limits]) -> None:
        self._rows = tuple(sorted(rows, key=lambda row: row.valid_from, reverse=True))
        if not any(r.procedure == DEFAULT and r.valid_to is None for r in rows):
            raise Misconfigured(f"limits of attachments: the procedure {DEFAULT} needs an open row")

    def of(self, procedure: str, on: date) -> Limits:
        """Return what holds for a procedure on a day; before the first row of `*`, that."""
        for wanted in (procedure, DEFAULT):
            for row in self._rows:
                if row.procedure == wanted and row.in_force(on):
                    return row
        return [row for row in self._rows if row.procedure == DEFAULT][-1]

    def file_bytes(self, on: date) -> int:
        """Return the size of the largest file that any procedure takes on a day."""
        return max(self.of(row.procedure, on).file_bytes for row in self._rows)


def load(path: Path | None = None) -> LimitTable:
    """Read a file of limits, or ours.  Raises `Misconfigured`."""
    path = path or FILE
    try:
        return LimitTable(msgspec.json.decode(path.read_bytes(), type=tuple[Limits, ...]))
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured(f"{path} is no file of limits for attachments: {error}") from error
