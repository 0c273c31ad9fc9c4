"""`motcua`: the command line of the local system, thin over the launcher."""

import asyncio
import logging
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from deploy.archive.command import archive, archived
from deploy.conformance.command import conformance
from deploy.importing.command import import_file
from deploy.local import (
    acls,
    clean,
    launcher,
    log_lines,
    mongo,
    processes,
    refusals,
    republish,
    secrets,
    sizes,
    topics,
)
from deploy.local.catalogue import app as catalogue
from deploy.local.children import Children, home_in_use
from deploy.local.faults import fault
from deploy.local.settings import HOST, Settings
from deploy.local.stack import PARTS
from deploy.local.stats import stats
from deploy.operating.commands import OPERATING, round_
from deploy.proving.command import prove
from deploy.rebuilding.command import rebuild
from deploy.reconciling.command import reconcile
from deploy.reconciling.settlement_command import settlement
from shared.errors import Misconfigured
from shared.kafka import security
from shared.settings import Settings as Shared

LEAST_S = 0.05  # what took less is told without its time

console = Console(highlight=False)
app = typer.Typer(
    help="One door in, one result out: the local system.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Screen:
    """Shows what is under way, and leaves a line with its time for what stands."""

    def __init__(self, status: Status) -> None:
        self._status, self._since = status, time.monotonic()

    def doing(self, text: str) -> None:
        """See `launcher.Steps`."""
        self._status.update(text)

    def done(self, text: str) -> None:
        """See `launcher.Steps`."""
        now = time.monotonic()
        took = f" [dim]{now - self._since:.1f} s[/]" if now - self._since >= LEAST_S else ""
        refusals.say(self._status.console, f"[green]✓[/] {text}{took}")
        self._since = now


@app.command()
def up() -> None:
    """Start Kafka, MongoDB, the services and the sandbox partners, and leave them running."""
    settings = Settings()
    if _home() == settings.demo:
        raise Misconfigured("The demonstration is still running: `make down` first.")
    with Children(settings.home) as children, console.status("Looking around") as status:
        launcher.up(children, settings, Screen(status))
        children.keep()
    _show(launcher.status(children))
    account, password = secrets.account(processes.secret(settings, secrets.CLIENTS_FILE))
    where = f"{processes.url(settings, 'operations')}/console"
    console.print(f"\nconsole  {where}  [dim]sign in as[/] {account} {password}")
    console.print("\n[dim]make status · make logs NAME=payment · make down[/]")


@app.command()
def down() -> None:
    """Stop all of it; data and logs stay."""
    with console.status("Stopping"):
        stopped = launcher.down(Children(_home()))
    console.print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


@app.command()
def status() -> None:
    """Show what runs: process, port, readiness, CPU, memory."""
    rows = launcher.status(Children(_home()))
    if not rows:
        console.print("Nothing is running.  [dim]make up starts it.[/]")
        return
    _show(rows)
    if any(row.ended for row in rows):
        raise typer.Exit(1)


@app.command()
def logs(
    name: Annotated[
        str, typer.Argument(help="one process; all but kafka and mongo when left out")
    ] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=10_000)] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as lines come")] = False,
) -> None:
    """Show the last lines of the logs."""
    folder = _home() / "logs"
    names = [name] if name else _logging(folder)
    for each in names:
        path = folder / f"{each}.log"
        if not path.exists():
            known = ", ".join([*PARTS, *(row.name for row in processes.TABLE)])
            raise Misconfigured(f"There is no log of {each}: name one of {known}.")
        if not path.stat().st_size:
            console.print(f"[dim]{each} has logged nothing.[/]")
        log_lines.last(console, each, path, lines, names)
    if follow:
        log_lines.follow(console, {each: folder / f"{each}.log" for each in names})


@app.command("clean")
def remove_all(
    sure: Annotated[bool, typer.Option("--sure", help="do it; without it, only told")] = False,
) -> None:
    """Remove a local system's applications, keys, logs and Kafka's jars, and `build`."""
    folders = clean.found(Settings())
    if not folders:
        console.print("Nothing to remove.")
        return
    for folder in folders:
        console.print(f"{folder} [dim]{clean.size_bytes(folder) / 2**20:.0f} MiB[/]")
    if not sure:
        console.print(
            "Nothing is removed yet. [bold]Every application in it is lost, and the keys that "
            "open copies of it:[/] make clean SURE=yes removes these folders."
        )
        return
    clean.remove(folders)
    console.print("Removed.")


@app.command("secrets")
def make_secrets() -> None:
    """Make the secrets of a new system, unless they are there already, then end."""
    console.print(f"Secrets stand in {secrets.ensure(Settings().home / 'secrets')}.")


