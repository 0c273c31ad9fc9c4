"""What another edition must leave as it is: open applications stand on the rows that were in force.

A row that has begun keeps what it decides on every day up to today.  It may get an end from
tomorrow on and other words; all else is an end and a new row.  The calendar's days come and go
freely, as they are announced: what they move is counted again by an operator, never by itself.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from shared.catalogue.difference import Change, Kind, diff
from shared.catalogue.lookups import Catalogue
from shared.catalogue.rows import Procedure, Unit

_FREE: tuple[Kind, ...] = ("calendar",)
_FILES: Mapping[Kind, str] = {  # in a file of another name
    "fee_waivers": "policies",
    "fee_exemptions": "fees",
    "fee_resolutions": "fees",
}
_END = "valid_to"

# words, and how sure we are: nothing is decided by them
_SURE = ("confidence", "code_confidence", "illustrative", "source")
_WORDS = frozenset({"name_vi", "name_en", "why_vi", "why_en", *_SURE})
_WORDS_OF: Mapping[type, frozenset[str]] = {
    Unit: frozenset({"name"}),
    Procedure: frozenset({"sector", "competent_authority", "result", "moved_from", "steps"}),
}


def obstacles(in_use: Catalogue, edition: Catalogue, today: date) -> list[str]:
    """Return why an edition cannot take the place of the one in use, each with its file, its row
    and what to do; nothing if it can.
    """
    found = [why for change in diff(in_use, edition) for why in _against(change, today)]
    return [*found, *_shorter(in_use, edition)]


def _against(change: Change, today: date) -> Iterator[str]:
    before, after = change.before, change.after
    if before is None or before.valid_from > today or change.kind in _FREE:
        return
    row = f"{_FILES.get(change.kind, change.kind)}.json: {change.subject} from {before.valid_from}"
    if after is None:
        yield f"{row} is gone: put its row back, and end it by its valid_to"
        return
    if others := _decisive(before, after):
        yield (
            f"{row} has another {', '.join(others)}: put the row back as it was, end it by its"
            " valid_to, and begin a new row that day"
        )
    if before.valid_to == after.valid_to:
        return
    if before.valid_to and before.valid_to <= today:
        yield f"{row} ended on {before.valid_to}: put that end back, and begin a new row"
    elif after.valid_to and after.valid_to <= today:
        yield (
            f"{row} ends on {after.valid_to} and was applied until today: end it on"
            f" {today + timedelta(1)} or later"
        )


def _decisive(before: Any, after: Any) -> list[str]:
    """Return the fields, but the end, by which two rows decide otherwise."""
    return [
        name
        for name in before.__struct_fields__
        if name != _END
        and name not in _words(before)
        and _without_words(getattr(before, name)) != _without_words(getattr(after, name))
    ]


def _without_words(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        names = (name for name in value.__struct_fields__ if name not in _words(value))
        return type(value), *((name, _without_words(getattr(value, name))) for name in names)
    return tuple(map(_without_words, value)) if isinstance(value, tuple) else value


def _words(row: msgspec.Struct) -> frozenset[str]:
    return _WORDS | _WORDS_OF.get(type(row), frozenset())


def _shorter(in_use: Catalogue, edition: Catalogue) -> Iterator[str]:
    """Tell where the calendar has no days any more: due dates may lie there."""
    first, last = in_use.first_day, in_use.last_day
    if edition.first_day > first:
        yield f"calendar.json: first_day {edition.first_day} is later than it was: put {first} back"
    if edition.last_day < last:
        yield f"calendar.json: last_day {edition.last_day} is earlier than it was: put {last} back"
