"""Tables of codes, written into the pages between two marks."""

from collections.abc import Iterator

from services.intake.domain.remedies import REMEDIES
from services.operations.domain.status import STATES

END = "<!-- end -->"


class NoSuchMark(Exception):
    """A page has lost the marks between which a table is written."""


def mark(name: str) -> str:
    """Return the line that a table begins after."""
    return f"<!-- {name}: made by `make contracts` -->"


def with_tables(page: str) -> str:
    """Return a page with its tables as the code has them.  Raises `NoSuchMark`."""
    for name, rows in {"problem codes": _problems(), "national codes": _states()}.items():
        head, begin, rest = page.partition(f"{mark(name)}\n")
        _, end, tail = rest.partition(END)
        if not begin or not end:
            raise NoSuchMark(f"put the lines {mark(name)} and {END} back")
        page = "".join((head, begin, "\n", *(f"{row}\n" for row in rows), "\n", end, tail))
    return page


def _problems() -> Iterator[str]:
    yield "| `code` | What to do |"
    yield "|---|---|"
    yield from (f"| `{code}` | {remedy.en} |" for code, remedy in REMEDIES.items())


def _states() -> Iterator[str]:
    yield "| `national_code` | Means | In Vietnamese |"
    yield "|---|---|---|"
    yield from (f"| {s.code} | {s.name_en} | {s.name_vi} |" for s in STATES.values())
