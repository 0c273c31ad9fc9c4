"""Files that are named: submissions and supplements against the files of their portal.

Only here is decided whether a document may be a mere reference: of portals whose files lie
elsewhere it is, and nothing is asked of the database.
"""

from collections.abc import Collection, Iterable, Sequence

from services.intake.attachments.checking import File, Found, Named, document_problems
from services.intake.attachments.files import row_id, stored
from services.intake.attachments.limits import LimitTable
from services.intake.domain.validation import DOCUMENTS_LIMIT, SHA256
from shared.events.data import Problem
from shared.gather import Gather
from shared.store import Row, Table

ALL = "*"  # stands for every portal
AT_ONCE = 5_000  # rows asked for in one query


class NamedFiles:
    """Tells what is wrong with files that are named; a whole batch costs one look-up."""

    def __init__(
        self,
        files: Table,
        infected: Table,
        limits: LimitTable,
        elsewhere: Collection[str] = frozenset(),
    ) -> None:
        self._files, self._infected, self._limits = files, infected, limits
        self._elsewhere = frozenset(elsewhere)
        self._gather: Gather[Named, tuple[Problem, ...]] = Gather(self._by_named)

    async def problems(self, named: Named) -> tuple[Problem, ...]:
        """Return what is wrong; what others ask in the same moment goes along.  Raises `Unknown`.

        What needs no look-up is said at once.
        """
        if not self._wanted(named):
            return self._told(named, {}, frozenset())
        return await self._gather.get(named) or ()

    async def problems_of(self, all_named: Sequence[Named]) -> list[tuple[Problem, ...]]:
        """Return what is wrong with each.  Raises `Unknown`."""
        wanted = {row for named in all_named for row in self._wanted(named)}
        files = {row["_id"]: stored(row) for row in await _rows(self._files, wanted)}
        lacking = {row.partition("/")[0] for row in wanted - files.keys()}  # as a rule none
        infected = frozenset(row["_id"] for row in await _rows(self._infected, lacking))
        return [self._told(named, files, infected) for named in all_named]

    async def _by_named(self, all_named: Sequence[Named]) -> dict[Named, tuple[Problem, ...]]:
        return dict(zip(all_named, await self.problems_of(all_named), strict=True))

    def _is_elsewhere(self, portal: str) -> bool:
        return portal in self._elsewhere or ALL in self._elsewhere

    def _wanted(self, named: Named) -> list[str]:
        """Return the rows to be asked for: of what is no hash, or too many, that is said before."""
        if self._is_elsewhere(named.portal) or len(named.documents) > DOCUMENTS_LIMIT:
            return []
        hashes = [d.sha256 for d in named.documents if SHA256.fullmatch(d.sha256)]
        return [row_id(sha256, named.portal) for sha256 in hashes]

    def _told(
        self, named: Named, files: dict[str, File], infected: frozenset[str]
    ) -> tuple[Problem, ...]:
        if len(named.documents) > DOCUMENTS_LIMIT:
            return ()
        found = None
        if not self._is_elsewhere(named.portal):
            of_whom = named.portal
            hashes = {d.sha256 for d in named.documents}
            rows = {sha256: row_id(sha256, of_whom) for sha256 in hashes}
            found = Found(
                {sha256: files[row] for sha256, row in rows.items() if row in files},
                frozenset(sha256 for sha256, row in rows.items() if row not in files) & infected,
            )
        limits = self._limits.of(named.procedure, named.on)
        return document_problems(named.documents, found, limits)


async def _rows(table: Table, ids: Iterable[str]) -> list[Row]:
    rows, wanted = list[Row](), sorted(ids)
    for at in range(0, len(wanted), AT_ONCE):
        rows += await table.get(wanted[at : at + AT_ONCE])
    return rows
