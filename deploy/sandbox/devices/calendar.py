"""What a mail program shows of a calendar's file (RFC 5545): which day, what of, or that it is off.

Read with code of its own, as the reader of a mail has.
"""

import re
from datetime import date, datetime
from typing import NamedTuple

from shared.clock import VIETNAM

_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Entry(NamedTuple):
    """An entry of a calendar; `day` in Vietnam."""

    title: str
    day: date
    is_cancelled: bool


def entry(content: bytes) -> Entry | None:
    """Return the first entry of a file; None: it is no calendar, or tells no day."""
    lines = _FOLD.sub("", content.decode("utf-8", "replace")).splitlines()
    told: dict[str, str] = {}
    for line in lines:
        head, _, value = line.partition(":")
        told.setdefault(head.partition(";")[0].upper(), value)
    if told.get("BEGIN") != "VCALENDAR":
        return None
    title = _ESCAPED.sub(_plain, told.get("SUMMARY", ""))
    try:
        return Entry(title, _day(told.get("DTSTART", "")), told.get("METHOD") == "CANCEL")
    except ValueError:
        return None


def _plain(escaped: re.Match[str]) -> str:
    return " " if escaped[1] in "nN" else escaped[1]


def _day(text: str) -> date:
    """Return the day of a date or of an hour in UTC.  Raises `ValueError`."""
    if "T" not in text:
        return datetime.strptime(f"{text}+0700", "%Y%m%d%z").date()
    return datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%SZ%z").astimezone(VIETNAM).date()
