"""What an import leaves beside the file: the reconciliation, who came in, who did not.

Lists name lines, ids, codes and remedies; no personal field of the file stands in them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from deploy.importing.checking import Checked, Exceptional, tallies
from deploy.importing.journal import write
from deploy.importing.ledger import Came, Ledger


class Paths(NamedTuple):
    """Where the lists go."""

    journal: Path
    exceptions: Path
    registered: Path
    report: Path

    @classmethod
    def beside(cls, file: Path, folder: Path | None) -> "Paths":
        """Return the lists of a file, beside it or in a folder."""
        at = (folder or file.parent) / file.name
        return cls(*(at.with_name(f"{at.name}.{end}") for end in _ENDS))


_ENDS = ("import.json", "exceptions.jsonl", "registered.jsonl", "report.json")


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """Every line once.  `difference` is what is not accounted for; `codes_shared` counts lines
    under a dossier code that another line has: both are to be zero.
    """

    lines: int
    registered: int
    registered_before: int
    repeated_in_file: int
    refused_here: int
    refused_by_intake: int
    conflicts: int
    malformed: int
    unanswered: int
    difference: int
    codes_shared: int

    @property
    def closes(self) -> bool:
        """Whether every line is accounted for, and none under another's code."""
        return not self.difference and not self.codes_shared

    @property
    def exceptions(self) -> int:
        """Return how many lines did not come in."""
        return self.lines - self.registered - self.registered_before - self.repeated_in_file


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is written as JSON.  Units and procedures: code → lines in order, not in order."""

    file: str
    sha256: str
    portal: str
    begun: datetime
    ended: datetime
    reconciliation: Reconciliation
    closes: bool
    encrypted_here: int
    came_encrypted: int
    with_warnings: int
    likely_duplicates: int
    units: Mapping[str, tuple[int, int]]
    procedures: Mapping[str, tuple[int, int]]


class Outcome(NamedTuple):
    """What became of a file."""

    came: list[Came]
    exceptions: list[Exceptional]
    reconciliation: Reconciliation


def outcome(checked: Checked, ledger: Ledger) -> Outcome:
    """Hold what came in and what did not against the lines there are."""
    came = ledger.came()
    exceptions = sorted([*checked.exceptions, *ledger.exceptions()], key=lambda e: e.line)
    because = Counter(each.because for each in exceptions)
    before = sum(each.before for each in came)
    known = len(came) + len(exceptions) - because["unanswered"] + checked.repeated
    reconciliation = Reconciliation(
        lines=checked.lines,
        registered=len(came) - before,
        registered_before=before,
        repeated_in_file=checked.repeated,
        refused_here=because["invalid"],
        refused_by_intake=because["refused"],
        conflicts=because["conflict"],
        malformed=because["malformed"],
        unanswered=because["unanswered"],
        difference=checked.lines - known,
        codes_shared=len(came) - len({each.dossier_code for each in came}),
    )
    return Outcome(came, exceptions, reconciliation)


def by_code(checked: Checked) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Return the lines of each unit and of each procedure."""

    def told(counted: Counter[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
        return {t.code: (t.in_order, t.not_in_order) for t in tallies(counted)}

    return told(checked.units), told(checked.procedures)


def put(paths: Paths, found: Outcome, report: Report) -> None:
    """Write all lists.  Raises `Misconfigured`."""
    write(paths.registered, _lines(found.came))
    put_exceptions(paths, found.exceptions)
    write(paths.report, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def put_exceptions(paths: Paths, exceptions: Sequence[Exceptional]) -> None:
    """Write who did not come in; nobody is an empty file.  Raises `Misconfigured`."""
    write(paths.exceptions, _lines(exceptions))


def _lines(rows: Iterable[msgspec.Struct]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
