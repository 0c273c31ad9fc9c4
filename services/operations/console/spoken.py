"""Instants and stretches of time, as a page has them."""

from datetime import UTC, datetime

from services.operations.domain.citizen.words import Words
from shared.clock import VIETNAM

_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_UNITS = (
    (_DAY, "ngày", "d"),
    (_HOUR, "giờ", "h"),
    (_MINUTE, "phút", "min"),
    (_SECOND, "giây", "s"),
)


def stretch(ms: int) -> Words:
    """Return a stretch of time in two units at most."""
    if ms < _SECOND:
        return Words(f"{ms} ms", f"{ms} ms")
    if ms < _MINUTE:
        tenths = f"{ms / _SECOND:.1f}"
        return Words(f"{tenths.replace('.', ',')} giây", f"{tenths} s")
    first = next(n for n, unit in enumerate(_UNITS) if ms >= unit[0])
    vi, en = [], []
    for size, name_vi, name_en in _UNITS[first : first + 2]:
        count, ms = divmod(ms, size)
        if count:
            vi.append(f"{count} {name_vi}")
            en.append(f"{count} {name_en}")
    return Words(" ".join(vi), " ".join(en))


def grouped(number: int) -> Words:
    """Return a number as it is read."""
    return Words(f"{number:,}".replace(",", "."), f"{number:,}")


def moment(at: datetime) -> Words:
    """Return an instant to the second, in Viet Nam's time."""
    local = at.astimezone(VIETNAM)
    return Words(f"{local:%d/%m/%Y %H:%M:%S}", f"{local:%Y-%m-%d %H:%M:%S}")


def instant(ms: int) -> datetime:
    """Return the instant that the log has as milliseconds."""
    return datetime.fromtimestamp(ms / 1_000, UTC)


def read(text: str) -> datetime:
    """Return an instant as the API writes it."""
    return datetime.fromisoformat(text)
