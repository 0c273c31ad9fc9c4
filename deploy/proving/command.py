"""`motcua prove`."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from deploy.importing.shown import progress
from deploy.local.children import home_in_use
from deploy.local.refusals import refuse, say
from deploy.local.secrets import SERVICES_FILE
from deploy.local.settings import Settings
from deploy.proving.outside import outside
from deploy.proving.shown import show
from services.operations.domain.proof.period import Period, Unfit, read_period
from services.operations.proofs import signing
from services.operations.proofs.paper import page
from services.operations.proofs.report import (
    Report,
    Signed,
    Unreadable,
    read,
    report_of,
    signed,
)
from shared.clock import VIETNAM, system_clock
from shared.errors import Misconfigured
from shared.settings import Settings as Shared

HELD, EXCEPTED, NOT_PROVEN = 0, 1, 2
BYTES_LIMIT = 64 << 20  # of a report

console = Console(highlight=False)

Since = Annotated[str, typer.Argument(metavar="FROM", help="a day in Viet Nam, or an instant")]
Until = Annotated[str, typer.Argument(metavar="TO", help="the last day, or an instant")]
Out = Annotated[Path | None, typer.Option("--out", help="left out: build/proof_FROM_TO.json")]
AsJson = Annotated[bool, typer.Option("--json", help="say the signed report as JSON instead")]
Rows = Annotated[int, typer.Option("--rows", min=0, help="shown of each kind by name")]
Html = Annotated[Path | None, typer.Option("--html", help="the same as a page to print")]
Verify = Annotated[Path | None, typer.Option("--verify", help="a report to look at, instead")]
Key = Annotated[Path | None, typer.Option("--key", help="the public key, or a file that has it")]


def prove(
    since: Since = "",
    until: Until = "",
    out: Out = None,
    html: Html = None,
    as_json: AsJson = False,
    rows: Rows = 20,
    verify: Verify = None,
    key: Key = None,
) -> None:
    """Prove of a period that nothing was lost, doubled or forgotten, in a signed report.

    Ends with 0 when nothing is excepted, with 1 when something is, and with 2 when there is
    nothing to say: no period, no key, a server that fails.  With --verify 1 is: not signed so.
    """
    try:
        if verify:
            status = _verify(verify, key, html, rows)
        else:
            found = _prove(since, until, quiet=as_json)
            status = _leave(found, out, html, as_json, rows)
    except (Misconfigured, Unfit) as error:
        refuse(Console(highlight=False, stderr=as_json), f"{error}")
        status = NOT_PROVEN
    raise typer.Exit(status)


def _prove(since: str, until: str, quiet: bool) -> tuple[Signed, Report]:
    if not since or not until:
        raise Misconfigured("Name FROM and TO: two days, as 2026-11-01 2026-11-30, or instants.")
    period = read_period(since, until)
    jwk = signing.read_key(_secrets())  # before the work, not after it
    report = asyncio.run(_report(period, quiet))
    return signed(report, jwk), report


async def _report(period: Period, quiet: bool) -> Report:
    async with outside() as there:
        as_of = system_clock()
        unread = await there.unread()
        shown_on = Console(quiet=True) if quiet else console
        with progress(shown_on, "Proving, in percent of the period", 100) as moved:
            proof = await there.prove(period, as_of, moved)
        return report_of(proof, period, as_of, system_clock(), there.name, unread)


def _leave(
    made: tuple[Signed, Report], out: Path | None, html: Path | None, as_json: bool, rows: int
) -> int:
    """Write and show a report; return how the command ends."""
    found, report = made
    text = msgspec.json.encode(found)
    path = out or (None if as_json else Path("build") / _name(report))
    if path:
        _write(path, text)
    if html:
        _write(html, page(found, report).encode())
    if as_json:
        console.print(text.decode(), markup=False, soft_wrap=True)
    else:
        show(console, report, rows)
        say(console, f"[dim]{path} is signed: `motcua prove --verify` looks at it.[/]")
    return HELD if report.holds else EXCEPTED


def _verify(path: Path, key: Path | None, html: Path | None, rows: int) -> int:
    found, report = _read(path)
    by = key or _secrets()
    if not signing.is_signed(found.report, found.signature, signing.read_key(by), f"{by}"):
        refuse(
            console,
            f"{path} is not as it was signed, or by another key than that of {by}: do not rely"
            " on it. Ask for it again, or name the right --key.",
        )
        return EXCEPTED
    if html:
        _write(html, page(found, report).encode())
    show(console, report, rows)
    say(console, f"[green]✓[/] Signed, and unchanged since {_local(report.made_at)}.")
    return HELD


def _read(path: Path) -> tuple[Signed, Report]:
    try:
        with path.open("rb") as file:
            text = file.read(BYTES_LIMIT + 1)
        if len(text) > BYTES_LIMIT:
            raise Misconfigured(
                f"{path} is longer than any report: name what `motcua prove` wrote."
            )
        return read(text)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}. Name a file.") from error
    except Unreadable as error:
        raise Misconfigured(f"{path} is {error}.") from error


def _secrets() -> Path:
    told = Shared()
    if "secrets" in told.model_fields_set:
        return told.secrets
    return home_in_use(Settings()) / "secrets" / SERVICES_FILE


def _write(path: Path, text: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}. Name another.") from error


def _name(report: Report) -> str:
    ends = report.since, report.until
    since, until = (at.astimezone(VIETNAM).strftime("%Y%m%dT%H%M%S") for at in ends)
    return f"proof_{since}_{until}.json"


def _local(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} (UTC+7)"
