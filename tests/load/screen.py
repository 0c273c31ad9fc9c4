"""What is shown and written: steps as they go, a table at the end, JSON in `build`."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.cli import Screen
from shared.errors import Misconfigured
from tests.load.system import BUILD, LOGS

_PAIR = re.compile(r"\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]")  # a point of a curve: on one line

console = Console(highlight=False)


@contextmanager
def steps() -> Iterator[Screen]:
    """Show what is under way while the block runs."""
    with console.status("Starting") as status:
        yield Screen(status)


def write(name: str, content: Mapping[str, Any]) -> None:
    """Write a report into `build`."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    try:
        BUILD.mkdir(exist_ok=True)
        (BUILD / name).write_text(_PAIR.sub(r"[\1, \2]", text) + "\n")
    except OSError as error:
        raise Misconfigured(f"{BUILD / name} cannot be written: {error.strerror}.") from error


def show(table: Table, wrong: list[str], name: str) -> None:
    """Print a table, and what is wrong; `name` is the report it comes from."""
    console.print(table)
    for sentence in wrong:
        console.print(f"[red]✗[/] {sentence}", soft_wrap=True)
    console.print(f"\n[dim]{BUILD / name}[/]" + (f"[dim] · logs in {LOGS}[/]" if wrong else ""))


def command(main: Callable[..., None]) -> None:
    """Run a command line; what its user must mend is said in one sentence."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a server that starts: we wait for it
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    try:
        app()
    except Misconfigured as error:
        console.print(f"[red]✗[/] {error}", soft_wrap=True)
        raise SystemExit(1) from None
