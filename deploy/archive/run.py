"""One run: choose, write, compare, and only then remove.  Each step may be the last one reached."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import bson
import msgspec

from deploy.archive import files
from deploy.archive.books import Book, decode
from deploy.archive.closed import Committed, Why, why_not
from deploy.archive.files import File, Manifest, Writer
from shared.archived import first_version, last_version
from shared.errors import Misconfigured
from shared.store import Row

AT_ONCE = 200  # applications
BEHIND_ALL = "g"  # no id is
EXPORTED, COMPARED, KEPT, EMPTIED, DELETED = STEPS = (
    "exported",
    "compared",
    "kept",
    "emptied",
    "deleted",
)

T = TypeVar("T")
Books = Mapping[str, Book]
Reached = Callable[[str], None]  # told of each step: a test may end the run there


@dataclass(slots=True)
class Found:
    """What a choice found: who is at the end, and how many are not, and why."""

    looked: int = 0
    chosen: int = 0
    young: int = 0  # began too lately to be looked at; counted by a dry run alone
    why_not: Counter[Why] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)  # by service
    whole_bytes: Counter[str] = field(default_factory=Counter)
    left_bytes: Counter[str] = field(default_factory=Counter)  # what will stand in their place


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run: applications by service; `gone_on`: decided meanwhile, not touched."""

    removed: dict[str, int]
    gone_on: dict[str, int]


Chosen = tuple[str, Mapping[str, list[bytes]]]  # an application, and its rows by service


def choose(
    books: Books, committed: Committed, quiet: timedelta, limit: int, now: datetime, found: Found
) -> Iterator[Chosen]:
    """Return the applications that are at their end, oldest first, at most `limit`."""
    before = now - quiet
    for some in _by(AT_ONCE, _old(books, before)):
        rows = {service: book.rows(some) for service, book in books.items()}
        for application in some:
            found.looked += 1
            own = {service: rows[service][application] for service in books}
            decoded = {service: [decode(r) for r in each] for service, each in own.items()}
            reason = why_not(decoded, committed, before, now)
            if reason:
                found.why_not[reason] += 1
                continue
            found.chosen += 1
            _count(found, own, decoded, now)
            yield application, own
            if found.chosen >= limit:
                return


def _count(
    found: Found,
    own: Mapping[str, list[bytes]],
    decoded: Mapping[str, list[Row]],
    now: datetime,
) -> None:
    for service, each in own.items():
        if each:
            rows = decoded[service]
            left = last_version(rows, "0" * 16, now), first_version(rows[0], "0" * 16)
            found.versions[service] += len(each)
            found.whole_bytes[service] += sum(map(len, each))
            found.left_bytes[service] += sum(len(bson.encode(row)) for row in left)


def _old(books: Books, before: datetime) -> Iterator[str]:
    """Return the applications that began before and are not surely archived."""
    each = merge(*(book.candidates(_id_at(before)) for book in books.values()))
    for application, found in groupby(each, key=lambda pair: pair[0]):
        if not _is_surely_archived([versions for _, versions in found]):
            yield application


def young(books: Books, before: datetime) -> int:
    """Return how many applications began then or later."""
    each = merge(*(book.candidates(BEHIND_ALL) for book in books.values()))
    return sum(application >= _id_at(before) for application, _ in groupby(a for a, _ in each))


def _id_at(instant: datetime) -> str:
    """Return the least id that is made at an instant."""
    return str(UUID(int=int(instant.timestamp() * 1_000) << 80))


def _is_surely_archived(journals: Sequence[Sequence[int]]) -> bool:
    """Tell by the numbers of the versions alone: where there is a gap, only what is left stands.

    Where one version was archived there is none: the other services tell.
    """
    gaps = [versions[0] == 1 and len(versions) == 2 < versions[1] for versions in journals]
    two = [list(versions) == [1, 2] for versions in journals]
    return any(gaps) and all(g or t for g, t in zip(gaps, two, strict=True))


