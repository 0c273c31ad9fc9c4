"""What is shown and written: steps as they go, a table at the end, JSON in `build`."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from types import MappingProxyType
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.local import refusals
from deploy.local.cli import Screen
from deploy.local.disk import remedy
from shared.errors import Misconfigured
from tests.load.system import BUILD, LOGS

_PAIR = re.compile(r"\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]")  # a point of a curve: on one line

console = Console(highlight=False)


@contextmanager
def steps() -> Iterator[Screen]:
    """Show what is under way while the block runs."""
    with console.status("Starting") as status:
        yield Screen(status)


def finish(
    table: Table,
    wrong: Sequence[str],
    name: str,
    content: Mapping[str, Any],
    pictures: Mapping[str, str] = MappingProxyType({}),
    folder: Path = BUILD,
) -> None:
    """Print a table and what is wrong, then write the report and pictures: what took minutes to
    measure is seen also where nothing can be written.  Raises `Misconfigured`.
    """
    console.print(table)
    for sentence in wrong:
        refusals.refuse(console, sentence)
    text = _PAIR.sub(r"[\1, \2]", json.dumps(content, indent=2, ensure_ascii=False))
    for each, body in {name: f"{text}\n", **pictures}.items():
        _write(folder / each, body)
    logs = f"[dim] · logs in {LOGS}[/]" if wrong else ""
    console.print(f"\n[dim]{folder / name}[/]{logs}", soft_wrap=True)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    except OSError as error:
        raise Misconfigured(
            f"{path} cannot be written ({error.strerror}): {remedy(error, path)} before the next"
            " run; all that is left of this one stands above."
        ) from error


def command(main: Callable[..., None], words: Sequence[str] | None = None) -> None:
    """Run a command line, this process's own if none is given.

    What its user must mend is said in one sentence.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a server that starts: we wait for it
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    try:
        refusals.run(console, app, words)
    except OSError as error:
        place = error.filename or gettempdir()
        refusals.refuse(
            console,
            f"The measurement ended early ({error.strerror or error}): "
            f"{remedy(error, place)}, or set TMPDIR to another disk, then run it again.",
        )
        raise SystemExit(1) from None
