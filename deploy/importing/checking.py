"""All lines of a file, judged before the first is sent.  Pure, but for reading the file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from deploy.importing.lines import LINE_LIMIT_BYTES, Line, Rules, findings, fingerprint, read
from deploy.importing.remedies import problem
from shared.catalogue import Catalogue
from shared.errors import Misconfigured
from shared.events.data import Problem

LINES_LIMIT = 500_000
FILE_LIMIT_BYTES = 1 << 30
_BOM = b"\xef\xbb\xbf"  # what some editors begin a file with

Because = Literal["malformed", "invalid", "refused", "conflict", "unanswered"]
Text = tuple[int, bytes]  # the number of a line, and the line


class Exceptional(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line that did not come in, and what to do about it."""

    line: int
    application: str
    because: Because
    problems: tuple[Problem, ...]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A line as it is followed: what of it is needed to know what became of it.

    `mark` tells its content from another; with `problems` it is not sent.
    """

    line: int
    mark: str
    old_code: str = ""
    problems: tuple[Problem, ...] = ()
    is_clear: bool = False  # its personal fields are encrypted here


@dataclass(slots=True)
class Checked:
    """What a file holds.  `entries`: by application, the first line of each."""

    entries: dict[str, Entry] = field(default_factory=dict)
    exceptions: list[Exceptional] = field(default_factory=list)  # of lines without an entry
    lines: int = 0
    repeated: int = 0  # the same as an earlier line
    warned: int = 0
    clear: int = 0  # to be encrypted here
    encrypted: int = 0  # already; their personal fields are judged by intake alone
    units: Counter[tuple[str, bool]] = field(default_factory=Counter)  # code, whether in order
    procedures: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def all_exceptions(self) -> list[Exceptional]:
        """Return every line that is not in order, in the file's order."""
        entries = (
            Exceptional(line=e.line, application=a, because="invalid", problems=e.problems)
            for a, e in self.entries.items()
            if e.problems
        )
        return sorted((*self.exceptions, *entries), key=lambda each: each.line)

    @property
    def to_send(self) -> int:
        """Return how many lines are in order, each application once."""
        return sum(not e.problems for e in self.entries.values())


class Tally(NamedTuple):
    """Lines of one unit or procedure."""

    code: str
    in_order: int
    not_in_order: int


def tallies(counted: Counter[tuple[str, bool]]) -> list[Tally]:
    """Return the lines of each code, most first."""
    codes = {code for code, _ in counted}
    found = [Tally(c, counted[c, True], counted[c, False]) for c in codes]
    return sorted(found, key=lambda t: (-t.in_order - t.not_in_order, t.code))


def texts(path: Path) -> Iterator[Text]:
    """Yield the lines that are not blank, with their numbers; of a too long one its beginning."""
    with path.open("rb") as file:
        number, text = 0, file.readline(LINE_LIMIT_BYTES + 1)
        text = text.removeprefix(_BOM)
        while text:
            number += 1
            if text.strip():
                yield number, text
            while text and not text.endswith(b"\n"):
                text = file.readline(LINE_LIMIT_BYTES + 1)
            text = file.readline(LINE_LIMIT_BYTES + 1)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file that may be imported.  Raises `Misconfigured`."""
    if not path.is_file():
        raise Misconfigured(f"{path} is no file: name one with an application a line.")
    size = path.stat().st_size
    if size > FILE_LIMIT_BYTES:
        raise Misconfigured(f"{path} has {size:,} bytes, {FILE_LIMIT_BYTES:,} at most: split it.")
    hashed = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            hashed.update(chunk)
    return hashed.hexdigest()


def check(
    lines: Iterable[Text], rules: Rules, salt: bytes, looked: Callable[[int], None]
) -> Checked:
    """Judge all lines; `looked` is told after each how many there were."""
    checked, codes = Checked(), dict[str, str]()
    for number, text in lines:
        checked.lines += 1
        if checked.lines > LINES_LIMIT:
            raise Misconfigured(f"The file has more than {LINES_LIMIT:,} lines: split it.")
        _take(checked, number, read(text, rules), rules, salt, codes)
        looked(checked.lines)
    if not checked.lines:
        raise Misconfigured("The file is empty: give one application a line.")
    return checked


def _take(
    checked: Checked, number: int, line: Line, rules: Rules, salt: bytes, codes: dict[str, str]
) -> None:
    mark = fingerprint(line, salt) if line.submitted else ""
    earlier = checked.entries.get(line.application)
    if earlier and mark and earlier.mark == mark:
        checked.repeated += 1
        return
    problems, warnings = findings(line, rules)
    if earlier:
        problems += (problem("id-repeated", "/id"),)
    elif line.old_code and codes.setdefault(line.old_code, line.application) != line.application:
        problems += (problem("code-repeated", "/old/dossier_code"),)
    _count(checked, line, rules.catalogue, is_in_order=not problems)
    checked.warned += bool(warnings)
    if line.application and mark and not earlier:
        checked.entries[line.application] = Entry(
            number, mark, line.old_code, problems, line.personal is not None
        )
        return
    checked.exceptions.append(
        Exceptional(
            line=number,
            application=line.application,
            because="invalid" if line.is_json else "malformed",
            problems=problems,
        )
    )


def _count(checked: Checked, line: Line, catalogue: Catalogue, *, is_in_order: bool) -> None:
    # what the catalogue does not know may be a person's name or number, so it is not repeated
    body = line.body if isinstance(line.body, dict) else {}
    unit, procedure = body.get("receiving_unit"), body.get("procedure")
    is_unit = isinstance(unit, str) and (unit in catalogue.units or unit in catalogue.successors)
    is_procedure = isinstance(procedure, str) and catalogue.knows_procedure(procedure)
    checked.units[str(unit) if is_unit else "?", is_in_order] += 1
    checked.procedures[str(procedure) if is_procedure else "?", is_in_order] += 1
    if line.submitted:
        checked.clear += line.personal is not None
        checked.encrypted += line.personal is None
