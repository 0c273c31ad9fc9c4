"""How every command line says what its user must mend: `✗`, what it is, and what to do."""

import re
from collections.abc import Callable, Sequence

import typer
from aiokafka.errors import KafkaConnectionError
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from typer.exceptions import TyperException

from shared.errors import Misconfigured
from shared.settings import refused

_NUMBER = re.compile(r"^\[Errno \d+\] ")


def say(console: Console, text: str) -> None:
    """Print a line: folded between words on a terminal, whole where it goes elsewhere."""
    console.print(text, soft_wrap=not console.is_terminal)


def refuse(console: Console, text: str) -> None:
    """Print what is to be mended."""
    say(console, f"[red]✗[/] {escape(text)}")


def why(error: BaseException) -> str:
    """Return what an error of a server or the disk says, in words a person can use."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, KafkaConnectionError) or "Unable to bootstrap" in f"{error}":
        return "nobody answers there"
    return _NUMBER.sub("", f"{error}") or type(error).__name__


def run(console: Console, app: typer.Typer, words: Sequence[str] | None = None) -> None:
    """Run a command line, this process's own if none is given, and end with its exit status.

    `Misconfigured`, a setting out of range, and words that are no command of it are each refused
    in the same way; every other error is ours.
    """
    raise SystemExit(_status(console, lambda: app(words, standalone_mode=False)))


def _status(console: Console, work: Callable[[], object]) -> int:
    try:
        code = work()
    except Misconfigured as error:
        refuse(console, f"{error}")
        return 1
    except ValidationError as error:
        refuse(console, refused(error, "MOTCUA_"))
        return 1
    except TyperException as error:
        if text := error.format_message():  # empty: the help was printed
            refuse(console, f"{text.rstrip('.')}. See what there is: --help.")
        return getattr(error, "exit_code", 1)
    return code if isinstance(code, int) else 0