def export(
    books: Books,
    chosen: Iterable[Chosen],
    to: Path,
    quiet_since: datetime,
    now: datetime,
    begin: Callable[[Path, str], Writer] = Writer,
) -> Path | None:
    """Write all versions of these applications; return the run's folder, None if there are none.

    `begin` begins a file.  Raises `Misconfigured` when the disk is full: nothing is removed.
    """
    name = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = to / name
    writers: dict[str, Writer] = {}
    try:
        for _, own in chosen:
            if not writers:
                folder.mkdir(mode=0o700, parents=True)
                writers |= {service: begin(folder, f"{service}.jsonl.gz") for service in books}
            for service, rows in own.items():
                if rows:
                    writers[service].add(rows)
        if not writers:
            return None
        services = {service: writer.close() for service, writer in writers.items()}
        since = quiet_since.isoformat(timespec="seconds")
        content = Manifest(run=name, quiet_since=since, services=services)
        files.write(folder / files.MANIFEST, content)
    except FileExistsError:
        raise Misconfigured(f"{folder} stands already: another run began just now.") from None
    except OSError as error:
        raise Misconfigured(
            f"{folder} cannot be written ({error.strerror}): free space there or name another"
            " folder with --to. Nothing was removed; what is in that folder may be deleted."
        ) from error
    finally:
        for writer in writers.values():
            with suppress(OSError):
                writer.give_up()
    return folder


def unfinished(to: Path) -> list[Path]:
    """Return the runs that are written and not removed yet, oldest first."""
    manifests = sorted(to.glob(f"*/{files.MANIFEST}"))
    return [path.parent for path in manifests if not (path.parent / files.REMOVED).exists()]


def leftovers(to: Path) -> list[Path]:
    """Return the folders of runs that ended before their manifest: they may be deleted."""
    parts = {path.parent for path in to.glob("*/*.jsonl.*")}
    return sorted(folder for folder in parts if not (folder / files.MANIFEST).exists())


def finish(books: Books, folder: Path, now: datetime, reached: Reached) -> Removed:
    """Compare a run with what stands, and remove it; again is harmless."""
    manifest = files.manifest(folder)
    for file in manifest.services.values():
        files.checked(folder, file)
    reached(EXPORTED)
    removed, gone_on = Counter[str](), Counter[str]()
    for service, file in manifest.services.items():
        counted = _Counted(file)
        for some in _by(AT_ONCE, counted.applications(folder)):
            done = _finish(books[service], dict(some), manifest.run, now, reached)
            removed[service] += done
            gone_on[service] += len(some) - done
        counted.check(folder)
    result = Removed(removed=dict(removed), gone_on={s: n for s, n in gone_on.items() if n})
    files.write(folder / files.REMOVED, result)
    return result


class _Counted:
    """Counts what a file really holds."""

    def __init__(self, file: File) -> None:
        self._file, self._applications, self._versions = file, 0, 0

    def applications(self, folder: Path) -> Iterator[tuple[str, list[bytes]]]:
        for application, rows in files.applications(folder / self._file.name):
            self._applications += 1
            self._versions += len(rows)
            yield application, rows

    def check(self, folder: Path) -> None:
        if (self._applications, self._versions) != (self._file.applications, self._file.versions):
            raise Misconfigured(f"{folder / self._file.name} holds another number than it says.")


def _finish(
    book: Book, exported: Mapping[str, list[bytes]], run: str, now: datetime, reached: Reached
) -> int:
    """Remove what is exported and stands the same; return of how many applications."""
    standing = book.rows(list(exported))
    last: list[Row] = []
    kept: set[str] = set()
    for application, rows in exported.items():
        if standing[application] == rows:
            last.append(last_version([decode(r) for r in rows], run, now))
        elif _is_of(run, standing[application]):
            kept.add(application)
    reached(COMPARED)
    stood = book.add(last)
    kept |= {row["application"] for row in last if row["_id"] not in stood}
    reached(KEPT)
    # first, so that whoever reads from the beginning does not take a gap for the end
    book.empty([first_version(decode(exported[a][0]), run) for a in kept])
    reached(EMPTIED)
    ids = [decode(row)["_id"] for application in kept for row in exported[application]]
    book.remove([id_ for id_ in ids if not id_.endswith("/000001")])
    reached(DELETED)
    return len(kept)


def _is_of(run: str, rows: Sequence[bytes]) -> bool:
    """Tell whether this run's last version stands already."""
    return any(
        row["version"] > 1 and row.get("archived", [""])[-1] == run for row in map(decode, rows)
    )


def _by(size: int, items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
