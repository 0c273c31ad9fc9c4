"""How a fact is written in Viet Nam, with an English gloss; what is personal is hidden in it."""

import re
from datetime import datetime
from unicodedata import category, normalize

import msgspec

from shared.clock import VIETNAM
from shared.masking import masked
from shared.papers.facts import Standing

TEXT_LIMIT = 8_000
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
    """Return what may be shown of a text that a person typed: its lines, without what is personal
    and without what is not seen.
    """
    composed = normalize("NFC", text)
    kept = "".join(
        c for c in _newlines(composed) if c == "\n" or not category(c).startswith(("C", "Zl", "Zp"))
    )
    lines = (_SPACES.sub(" ", line).strip() for line in kept.split("\n"))
    return masked("\n".join(line for line in lines if line))[:TEXT_LIMIT]


def _newlines(text: str) -> str:
    return re.sub(r"\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text).replace("\t", " ")
