"""Applications by where they are, with which partner and when: what somebody means who types that.

    unit:79    đơn vị 26734    Phường Ba Đình        a unit; a province is all of its units
    sen-vang   đối tác Sen Vàng                       a partner
    2026-11-20    20/11/2026    ngày 20 tháng 11 năm 2026    11/2026    hôm qua
    sen-vang 20/11/2026 – 22/11/2026                  any of these together, in any order

Case, marks, dashes, blanks are forgiven.  Pure.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from unicodedata import category, combining, normalize

import msgspec

UNIT_CODE = re.compile(r"\d{2}|\d{5}")
_ISO = re.compile(r"(?<!\d)(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?!\d)")
_RUN = re.compile(r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*([-./])\s*(\d{1,2})\s*\2\s*(\d{4})(?!\d)")
_DAY_APART = re.compile(r"(?<!\d)(\d{1,2})(?: thang)? (\d{1,2})(?: nam)? (\d{4})(?!\d)")
_ISO_MONTH = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})(?![-./\d])")
_MONTH = re.compile(r"(?<![-./\d])(\d{1,2})(?:\s*[-./]\s*| nam )(\d{4})(?!\d)")
_NAMED_DAYS = {"hom nay": 0, "today": 0, "hom qua": 1, "yesterday": 1}
_UNIT_WORDS = re.compile(r"(?<![a-z0-9])(?:don vi|unit|dv)(?![a-z0-9])")
_PARTNER_WORDS = re.compile(r"(?<![a-z0-9])(?:doi tac|ngan hang|partner|bank)(?![a-z0-9])")
# words between the others
_SILENT = frozenset(
    (
        *("ngay", "thang", "nam", "tu", "den", "thoi", "gian"),
        *("from", "to", "on", "in", "day", "month", "time"),
    )
)
_DASHES = re.compile(r"[\u2010-\u2015\u2212_]")


class Sought(msgspec.Struct, frozen=True):
    """Applications of any of these units, with this partner (`folded`), within these days, both
    included; what is empty does not narrow.
    """

    units: tuple[str, ...] = ()
    partner: str = ""
    since: date | None = None
    until: date | None = None


Named = Callable[[str], Iterable[str]]  # a unit's code, or its name → codes


def sought(typed: str, today: date, named: Named) -> Sought | None:
    """Return what is meant; None: it is nothing of the kind.

    `named` is asked for codes and for names of units; it returns nothing for what is none.
    """
    text, days = _without_days(_plain(typed), today)
    is_unit, is_partner = bool(_UNIT_WORDS.search(text)), bool(_PARTNER_WORDS.search(text))
    text = _PARTNER_WORDS.sub(" ", _UNIT_WORDS.sub(" ", text))
    words = [w for w in re.split(r"[^a-z0-9]+", text) if w and w not in _SILENT]
    units: tuple[str, ...] = ()
    for word in words:
        if UNIT_CODE.fullmatch(word) and (found := tuple(named(word))):
            units, words = found, [w for w in words if w != word]
            break
    if words and not units and not is_partner:
        units = tuple(sorted(named(" ".join(words))))
        words = [] if units else words
    if (is_unit and not units) or (is_partner and not words):
        return None
    since, until = (days[0][0], days[-1][1]) if days else (None, None)
    found_it = Sought(units, "".join(words), since, until)
    return found_it if found_it != Sought() else None


def folded_partner(name: str) -> str:
    """Return a partner's name as it is compared: its letters and digits, without marks."""
    return re.sub(r"[^a-z0-9]", "", _plain(name))


def _plain(text: str) -> str:
    """Return small letters without marks, one kind of dash, one kind of blank."""
    seen = (c for c in normalize("NFKD", text.casefold()) if not combining(c))
    shown = "".join(c for c in seen if category(c) != "Cf").replace("đ", "d")
    return " ".join(_DASHES.sub("-", shown).split())


def _without_days(text: str, today: date) -> tuple[str, list[tuple[date, date]]]:
    """Return what is left of a text, and the days that were in it, in order."""
    days: list[tuple[date, date]] = []

    def day(year: str, month: str, number: str) -> bool:
        at = _date(year, month, number)
        days.extend([(at, at)] if at else ())
        return at is not None

    def whole_month(year: str, month: str) -> bool:
        first = _date(year, month, "1")
        if first:
            days.append((first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)))
        return first is not None

    def take(form: re.Pattern[str], told: Callable[..., bool]) -> None:
        nonlocal text
        text = form.sub(lambda m: " ; " if told(*m.groups()) else m[0], text)

    take(_ISO, lambda year, _, month, number: day(year, month, number))
    take(_RUN, day)
    take(_DAY, lambda number, _, month, year: day(year, month, number))
    take(_DAY_APART, lambda number, month, year: day(year, month, number))
    take(_ISO_MONTH, whole_month)
    take(_MONTH, lambda month, year: whole_month(year, month))
    for words, ago in _NAMED_DAYS.items():
        if re.search(rf"(?<![a-z]){words}(?![a-z])", text):
            text = text.replace(words, " ; ")
            at = today - timedelta(days=ago)
            days.append((at, at))
    return text, [(min(d[0] for d in days), max(d[1] for d in days))] if days else []


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
