"""`motcua settlement`."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.importing.shown import progress
from deploy.local.fitted import shortened
from deploy.reconciling.outside import Outside, mendable, outside
from deploy.reconciling.queue import ASKED_AT_ONCE, latest_of
from deploy.reconciling.settlement import DayOfMoney, Sum
from services.payment.domain.state import Payment
from services.routing import lane
from services.routing.domain.dossier import Dossier
from services.routing.domain.rules import load_rules
from shared.catalogue import Catalogue, load
from shared.clock import VIETNAM
from shared.errors import Misconfigured
from shared.journal import Journal
from shared.mongo import MongoTable
from shared.settings import Settings as Shared

BEFORE = timedelta(minutes=5)  # a broker's clock may be behind
AFTER = timedelta(hours=12)  # what is decided may be published that much later
NAME_CELLS = 40
SETTLED = "settled", "lệ phí", "phí", "thuế", "đồng"
TITLES = *SETTLED, "not due", "net", "over", "given back", "paid out"

console = Console(highlight=False)

Sums = Mapping[tuple[str, str], Sum]
From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="the first day")]
To = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="the last day")]
Partner = Annotated[str, typer.Option("--partner", help="of one partner alone")]
AsJson = Annotated[bool, typer.Option("--json", help="say it as JSON")]


def settlement(first: From, last: To, partner: Partner = "", as_json: AsJson = False) -> None:
    """Tell what settled and went back in a period, by the unit that it is for and by partner."""
    days = _days(first.date(), last.date())
    catalogue = load(Shared().catalogue)
    with mendable():
        found = asyncio.run(_sums(days, partner, catalogue, quiet=as_json))
    if as_json:
        console.print(as_line(found, days), markup=False, soft_wrap=True)
    else:
        show(console, found, catalogue)


def _days(first: date, last: date) -> Sequence[date]:
    if last < first:
        raise Misconfigured(f"--to {last} comes before --from {first}.")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


async def _sums(days: Sequence[date], partner: str, catalogue: Catalogue, quiet: bool) -> Sums:
    sums: dict[tuple[str, str], Sum] = {}
    async with outside() as there:
        units, payments = _Units(there, catalogue), there.journal()

        async def standing(applications: Sequence[str]) -> Mapping[str, Payment]:
            latest = await latest_of(payments, applications)
            return {a: d.state for a, d in latest.items() if d.state}

        with progress(Console(quiet=True) if quiet else console, "Days", len(days)) as moved:
            for number, day in enumerate(days, start=1):
                since = datetime.combine(day, time(), VIETNAM).astimezone(UTC)
                until = since + timedelta(days=1)
                whole = DayOfMoney(since, until, partner)
                async with aclosing(there.between(since - BEFORE, until + AFTER)) as batches:
                    async for values in batches:
                        for value in values:
                            whole.hear(value)
                await whole.add_to(sums, units.of, standing)
                moved(number)
    return sums


class _Units:
    """Whom applications are decided by, of routing's journal."""

    def __init__(self, there: Outside, catalogue: Catalogue) -> None:
        table = lane.table(catalogue, load_rules())
        rows = MongoTable(there.database["routing.journal"])
        self._journal: Journal[Dossier] = Journal(rows, table)

    async def of(self, applications: Sequence[str]) -> Mapping[str, str]:
        """Return the competent unit of each.  Raises `Unknown`."""
        found: dict[str, str] = {}
        for at in range(0, len(applications), ASKED_AT_ONCE):
            some = await self._journal.latest_of(applications[at : at + ASKED_AT_ONCE])
            found |= {a: d.state.competent_unit for a, d in some.items() if d.state}
        return found


def as_line(found: Sums, days: Sequence[date]) -> str:
    """Return the sums as a line of JSON."""
    rows = [
        {"unit": unit, "partner": partner, **_told(each)}
        for (unit, partner), each in sorted(found.items())
    ]
    told = {"from": days[0], "to": days[-1], "sums": rows, "total": _told(total(found))}
    return msgspec.json.encode(told).decode()


def _told(of: Sum) -> dict[str, int]:
    return {**asdict(of), "net_vnd": of.net_vnd}


def total(found: Sums) -> Sum:
    """Return all sums together."""
    whole = Sum()
    for each in found.values():
        whole.add(each)
    return whole


def show(where: Console, found: Sums, catalogue: Catalogue) -> None:
    """Show the sums, and what of them no receipt was issued for."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("unit", "", "partner"):
        table.add_column(title)
    for title in TITLES:
        table.add_column(title, justify="right")
    for (unit, partner), each in sorted(found.items()):
        rows = catalogue.units.get(unit)
        name = rows[-1].name if rows else "not known"
        table.add_row(unit, shortened(Text(name), NAME_CELLS), partner, *_cells(each))
    whole = total(found)
    table.add_row("together", "", "", *_cells(whole))
    where.print(table)
    if whole.without_receipt_vnd:
        where.print(
            f"[red]✗[/] {whole.without_receipt_vnd:,} đồng settled without a receipt in this"
            " period: see whether it was issued after it."
        )


def _cells(of: Sum) -> list[str]:
    settled = of.settled, of.charge_vnd, of.fee_vnd, of.tax_vnd, of.settled_vnd
    after = of.lowered_vnd, of.net_vnd, of.overpaid_vnd, of.given_back_vnd, of.paid_out_vnd
    return [f"{number:,}" for number in (*settled, *after)]
