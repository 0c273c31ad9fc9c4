"""`motcua conformance`."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, NamedTuple

import httpx
import typer
from rich.console import Console

from deploy.conformance import as_bank, as_us
from deploy.conformance.cases import NAMES, Played
from deploy.conformance.junit import junit
from deploy.conformance.page import page
from deploy.conformance.paying import AtSandbox, ByHand, Payer
from deploy.conformance.playing import Player, play_all
from deploy.conformance.portal import Portal
from deploy.conformance.shown import as_line, show
from deploy.conformance.wanted import Wanted, wanted
from deploy.conformance.wire import Shown, Wire, require_answer, secrets_of
from deploy.importing.shown import progress
from deploy.local.children import home_in_use
from deploy.local.refusals import refuse, say
from deploy.local.secrets import CLIENTS_FILE
from deploy.local.settings import HOST, Settings
from shared.clock import system_clock
from shared.errors import Misconfigured

PAUSE_S, CUT_S, CALM_S = 1.0, 1.0, 1.0
NOT_TRIED = 2

console = Console(highlight=False)

PartnerName = Annotated[str, typer.Option("--partner", help="as payment's file of partners has it")]
Against = Annotated[
    str, typer.Option("--against", help="payment's edge; with --side ours, the bank's address")
]
SideName = Annotated[
    str, typer.Option("--side", help="who is played: `bank`, before payment; `ours`, before a bank")
]
Intake = Annotated[str, typer.Option("--intake", help="where applications are handed in")]
Pages = Annotated[str, typer.Option("--pages", help="where the bank's pages are, if elsewhere")]
KeysFile = Annotated[
    Path | None, typer.Option("--keys", help="clients.json; left out: of the system that runs")
]
IsByHand = Annotated[
    bool, typer.Option("--by-hand", help="a person pays what is shown, at the bank's test system")
]
Limit = Annotated[float, typer.Option("--limit", min=0.1, max=60, help="seconds for an answer")]
Patience = Annotated[
    float, typer.Option("--patience", min=0.1, max=3_600, help="seconds for an order or a payment")
]
Calm = Annotated[
    float, typer.Option("--calm", min=0, max=60, help="seconds in which nothing more may happen")
]
To = Annotated[Path, typer.Option("--to", help="the folder of the reports")]
AsJson = Annotated[bool, typer.Option("--json", help="say it as one line of JSON")]


def conformance(
    partner: PartnerName = "",
    against: Against = "",
    side: SideName = "bank",
    intake: Intake = "",
    pages: Pages = "",
    keys: KeysFile = None,
    by_hand: IsByHand = False,
    limit: Limit = 10.0,
    patience: Patience = 60.0,
    calm: Calm = CALM_S,
    to: To = Path("build/conformance"),
    as_json: AsJson = False,
) -> None:
    """Try whether a partner and payment understand each other, case by case, and report it.

    Ends with 0 when all that applies has passed, 1 when something failed, 2 when nothing was tried.
    """
    try:
        path = keys or home_in_use(Settings()) / "secrets" / CLIENTS_FILE
        asked = wanted(partner, against, side, pages, path)
        timing = Timing(limit, patience, calm)
        door = intake.rstrip("/") or f"http://{HOST}:{Settings().intake_port}"
        found = asyncio.run(_play(asked, door, timing, by_hand, quiet=as_json))
        written = _write(found, to)
    except Misconfigured as error:
        refuse(console, f"{error}")
        raise typer.Exit(NOT_TRIED) from None
    if as_json:
        console.print(as_line(found), markup=False, soft_wrap=True)
    else:
        show(console, found)
        say(console, f"[dim]{' · '.join(f'{path}' for path in written)}[/]")
    raise typer.Exit(0 if found.is_conform else 1)


class Timing(NamedTuple):
    """How long an answer, an order or a payment, and nothing at all are waited for."""

    limit_s: float
    patience_s: float
    calm_s: float


async def _play(
    asked: Wanted, intake: str, timing: Timing, by_hand: bool, *, quiet: bool
) -> Played:
    shown_at = Console(quiet=True) if quiet else console
    async with httpx.AsyncClient(trust_env=False, timeout=timing.limit_s) as client:
        await require_answer(client, asked.against, "--against")
        payer: Payer = ByHand(shown_at) if by_hand else AtSandbox(client, asked.against)
        player = player_of(asked, client, intake, timing, payer)
        with progress(shown_at, "Cases", len(NAMES)) as moved:
            return await play_all(player, asked.row, asked.side, asked.against, system_clock, moved)


def player_of(
    asked: Wanted, client: httpx.AsyncClient, intake: str, timing: Timing, payer: Payer
) -> Player:
    """Return who plays the side that is wanted."""
    row, wire = asked.row, Wire(client, timing.limit_s, PAUSE_S, CUT_S)
    shown = Shown([*secrets_of(row), asked.portal_key])
    if asked.side == "ours":
        return as_us.AsUs(row, as_us.Around(wire, payer, system_clock, timing.patience_s), shown)
    portal = Portal(
        client,
        intake,
        asked.against,
        asked.portal_key,
        row.name,
        system_clock,
        os.urandom,
        timing.patience_s,
    )
    around = as_bank.Around(wire, portal, system_clock, timing.calm_s)
    return as_bank.AsBank(row, asked.against, around, shown)


def _write(played: Played, folder: Path) -> tuple[Path, Path]:
    """Write both reports; return where.  Raises `Misconfigured`."""
    html, xml = (folder / f"{played.partner}-{played.side}.{kind}" for kind in ("html", "xml"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        html.write_bytes(page(played).encode("utf-8", "replace"))
        xml.write_bytes(junit(played))
    except OSError as error:
        raise Misconfigured(
            f"{folder} cannot be written ({error.strerror}): give another folder as --to."
        ) from None
    return html, xml
