"""`motcua reconcile`."""

import asyncio
import re
from collections.abc import Collection
from contextlib import aclosing
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from deploy.importing.shown import progress
from deploy.local.refusals import refuse, say
from deploy.reconciling import shown
from deploy.reconciling.fetching import Fetching, NotFetched, fetching, yesterday
from deploy.reconciling.holdings import Holdings
from deploy.reconciling.outside import MARGIN, Outside, mendable, outside
from deploy.reconciling.ports import Around, Books
from deploy.reconciling.queue import TooMany
from deploy.reconciling.recorded import Recorded
from deploy.reconciling.run import Day, Outcome, Run
from services.payment.breaks import Breaks
from services.payment.partners import Row, read
from services.payment.references import References
from services.payment.settings import PaymentSettings
from services.payment.statements import Asked, Unfit
from services.payment.statements.formats import reader
from shared.clock import VIETNAM, system_clock
from shared.errors import Misconfigured
from shared.settings import told

GRACE = timedelta(minutes=10)  # what comes so late may stand on the next day's statement
NAMED = re.compile(r"([a-z0-9-]{1,63})_(\d{4}-\d{2}-\d{2})\.\w+")

console = Console(highlight=False)

File = Annotated[Path | None, typer.Argument(help="the partner's statement")]
Partner = Annotated[str, typer.Option("--partner", help="as payment names it")]
On = Annotated[datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="of the file")]
Folder = Annotated[Path | None, typer.Option("--folder", help="every PARTNER_DAY.* in it, instead")]
Fetch = Annotated[
    bool, typer.Option("--fetch", help="ask banks of our own protocol for it, into --folder")
]
CutOff = Annotated[str, typer.Option("--cut-off", help="when the partner's day ends: 24:00, 17:00")]
BreaksLimit = Annotated[int, typer.Option("--breaks-limit", min=1, help="then it stops")]
Patience = Annotated[
    float, typer.Option("--patience", min=0, max=600, help="seconds for cures to work")
]
Rows = Annotated[int, typer.Option("--rows", min=0, help="open breaks shown")]
AsJson = Annotated[bool, typer.Option("--json", help="say it as JSON, one line a file")]


class NotTaken(Misconfigured):
    """One file that cannot be reconciled; another may be."""


def reconcile(
    file: File = None,
    partner: Partner = "",
    day: On = None,
    folder: Folder = None,
    fetch: Fetch = False,
    cut_off: CutOff = "24:00",
    breaks_limit: BreaksLimit = 20_000,
    patience: Patience = 30.0,
    rows: Rows = 20,
    as_json: AsJson = False,
) -> None:
    """Reconcile a partner's statement of a day; run it again to go on where it was cut off.

    With --fetch of every bank of our own protocol, yesterday's unless told; each is told what
    differs.  Ends with 0 when no break of the day is open, and with 1 when one is, or a file is
    refused, not given, or not taken.
    """
    on, banks = day.date() if day else None, fetching(system_clock) if fetch else None
    fetched, refused = _fetched(banks, partner, on, folder) if banks else ([], 0)
    files = fetched if banks else _files(file, partner, on, folder)
    ends = _ends(cut_off)
    known = {row.name: row for row in read(told(PaymentSettings).partners)}
    open_now = 0
    for path, asked in files:
        around = Around(system_clock, patience_s=patience, breaks_limit=breaks_limit)
        if len(files) > 1 and not as_json:
            say(console, f"[bold]{path.name}[/]")
        try:
            _require_partner(asked.partner, known)
            with mendable():
                hours = _hours(asked.day, ends)
                row = known[asked.partner]
                found = asyncio.run(_reconcile(path, asked, hours, around, row, as_json))
        except NotTaken as error:  # the others of a folder are no worse for it
            if not folder:
                raise
            refuse(console, f"{error}")
            refused += 1
            continue
        open_now += len(found.open_now)
        if as_json:
            console.print(as_line(found), markup=False, soft_wrap=True)
        else:
            shown.show(console, found, system_clock(), rows)
        if banks:
            refused += _not_told(banks, asked, found)
    raise typer.Exit(1 if open_now or refused else 0)


def _not_told(banks: Fetching, asked: Asked, found: Outcome) -> int:
    """Tell a bank what differs; return 1 if it did not take that."""
    try:
        banks.back(asked, found.open_now)
    except NotFetched as error:
        refuse(console, f"{error}")
        return 1
    return 0


