"""Which forms there are: what brings each, its words from a day on, and where its facts stand."""

import string
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from shared.errors import Misconfigured
from shared.papers.facts import FACTS, Step
from shared.papers.said import Said

ADDRESSES = frozenset({"status_page"})  # facts that can be scanned
FILE = Path(__file__).with_name("forms.json")


class Column(Said, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A column of the steps: its head, and the fact of a step below it."""

    fact: str


class Part(Said, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line with the name of a fact, which with `qr` can be scanned; a list, or with `columns`
    a table, of `each`; or a sentence, with facts in braces.  It is left out where a fact of it is
    empty.
    """

    fact: str = ""
    qr: bool = False
    each: str = ""
    columns: tuple[Column, ...] = ()


class Signed(Said, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who signs; `fact` is the account."""

    fact: str


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of a form from a day on, in Viet Nam.

    `reached_by`: the events that bring it; `file`: what a file of it is called; `exists_vi`,
    `exists_en`: when there is one, for who asks too early.
    """

    form: str
    valid_from: date
    reached_by: tuple[str, ...]
    file: str
    of: Said
    desk: Said
    title: Said
    parts: tuple[Part, ...]
    exists_vi: str
    exists_en: str
    signed: Signed | None = None


def load(file: Path = FILE) -> tuple[Form, ...]:
    """Read a file of forms and check all of it.  Raises `Misconfigured`."""
    try:
        rows = msgspec.json.decode(file.read_bytes(), type=tuple[Form, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file} is not a file of forms: {error}") from error
    if wrong := list(problems(rows)):
        raise Misconfigured(f"{file}: {'; '.join(wrong)}")
    return rows


def problems(rows: tuple[Form, ...]) -> Iterator[str]:
    """Say all that is wrong with forms."""
    for name in FACTS.keys() ^ {row.form for row in rows}:
        yield f"{name} stands in one of table and facts alone"
    for row in (row for row in rows if row.form in FACTS):
        known = set(FACTS[row.form].__struct_fields__)
        for part in row.parts:
            names = {part.fact, part.each, *placeholders(part)} - {""}
            yield from (f"{row.form} says {name}, no fact of it" for name in names - known)
            if part.qr and part.fact not in ADDRESSES:
                yield f"{row.form} has a QR code of {part.fact or part.vi}, no address"
            steps = {column.fact for column in part.columns}
            yield from (
                f"{row.form} has a column {name}" for name in steps - set(Step.__struct_fields__)
            )
        if row.signed and row.signed.fact not in known:
            yield f"{row.form} is signed by {row.signed.fact}, no fact of it"
    for name, days in _days(rows).items():
        if len(days) != len(set(days)):
            yield f"{name} stands twice for a day"


def placeholders(part: Part) -> set[str]:
    """Return the facts in the braces of a sentence."""
    parsed = (p for text in (part.vi, part.en) for p in string.Formatter().parse(text))
    return {name for _, name, _, _ in parsed if name is not None}


def _days(rows: tuple[Form, ...]) -> Mapping[str, list[date]]:
    return {name: [r.valid_from for r in rows if r.form == name] for name in FACTS}


@cache
def _rows() -> tuple[Form, ...]:
    return load()


def form(name: str, on: date) -> Form:
    """Return a form in the words that hold on a day; the first ones hold before their day too."""
    rows = sorted((r for r in _rows() if r.form == name), key=lambda row: row.valid_from)
    return [row for n, row in enumerate(rows) if row.valid_from <= on or n == 0][-1]


FORMS = tuple(FACTS)
