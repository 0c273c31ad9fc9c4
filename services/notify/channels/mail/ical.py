"""A day or an hour that a citizen is told of, as a calendar takes it (RFC 5545, 5546).

One entry per application and thing told: sent again with a higher number it takes the place of the
one before, and cancelled it goes.  A day is a day in Vietnam; an hour is told in UTC, which every
calendar knows without a description of a time zone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from services.notify.channels import File
from shared.clock import VIETNAM

LINE_LIMIT_BYTES = 75
_URI = re.compile(r"https?://[!-[\]-~]{1,500}")
TEXT_LIMIT = 1_000
PRODUCT = "-//motcua//notices//VI"
_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x09\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")


class Entry(NamedTuple):
    """What is told.  `about`: the milestone, or what several milestones tell of, such as `due`.

    `starts` a date: the whole day; a datetime: until `ends`, or an hour.  `number` is higher each
    time the same is told anew.  `organiser` is an address of ours.
    """

    application: str
    about: str
    title: str
    starts: date | datetime
    organiser: str
    stamped: datetime
    number: int = 0
    ends: datetime | None = None
    text: str = ""
    place: str = ""
    link: str = ""
    language: str = "vi"
    cancelled: bool = False


def day(moment: datetime) -> date:
    """Return the day of a moment, in Vietnam."""
    return moment.astimezone(VIETNAM).date()


def file(entry: Entry) -> File:
    """Return an entry as a file that goes with a mail."""
    method = "CANCEL" if entry.cancelled else "PUBLISH"
    content = b"".join(_folded(line) for line in _lines(entry, method))
    name = f"{_token(entry.about)}.ics"
    return File(name, f"text/calendar; method={method}; charset=utf-8", content)


def _lines(entry: Entry, method: str) -> Iterator[str]:
    language = f";LANGUAGE={_token(entry.language)}"
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN")
    yield from (f"METHOD:{method}", "BEGIN:VEVENT")
    yield f"UID:{_uid(entry)}"
    yield f"DTSTAMP:{_utc(entry.stamped)}"
    yield f"SEQUENCE:{entry.number}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"
    yield f"ORGANIZER:mailto:{_plain(entry.organiser)}"
    yield from _when(entry)
    yield f"SUMMARY{language}:{_text(entry.title)}"
    if entry.text:
        yield f"DESCRIPTION{language}:{_text(entry.text)}"
    if entry.place:
        yield f"LOCATION{language}:{_text(entry.place)}"
    if _URI.fullmatch(entry.link):  # readers take a backslash for more than it is
        yield f"URL:{entry.link}"
    yield from ("CLASS:PRIVATE", "END:VEVENT", "END:VCALENDAR")


def _when(entry: Entry) -> Iterator[str]:
    starts = entry.starts
    if isinstance(starts, datetime):
        yield f"DTSTART:{_utc(starts)}"
        yield f"DTEND:{_utc(entry.ends or starts + timedelta(hours=1))}"
    else:
        yield f"DTSTART;VALUE=DATE:{starts:%Y%m%d}"
        yield "TRANSP:TRANSPARENT"  # who has a due date is not busy on that day


def _uid(entry: Entry) -> str:
    # no domain: an application's id is like no other, and by another provider it is the same entry
    return f"{_token(entry.application)}/{_token(entry.about)}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Return a value of type TEXT (RFC 5545 3.3.11)."""
    clean = _CONTROL.sub(" ", _BREAK.sub("\n", text[:TEXT_LIMIT]))
    for char in "\\;,":
        clean = clean.replace(char, f"\\{char}")
    return clean.replace("\n", "\\n")


def _plain(text: str) -> str:
    return "".join(_CONTROL.sub("", _BREAK.sub("", text[:TEXT_LIMIT])).split())


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError("letters, digits, - _ . are expected")
    return text


def _folded(line: str) -> bytes:
    """Return a content line, continued after 75 bytes but never within a character."""
    out, used = bytearray(), 0
    for char in line:
        encoded = char.encode()
        if used + len(encoded) > LINE_LIMIT_BYTES:
            out += b"\r\n "
            used = 1
        out += encoded
        used += len(encoded)
    return bytes(out) + b"\r\n"
