"""`motcua archive` and `motcua archived`."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.table import Table

from deploy.archive import files, run
from deploy.archive.books import open_books
from deploy.archive.closed import TABLE, Committed
from deploy.archive.run import Books, Found, Removed
from deploy.local import mongo
from deploy.local.disk import remedy
from deploy.local.refusals import why
from deploy.local.settings import HOST, Settings
from shared.errors import DeadLetter, Misconfigured
from shared.kafka import security
from shared.placement import canonical
from shared.settings import Settings as ServiceSettings

console = Console(highlight=False)

Folder = Annotated[Path | None, typer.Option("--to", help="where the files go or are")]
QuietDays = Annotated[
    int,
    typer.Option(
        "--quiet-days", min=0, max=3_650, help="nobody decided anything since; 0: dry run"
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="applications at most")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only count")]


class Wanted(NamedTuple):
    """What an operator asked for."""

    to: Path
    quiet: timedelta
    limit: int
    dry_run: bool


def archive(
    to: Folder = None, quiet_days: QuietDays = 30, limit: Limit = 10_000, dry_run: DryRun = False
) -> None:
    """Move applications that are at their end from the journals to files, verified."""
    if not quiet_days and not dry_run:
        raise Misconfigured(
            "--quiet-days 0 would archive what was decided just now: give 1 or more, or only count"
            " with --dry-run."
        )
    folder, now = _folder(to), datetime.now(UTC)
    with mendable(folder):
        settings = Settings()
        url = settings.kafka_url or f"{HOST}:{settings.kafka_port}"
        committed = asyncio.run(read_up_to(url, tuple(TABLE)))
        with _books() as books:
            if not dry_run:
                _go_on(books, folder, now)
            _run(books, committed, Wanted(folder, timedelta(days=quiet_days), limit, dry_run), now)


@contextmanager
def mendable(folder: Path) -> Iterator[None]:
    """Tell what the database or the disk does to a run as what an operator can mend."""
    try:
        yield
    except PyMongoError as error:
        raise Misconfigured(
            f"MongoDB failed ({type(error).__name__}): see that it runs and MONGO_URL names it,"
            " then run this again; nothing is lost, it goes on where it was."
        ) from error
    except OSError as error:
        place = error.filename or folder
        raise Misconfigured(
            f"{place} failed ({error.strerror}): {remedy(error, place)}, then run this again; it"
            " goes on where it was."
        ) from error


def archived(application: str, to: Folder = None) -> None:
    """Print every archived version of an application, one JSON document a line."""
    folder = _folder(to)
    try:
        known = canonical(application)
    except DeadLetter:
        raise Misconfigured(f"{application!r} is no application's id, a UUID.") from None
    lines = [
        f'{{"service": "{service}", {line[1:]}'
        for manifest in sorted(folder.glob(f"*/{files.MANIFEST}"))
        for service, file in files.manifest(manifest.parent).services.items()
        for line in files.find(files.checked(manifest.parent, file), known)
    ]
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    if not lines:
        raise Misconfigured(f"{folder} holds nothing of {known}: name the folder with --to.")


def _go_on(books: Books, folder: Path, now: datetime) -> None:
    for left in run.leftovers(folder):
        console.print(f"[dim]{left} is of a run that ended early: it may be deleted.[/]")
    for unfinished in run.unfinished(folder):
        console.print(f"{unfinished} was not removed to its end: going on.")
        _finish(books, unfinished, now)


def _run(books: Books, committed: Committed, wanted: Wanted, now: datetime) -> None:
    found = Found()
    chosen = run.choose(books, committed, wanted.quiet, wanted.limit, now, found)
    if wanted.dry_run:
        deque(chosen, maxlen=0)
        found.young = run.young(books, now - wanted.quiet)
        exported = None
    else:
        exported = run.export(books, chosen, wanted.to, now - wanted.quiet, now)
    _show(found, wanted.quiet)
    if exported:
        _finish(books, exported, now)


def _finish(books: Books, folder: Path, now: datetime) -> None:
    removed = run.finish(books, folder, now, lambda _: None)
    console.print(
        f"[green]✓[/] {_said(removed)} [dim]Keep a copy of {folder}.[/]",
        soft_wrap=not console.is_terminal,
    )


def _said(removed: Removed) -> str:
    counts = ", ".join(f"{s} {n:,}" for s, n in removed.removed.items())
    gone_on = sum(removed.gone_on.values())
    more = f" {gone_on:,} had something decided meanwhile and stay." if gone_on else ""
    return f"Compared and removed, applications by service: {counts}.{more}"


def _show(found: Found, quiet: timedelta) -> None:
    for line in said(found, quiet):
        console.print(line)
    if not found.chosen:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("journal", "versions", "bytes", "left", "bytes left"):
        table.add_column(title, justify="left" if title == "journal" else "right")
    for service in TABLE:
        table.add_row(
            service,
            f"{found.versions[service]:,}",
            f"{found.whole_bytes[service]:,}",
            f"{found.left_bytes[service] / (found.whole_bytes[service] or 1):.0%}",
            f"{found.left_bytes[service]:,}",
        )
    console.print(table)


def said(found: Found, quiet: timedelta) -> Iterator[str]:
    """Yield how many there are, and why the others stay."""
    looked = found.looked + found.young
    yield f"{looked:,} applications looked at, {found.chosen:,} are at their end."
    counted = [(count, _WHY[reason]) for reason, count in found.why_not.most_common()]
    if found.young:
        counted.append((found.young, f"began in the last {quiet.days} days"))
    yield from (f"  [dim]{count:>9,} {why}[/]" for count, why in counted)


_WHY: Mapping[str, str] = {
    "archived": "are archived already",
    "unknown": "never became applications: only messages came",
    "held": "are held for an operator: release them",
    "not quiet": "had something decided lately",
    "timer": "have a timer that has yet to fire",
    "unpublished": "may have something unpublished: start the services",
    "other schema": "are of another build's schema: use the command of that build",
    "moving": "are not at their end: work, money or a notice is under way",
    "not over": "are not at their end: nobody says so",
}


def _folder(to: Path | None) -> Path:
    return (to or Settings().home / "archive").absolute()


def _books() -> AbstractContextManager[Books]:
    settings = Settings()
    url = settings.mongo_url or mongo.url(settings.mongo_port)
    return open_books(url, ServiceSettings().database)


async def read_up_to(url: str, services: Iterable[str]) -> Committed:
    """Return how far each of these has read for good.  Raises `Misconfigured`."""
    known: Mapping[str, Any] = security.told()
    admin = AIOKafkaAdminClient(bootstrap_servers=url, **known)
    try:
        await admin.start()
        return {
            service: {
                (place.topic, place.partition): told.offset
                for place, told in (await admin.list_consumer_group_offsets(service)).items()
            }
            for service in services
        }
    except KafkaError as error:
        raise Misconfigured(
            f"Kafka at {url} does not tell how far the services have read ({why(error)}): see that"
            " it runs and KAFKA_URL names it."
        ) from error
    finally:
        with suppress(Exception):
            await admin.close()