def as_line(found: Outcome) -> str:
    """Return an outcome as a line of JSON."""
    told: dict[str, Any] = {
        "statement": found.report,
        "again": found.again,
        "added": found.added,
        "removed": found.removed,
        "opened": found.opened,
        "closed": found.closed,
        "fee_vnd": found.fee_vnd,
        "open": [standing.opened for standing in found.open_now],
    }
    return msgspec.json.encode(told).decode()


async def _reconcile(
    path: Path,
    asked: Asked,
    hours: tuple[datetime, datetime],
    around: Around,
    row: Row,
    quiet: bool,
) -> Outcome:
    show = partial(progress, Console(quiet=True) if quiet else console)
    async with outside() as there:
        books = Books(
            Recorded(there.table("statements"), there.table("stated"), asked),
            Breaks(there.table("breaks"), there.table("breaks_open")),
            References(there.table("references")),
            there.journal(),
            there,
        )
        day = await _held(there, asked, hours, show)
        with show("Checking", None) as looked, show("Matching", None) as moved:
            shown_by = around._replace(looked=looked, moved=moved)
            try:
                with path.open("rb") as file:
                    format_ = reader(file, row.account_numbers or None)
                return await Run(asked, books, shown_by, row.fees).go(path, format_, day)
            except Unfit as unfit:
                raise NotTaken(f"{path.name} is refused whole. {unfit}.") from None
            except TooMany as many:
                raise NotTaken(
                    f"{path.name} opens {many} breaks and more: if it is the right file of the"
                    " right partner and day, run it with a higher --breaks-limit."
                ) from None


async def _held(there: Outside, asked: Asked, hours: tuple[datetime, datetime], show: Any) -> Day:
    """Return what payment took in around that day, by its log."""
    since, until = hours
    holdings, count = Holdings(asked.partner), 0
    with show("Reading payment's day", None) as moved:
        async with aclosing(there.between(since - MARGIN, until + MARGIN)) as batches:
            async for values in batches:
                for value in values:
                    holdings.hear(value)
                count += len(values)
                moved(count)
    return Day(since, until, holdings.by_key())


def _fetched(
    banks: Fetching, partner: str, day: date | None, folder: Path | None
) -> tuple[list[tuple[Path, Asked]], int]:
    """Return what was fetched, and how many gave nothing.  Raises `Misconfigured`."""
    if folder is None:
        raise Misconfigured("Name a --folder to keep what is fetched in.")
    found = list[tuple[Path, Asked]]()
    names = banks.names(partner)
    for name in names:
        asked = Asked(name, day or yesterday(system_clock()))
        try:
            found.append((banks.into(folder, asked), asked))
        except NotFetched as error:  # the others are no worse for it
            refuse(console, f"{error}")
    return found, len(names) - len(found)


def _files(
    file: Path | None, partner: str, day: date | None, folder: Path | None
) -> list[tuple[Path, Asked]]:
    """Return what is to be reconciled.  Raises `Misconfigured`."""
    if folder:
        found = [(path, NAMED.fullmatch(path.name)) for path in sorted(folder.glob("*_*.*"))]
        asked = [(p, Asked(m[1], date.fromisoformat(m[2]))) for p, m in found if m]
        if not asked:
            raise Misconfigured(
                f"{folder} has no file named PARTNER_DAY, as sen-vang_2026-11-20.csv."
            )
        return asked
    if file is None or day is None or not partner:
        raise Misconfigured("Name a file, its --partner and its --day, or a --folder of them.")
    if not re.fullmatch(r"[a-z0-9-]{1,63}", partner):
        raise Misconfigured(f"{partner!r} is no partner: use small letters, digits and dashes.")
    if not file.is_file():
        raise Misconfigured(f"{file} is no file: name one.")
    return [(file, Asked(partner, day))]


def _require_partner(partner: str, known: Collection[str]) -> None:
    if partner not in known:
        raise NotTaken(
            f"{partner} is no partner of payment's: name one of {', '.join(sorted(known))}."
        )


def _ends(cut_off: str) -> timedelta:
    found = re.fullmatch(r"(\d{2}):(\d{2})", cut_off)
    ends = timedelta(hours=int(found[1]), minutes=int(found[2])) if found else timedelta()
    if not timedelta() < ends <= timedelta(days=1):
        raise Misconfigured(f"--cut-off is {cut_off!r}: a time of day, 00:01 to 24:00.")
    return ends


def _hours(day: date, ends: timedelta) -> tuple[datetime, datetime]:
    """Return from when until when a statement should name what payment took in."""
    begin = datetime.combine(day, time(), VIETNAM).astimezone(UTC)
    until = begin + ends - GRACE
    return until - timedelta(days=1), until
