"""A service's journal, read page by page: each application's latest version, in order of ids."""

from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

from shared.archived import is_bare, living
from shared.changes import fold
from shared.journal import Decision, Journal
from shared.store import Row, Table

S = TypeVar("S")  # a service's state of one application

ROWS_LIMIT = 2_000  # of the journal, read at once
_END = "~"  # after every id


class Page(NamedTuple, Generic[S]):
    """The applications of a page; `next`: the one to go on after, empty at the end."""

    found: tuple[Decision[S], ...]
    next: str


class Pages(Generic[S]):
    """Pages over a journal and its table.  What is decided meanwhile may be seen or not."""

    def __init__(self, table: Table, journal: Journal[S], rows_limit: int = ROWS_LIMIT) -> None:
        self._table, self._journal, self._rows_limit = table, journal, rows_limit

    async def after(self, application: str) -> Page[S]:
        """Return the page that begins after this application (empty: the first one).

        Raises `Unknown`.
        """
        low = f"{application}0" if application else ""  # 0 comes after the / of its versions
        rows = await self._table.ranges([(low, _END)], self._rows_limit)
        groups = [(a, list(some)) for a, some in groupby(rows, lambda row: row["application"])]
        is_cut = len(rows) == self._rows_limit
        if is_cut and len(groups) > 1:  # the last one may have more versions
            groups.pop()
        found = [await self._latest(a, some, is_cut and len(groups) == 1) for a, some in groups]
        last = groups[-1][0] if is_cut else ""
        return Page(tuple(decision for decision in found if decision), last)

    async def _latest(self, application: str, rows: list[Row], is_cut: bool) -> Decision[S] | None:
        rows = [row for row in living(rows) if not is_bare(row)]
        if is_cut or not rows:
            return await self._journal.latest(application)
        return self._journal.read(fold(rows))
