"""What a person reads: milestone × wording, from a file, each version from its day on.

A template is named "<milestone>.<wording>", a later version "<milestone>.<wording>@<its day>", the
words of what is told again "<milestone>.<wording>~again": what was decided with a version is told
in its words, also after another took its place.
"""

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.notify.domain.milestones import MILESTONES, may_say
from services.notify.domain.slots import TOLD
from services.notify.domain.sms_text import SEGMENTS_LIMIT, is_gsm, size
from services.notify.domain.wordings import (
    SAMPLE,
    SHOWN,
    SPOKEN,
    UNITS,
    WORDINGS,
    Channel,
    Style,
)
from shared.clock import VIETNAM
from shared.errors import Misconfigured

# what nobody can do without, where it is known
NEEDED = ("dossier_code", "amount_vnd", "expires_at", "due")
_OF_A_PERSON = re.compile(  # a personal number or a mobile one, however its digits are grouped
    r"(?<!\d)(?:\d(?:[ .-]?\d){11}|(?:\+?84|0)[ .-]?[35789](?:[ .-]?\d){8})(?!\d)"
)
AGAIN = "~again"
FILE = Path(__file__).parents[1] / "templates" / "texts.json"


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of a milestone from a day on, in Viet Nam; what may be empty has a fallback.

    `again`: the words in which it is told that it was reached again, if they are others.
    """

    milestone: str
    valid_from: date
    vi: str
    plain: str
    en: str
    subject_vi: str
    subject_en: str
    email_vi: str = ""
    email_en: str = ""
    title_vi: str = ""
    title_en: str = ""
    push_vi: str = ""
    push_en: str = ""
    voice_vi: str = ""
    voice_en: str = ""
    unit_vi: str = ""
    unit_subject_vi: str = ""
    again: bool = False


class Words(NamedTuple):
    """A notice in words."""

    text: str
    subject: str = ""


class NoWords(Exception):
    """There are no words for it; `reason`: `template_unknown`, `variable_missing`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class _Template(NamedTuple):
    style: Style
    text: str
    subject: str
    shown: tuple[str, ...]


UnitName = Callable[[str], str]  # of a code; empty, if nobody knows


def unnamed(_: str) -> str:
    """Know no unit's name."""
    return ""


class Templates:
    """All words of all days."""

    def __init__(self, rows: Iterable[Row], unit_name: UnitName = unnamed) -> None:
        self._unit_name = unit_name
        versions: dict[tuple[str, bool], list[Row]] = {}
        for row in sorted(rows, key=lambda row: row.valid_from):
            versions.setdefault((row.milestone, row.again), []).append(row)
        self._templates: dict[str, _Template] = {}
        # of a milestone, and of it told again: since when which version holds, the latest first
        self._versions: dict[tuple[str, bool], list[tuple[datetime, str]]] = {}
        for told, each in versions.items():
            of = AGAIN if told[1] else ""
            names = [of, *(f"{of}@{row.valid_from}" for row in each[1:])]
            for row, version in zip(each, names, strict=True):
                self.add(row, version)
                self._versions.setdefault(told, []).insert(0, (_begins(row), version))

    def __contains__(self, milestone: str) -> bool:
        """Tell whether a milestone has words."""
        return f"{milestone}.vi" in self._templates

    def add(self, row: Row, version: str = "") -> None:
        """Add the words of a milestone, those of a broadcast as soon as somebody asks for them."""
        for name, wording in WORDINGS.items():
            text, subject = _first(row, wording.text), _first(row, wording.subject)
            shown = tuple(dict.fromkeys((*_shown(text), *_shown(subject))))
            template = _Template(wording.style, text, subject, shown)
            self._templates[f"{row.milestone}.{name}{version}"] = template

    def version(self, milestone: str, at: datetime, *, is_again: bool = False) -> str:
        """Return which version holds: empty for the first, else what follows the wording's name.

        What is told again in no words of its own is told in the usual ones.
        """
        for again in (True, False) if is_again else (False,):
            for begins, version in self._versions.get((milestone, again), ()):
                if at >= begins:
                    return version
        return ""

    def render(self, name: str, params: Mapping[str, str]) -> Words:
        """Return a notice in words.  Raises `NoWords`."""
        if name not in self._templates:
            raise NoWords("template_unknown", f"no template is called {name}")
        style, text, subject, shown = self._templates[name]
        try:
            said = {p: SHOWN[p](self._fact(p, params), style) for p in shown}
            return Words(text.format_map(said), subject.format_map(said))
        except KeyError as missing:
            raise NoWords("variable_missing", f"{name} wants {missing}") from None
        except (ValueError, OverflowError) as error:  # no amount, no date
            raise NoWords("variable_missing", f"{name}: {error}") from None

    def sample(self, name: str) -> dict[str, str]:
        """Return made-up facts for what a template shows."""
        shown = self._templates[name].shown
        return {field: value for field, value in SAMPLE.items() if field in shown}

    def _fact(self, name: str, params: Mapping[str, str]) -> str:
        return self._unit_name(params.get(name, "")) if name in UNITS else params[name]