@app.command()
def bootstrap() -> None:
    """Create topics and first offsets on Kafka (KAFKA_URL, or the local one), then end."""
    settings = Settings()
    url, known = _kafka(settings), security.told()
    created = asyncio.run(topics.bootstrap(url, settings.lanes, settings.replicas, known))
    console.print(f"Kafka at {url}: {created} topics created, {settings.lanes} lanes.")


@app.command("republish")
def say_again(
    since: Annotated[datetime, typer.Option(help="before the log's copy was begun; UTC")],
) -> None:
    """After a restore, with the services down: append what only the journals still know."""
    settings, told = Settings(), Shared()
    appended = asyncio.run(
        republish.republish(
            _kafka(settings),
            settings.mongo_url or mongo.url(settings.mongo_port),
            told.database,
            settings.lanes,
            since.replace(tzinfo=UTC),
            security.told(),
        )
    )
    counted = ", ".join(f"{service} {count:,}" for service, count in appended.items())
    console.print(f"Events said again: {counted}.")


@app.command("acls")
def show_acls(
    portal: Annotated[
        list[str] | None, typer.Option("--portal", help="an account of a portal; may be repeated")
    ] = None,
    importer: Annotated[
        list[str] | None, typer.Option("--importer", help="an account for `motcua import`")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="grant them on KAFKA_URL instead of printing")
    ] = False,
) -> None:
    """Print who may do what on Kafka, as commands of its own tool, or grant it."""
    url, known = _kafka(Settings()), security.told()
    grants = acls.table(portal or ["portal"], importer or [])
    if apply:
        asyncio.run(acls.grant(url, grants, known))
        console.print(f"Kafka at {url}: {len(grants)} permissions stand.")
        return
    for one in grants:
        console.print(one.command(url), markup=False, soft_wrap=True)


@app.command("sizes")
def show_sizes(
    kafka_data: Annotated[
        Path | None, typer.Option("--kafka-data", help="where the broker keeps its log")
    ] = None,
    to: Annotated[Path, typer.Option("--to", help="the same as JSON")] = Path("build/sizes.json"),
) -> None:
    """Show the bytes that an application takes in each collection and on each topic."""
    settings, home = Settings(), _home()
    url = settings.mongo_url or mongo.url(settings.mongo_port)
    data = kafka_data or home / "data" / "kafka"
    found = sizes.measure(url, Shared().database, data)
    for table in sizes.shown(found):
        console.print(table, "")
    sizes.write(found, to)
    console.print(f"[dim]{found.applications:,} applications; bytes per application. {to}[/]")


KEEPING = (archive, archived, conformance, fault, prove, rebuild, reconcile, settlement, stats)
for command in (*OPERATING, *KEEPING):
    app.command()(command)
app.command("import")(import_file)
app.command("round")(round_)
app.add_typer(catalogue, name="catalogue")


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="leave it running at the end")] = False,
) -> None:
    """Carry 300 applications from submission to result, and check that nothing is lost."""
    raise typer.Exit(import_module("deploy.local.demo").run(keep=keep))


def _kafka(settings: Settings) -> str:
    """Return where Kafka answers: elsewhere, or here."""
    return settings.kafka_url or f"{HOST}:{settings.kafka_port}"


def _home() -> Path:
    return home_in_use(Settings())


def _logging(folder: Path) -> list[str]:
    """Return who has a log here; the servers' long ones are for who asks by name."""
    return [path.stem for path in sorted(folder.glob("*.log")) if path.stem not in PARTS]


def _show(rows: list[launcher.Row]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("process", "pid", "port", "", "CPU", "memory"):
        table.add_column(title, justify="left" if title in ("process", "") else "right")
    for row in rows:
        if row.ended:
            said = f"[red]ended: make logs NAME={row.name}[/]"
            table.add_row(row.name, "", str(row.port), said, "", "")
            continue
        ready = "[green]ready[/]" if row.ready else "[yellow]not ready[/]"
        cpu, memory = f"{row.cpu_percent:.0f} %", f"{row.rss_bytes / 2**20:.0f} MiB"
        table.add_row(row.name, str(row.pid), str(row.port), ready, cpu, memory)
    console.print(table)
    total = sum(row.rss_bytes for row in rows) / 2**20
    console.print(f"[dim]{sum(not row.ended for row in rows)} processes, {total:.0f} MiB in all[/]")


def main() -> None:
    """Run the command line; what the operator must mend is said in one sentence."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a server that starts: we wait for it
    refusals.run(console, app)


if __name__ == "__main__":
    main()
