"""How a fact is written in Viet Nam, with an English gloss; numbers of persons are hidden.

Who types into a free text types what stands on an identity card as well.  Nothing of it goes out:
what has the shape of a personal number (12 digits) or of an old card's (9) is hidden, however it is
grouped, in every text that a form shows.
"""

import re
from datetime import datetime
from unicodedata import category, normalize

import msgspec

from shared.clock import VIETNAM
from shared.papers.facts import Standing

TEXT_LIMIT = 8_000
HIDDEN = "•••"

_WHOLE = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_GROUPED = re.compile(r"(?<!\d)\d+([ .–-])\d+(?:\1\d+)*(?!\d)(\s*(?:đ|VN[DĐ]))?", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Said(msgspec.Struct, frozen=True, gc=False):
    """A text as the form has it, and its gloss where one is asked for."""

    vi: str
    en: str = ""

    @property
    def plain(self) -> "Said":
        """The same without its gloss."""
        return Said(self.vi)


STANDS: dict[Standing, Said] = {
    "early": Said("Trước hạn", "early"),
    "on_time": Said("Đúng hạn", "on time"),
    "late": Said("Quá hạn", "late"),
    "open": Said("Đang giải quyết, còn trong hạn", "under way, in time"),
    "open_late": Said("Đang giải quyết, đã quá hạn", "under way, late"),
    "waiting": Said("Chưa đến bước này", "to come"),
    "left": Said("Không ghi nhận", "not recorded"),
}


def said(value: object) -> Said:
    """Return a fact as it is written; a text without what must not be in it."""
    match value:
        case None:
            return Said("")
        case datetime():
            return moment(value)
        case str():
            return Said(shown(value))
        case _:
            return Said(str(value))


def moment(at: datetime) -> Said:
    """Return a time, in Viet Nam: 16 giờ 30 phút, ngày 20 tháng 11 năm 2026."""
    local, on = at.astimezone(VIETNAM), day(at)
    return Said(f"{local.hour} giờ {local.minute:02} phút, ngày {on.vi}", f"{local:%H:%M}, {on.en}")


def brief(at: datetime | None) -> Said:
    """Return a time as a column has room for: 16:30 20/11/2026."""
    return Said(f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if at else "")


def day(at: datetime) -> Said:
    """Return the day of a time, in Viet Nam: 20 tháng 11 năm 2026."""
    on = at.astimezone(VIETNAM)
    vi = f"{on.day:02} tháng {on.month:02} năm {on.year}"
    return Said(vi, f"{on.day} {_MONTHS[on.month - 1]} {on.year}")


def shown(text: str) -> str:
    """Return what may be shown of a text that a person typed: its lines, without a number of a
    person, and without what is not seen.
    """
    composed = normalize("NFC", text)
    kept = "".join(
        c for c in _newlines(composed) if c == "\n" or not category(c).startswith(("C", "Zl", "Zp"))
    )
    lines = (_SPACES.sub(" ", line).strip() for line in kept.split("\n"))
    return masked("\n".join(line for line in lines if line))[:TEXT_LIMIT]


def masked(text: str) -> str:
    """Return a text with every personal number hidden; amounts stay."""
    return _GROUPED.sub(_hidden_if_personal, _WHOLE.sub(HIDDEN, text))


def _hidden_if_personal(found: re.Match[str]) -> str:
    digits = sum(c.isdigit() for c in found[0])
    is_amount = bool(found[2]) and found[1] == "."
    return HIDDEN + (found[2] or "") if digits in (9, 12) and not is_amount else found[0]


def _newlines(text: str) -> str:
    return re.sub(r"\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text).replace("\t", " ")
