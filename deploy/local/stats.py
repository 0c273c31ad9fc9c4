"""`motcua stats`: the national statistics form of a unit, a province or all, in the terminal.

Reads what operations keeps, and asks no service.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.text import Text

from deploy.local import mongo
from deploy.local.fitted import shortened
from deploy.local.read_side import read_side
from deploy.local.refusals import say
from deploy.local.settings import Settings
from services.operations.domain.facts import View
from services.operations.domain.statistics import Form, Period
from services.operations.form_files import COUNTED, FILES, Line, Statistics, as_csv
from services.operations.form_lines import no_period, no_unit, told
from services.operations.statistics import Counting
from shared.catalogue import Catalogue, load
from shared.clock import system_clock
from shared.errors import Misconfigured, Unknown
from shared.mongo import connect
from shared.settings import Settings as Shared
from shared.working_time import local_day

FACTS = "facts"
# what has a column in the terminal; all of the form is in --json and --csv
SHOWN = {
    "received": "received",
    "carried_over": "carried",
    "in_period": "new",
    "settled": "settled",
    "settled_late": "late",
    "in_process": "open",
    "in_process_overdue": "overdue",
    "suspended": "paused",
    "not_accepted": "refused",
}
MADE = {f".{kind}": make for kind, (_, make) in FILES.items()}
NAME_CELLS, CELLS = 26, 8

console = Console(highlight=False)

UnitCode = Annotated[str, typer.Argument(help="a unit's code, a province's, or nation")]
First = Annotated[datetime, typer.Argument(metavar="FROM", formats=["%Y-%m-%d"])]
Last = Annotated[datetime, typer.Argument(metavar="TO", formats=["%Y-%m-%d"])]
AView = Annotated[View, typer.Option("--view", help="count where received, or where decided")]
AsJson = Annotated[bool, typer.Option("--json", help="say all of it as JSON")]
Out = Annotated[
    Path | None, typer.Option("--out", help=f"write it to a file: {', '.join(MADE)} by its name")
]
AsCsv = Annotated[bool, typer.Option("--csv", help="say all of it as CSV")]


def stats(
    unit: UnitCode,
    first: First,
    last: Last,
    view: AView = "receiving",
    as_json: AsJson = False,
    as_rows: AsCsv = False,
    out: Out = None,
) -> None:
    """Tell the national statistics form of a unit and what is below it, in a period that is over.

    Days are those of Viet Nam; both are in the period.
    """
    period, catalogue = Period(first.date(), last.date()), load(Shared().catalogue)
    wrong = no_period(*period, local_day(system_clock())) or no_unit(unit, catalogue)
    if wrong:
        raise Misconfigured(wrong.remedy_en)
    if out and out.suffix not in MADE:
        raise Misconfigured(f"{out} is none of {', '.join(MADE)}: name it by what it is to be.")
    found = asyncio.run(_told(catalogue, unit, period, view))
    if out:
        out.write_bytes(MADE[out.suffix](found))
    if as_json:
        console.print(msgspec.json.encode(found).decode(), markup=False, soft_wrap=True)
    elif as_rows:
        console.print(as_csv(found).decode(), markup=False, soft_wrap=True, end="")
    elif out is None:
        show(console, found)


async def _told(catalogue: Catalogue, unit: str, period: Period, view: View) -> Statistics:
    local, shared = Settings(), Shared()
    database = connect(local.mongo_url or mongo.url(local.mongo_port), shared.database)
    try:
        _, table = await read_side(database, FACTS)
        counting = Counting(table(FACTS), table("balances"))
        return await told(counting, catalogue, unit, period, view)
    except (PyMongoError, Unknown) as error:
        raise Misconfigured(
            f"MongoDB did not answer ({type(error).__name__}): see that it runs and MONGO_URL names"
            " it, then run this again."
        ) from error
    finally:
        database.client.close()


def show(where: Console, found: Statistics) -> None:
    """Show what matters most of each line, and the total.

    Half a number is a wrong one: a narrow terminal breaks lines instead.
    """
    whole, one = found.total, found.lines if len(found.lines) == 1 else []
    lines = [
        f"{found.name} · {found.first} – {found.last} · {COUNTED[found.view].en}",
        f"[dim]{_row('unit', SHOWN.values())}[/]",
        *(_row(f"{line.unit} {line.name}", _cells(line.form)) for line in one or _told_of(found)),
        *(() if one else [f"[bold]{_row('together', _cells(whole))}[/]"]),
        f"[dim]new: {whole.online:,} online, {whole.direct:,} direct, {whole.post:,} by post,"
        f" {whole.moved:+,} from other units, {whole.reopened:,} reopened[/]",
        f"[dim]settled: {whole.settled_early:,} early, {whole.settled_on_time:,} on time[/]",
    ]
    for line in lines:
        say(where, line)


def _row(name: str, cells: Iterable[str]) -> str:
    short = shortened(Text(name), NAME_CELLS).plain
    return f"{short:<{NAME_CELLS}}" + "".join(f"  {cell:>{CELLS}}" for cell in cells)


def _told_of(found: Statistics) -> list[Line]:
    """Return the lines that have anything to say."""
    return [line for line in found.lines if any(msgspec.structs.astuple(line.form))]


def _cells(form: Form) -> list[str]:
    return [f"{getattr(form, field):,}" for field in SHOWN]