def template(milestone: str, channel: Channel, language: str, version: str = "") -> str:
    """Return the name of a template; an unknown language reads Vietnamese."""
    spoken = SPOKEN[channel]
    return f"{milestone}.{spoken['en'] if language == 'en' else spoken['vi']}{version}"


def load(file: Path = FILE, unit_name: UnitName = unnamed, today: date | None = None) -> Templates:
    """Read a file of templates and check all of it; whether words hold `today`, if it is told.
    Raises `Misconfigured`.
    """
    try:
        rows = msgspec.json.decode(file.read_bytes(), type=tuple[Row, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file} is not a file of templates: {error}") from error
    if wrong := [*problems(rows), *(_not_yet(rows, today) if today else ())]:
        raise Misconfigured(f"{file}: {'; '.join(wrong)}")
    return Templates(rows, unit_name)


@cache
def ours() -> Templates:
    """Return the templates that come with the code."""
    return load()


def problems(rows: Iterable[Row]) -> Iterator[str]:
    """Say all that is wrong with templates."""
    seen = set[tuple[str, bool, date]]()
    for row in rows:
        where = f"{row.milestone}{AGAIN * row.again} from {row.valid_from} on"
        if row.milestone not in MILESTONES:
            yield f"{row.milestone} is no milestone"
            continue
        if (row.milestone, row.again, row.valid_from) in seen:
            yield f"{where}: it stands twice"
        seen.add((row.milestone, row.again, row.valid_from))
        if row.again and not MILESTONES[row.milestone].again:
            yield f"{where}: it is told once"
        yield from (f"{where}: {wrong}" for wrong in _mistakes(row))
    for milestone in MILESTONES.keys() - {row.milestone for row in rows if not row.again}:
        yield f"{milestone} has no words"


def _not_yet(rows: Iterable[Row], today: date) -> Iterator[str]:
    firsts: dict[str, date] = {}
    for row in (row for row in rows if not row.again):
        firsts[row.milestone] = min(row.valid_from, firsts.get(row.milestone, row.valid_from))
    for milestone, first in firsts.items():
        if first > today:
            yield f"{milestone} has no words before {first}"


def _mistakes(row: Row) -> Iterator[str]:
    of_unit = ("unit_vi", "unit_subject_vi") if TOLD[row.milestone]["unit"] else ()
    for field in ("vi", "plain", "en", "subject_vi", "subject_en", *of_unit):
        if not getattr(row, field).strip():
            yield f"`{field}` has no words"
    for field in (
        f for f in Row.__struct_fields__ if f not in ("milestone", "valid_from", "again")
    ):
        unknown = list(misused(getattr(row, field), may_say(row.milestone)))
        yield from (f"`{field}` {wrong}" for wrong in unknown)
        if not unknown:
            yield from (f"`{field}` {wrong}" for wrong in _unfit(row, field))


def _unfit(row: Row, field: str) -> Iterator[str]:
    """Say what is wrong with words that can be read."""
    text: str = getattr(row, field)
    if _OF_A_PERSON.search(text):
        yield "has a number that may be a person's"
    needed = (fact for fact in NEEDED if fact in may_say(row.milestone))
    if field in ("vi", "plain", "en") and text.strip():
        missing = [fact for fact in needed if fact not in _shown(text)]
        yield from (f"does not say {{{fact}}}" for fact in missing)
    if field in ("plain", "en"):
        if not is_gsm(text):
            yield "has a letter that makes an SMS one of 70 characters"
        said = text.format_map({fact: SHOWN[fact](SAMPLE[fact], "plain") for fact in _shown(text)})
        if size(said).segments > SEGMENTS_LIMIT:
            yield f"is longer than an SMS of {SEGMENTS_LIMIT} parts"


def misused(text: str, allowed: frozenset[str]) -> Iterator[str]:
    """Say which placeholders are none of those that may be shown there, plainly."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        yield f"cannot be read: {error}"
        return
    for _, name, how, conversion in parts:
        if name is not None and (name not in allowed or how or conversion):
            yield f"says {{{name}}}; it may say {', '.join(sorted(allowed)) or 'nothing'}"


def _shown(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in string.Formatter().parse(text) if name)


def _first(row: Row, fields: tuple[str, ...]) -> str:
    return next((text for field in fields if (text := getattr(row, field))), "")


def _begins(row: Row) -> datetime:
    return datetime.combine(row.valid_from, time(), VIETNAM).astimezone(UTC)
