"""What the operator sees: how far it is, the counts, who did not come in, the reconciliation."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from deploy.importing.checking import Checked, Exceptional, tallies
from deploy.importing.lists import Reconciliation
from deploy.local.fitted import shortened
from shared.catalogue import Catalogue

NAME_CELLS = 60
LINES_NAMED = 5  # of those with the same problem
PLAIN_S = 5.0  # between two lines, where there is no terminal


class Moved(Protocol):
    """Is told how many lines are done."""

    def __call__(self, done: int) -> None:
        """Take note."""


@contextmanager
def progress(console: Console, what: str, total: int | None) -> Iterator[Moved]:
    """Show a bar while the block runs, or a line now and then where there is no terminal."""
    if not console.is_terminal:
        yield _Plain(console, what, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


class _Plain:
    def __init__(self, console: Console, what: str, total: int | None) -> None:
        self._console, self._what = console, what
        self._of = f" of {total:,}" if total else ""
        self._next_s = time.monotonic() + PLAIN_S

    def __call__(self, done: int) -> None:
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + PLAIN_S
            self._console.print(f"{self._what}: {done:,}{self._of}")


def show_counts(console: Console, checked: Checked, catalogue: Catalogue, rows: int) -> None:
    """Show the lines of each unit and procedure."""
    names = {
        "unit": {code: found[-1].name for code, found in catalogue.units.items()},
        "procedure": {code: found[-1].name_vi for code, found in catalogue.procedures.items()},
    }
    for title, counted in (("unit", checked.units), ("procedure", checked.procedures)):
        found = tallies(counted)
        some_bad = ("not in order",) if any(each.not_in_order for each in found) else ()
        table = _table(title, "", "in order", *some_bad)
        for code, good, bad in found[:rows]:
            name = shortened(Text(names[title].get(code, "")), NAME_CELLS)
            table.add_row(code, name, f"{good:,}", *(f"{bad:,}" for _ in some_bad))
        console.print(table)
        _more(console, len(found), rows)


def show_exceptions(console: Console, exceptions: Sequence[Exceptional], rows: int) -> None:
    """Show who did not come in, the first of them line by line."""
    if not exceptions:
        return
    codes = Counter((p.code, p.remedy_en) for each in exceptions for p in each.problems)
    table = _table("lines", "problem", "what to do")
    for (code, remedy), count in codes.most_common(rows):
        table.add_row(f"{count:,}", code, remedy)
    console.print(table)
    alike: dict[str, list[int]] = {}
    for each in exceptions:
        told = ", ".join(f"{p.field} {p.code}" for p in each.problems)
        alike.setdefault(told, []).append(each.line)
    for told, lines in list(alike.items())[:rows]:
        text = f"{_lines(lines)}: {told}"
        console.print(text, markup=False, soft_wrap=not console.is_terminal)
    _more(console, len(alike), rows)


def _lines(numbers: Sequence[int]) -> str:
    """Return the lines that have one and the same problem, the first of them by number."""
    first = ", ".join(f"{n}" for n in numbers[:LINES_NAMED])
    more = f" and {len(numbers) - LINES_NAMED:,} more" if len(numbers) > LINES_NAMED else ""
    return f"line{'s' if len(numbers) > 1 else ''} {first}{more}"


def show_reconciliation(console: Console, found: Reconciliation) -> None:
    """Show every line accounted for, or what is missing."""
    table = _table("", "lines")
    rows = {
        "registered": found.registered,
        "registered before, with the same content": found.registered_before,
        "the same as an earlier line": found.repeated_in_file,
        "refused here, not sent": found.refused_here,
        "refused by intake": found.refused_by_intake,
        "in conflict with what stands": found.conflicts,
        "malformed": found.malformed,
    }
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    table.add_row("together", f"{sum(rows.values()):,}")
    table.add_row("in the file", f"{found.lines:,}")
    colour = "red" if found.difference else "green"
    table.add_row("difference", f"[{colour}]{found.difference:,}[/]")
    console.print(table)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in titles:
        is_number = title in ("lines", "in order", "not in order")
        table.add_column(title, justify="right" if is_number else "left")
    return table


def _more(console: Console, count: int, rows: int) -> None:
    if count > rows:
        console.print(f"[dim]… and {count - rows:,} more: --rows[/]")
