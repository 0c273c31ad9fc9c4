"""Lines of the local system's logs: the last ones, and those that come."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

FOLLOW_S = 0.3


def last(console: Console, name: str, path: Path, lines: int, names: Sequence[str]) -> None:
    """Print the last lines of a log, each with its name where there are several."""
    with path.open(errors="replace") as file:
        for line in deque(file, lines):
            _print(console, name, line, names)


def follow(console: Console, paths: Mapping[str, Path]) -> None:
    """Print lines as they come, until Ctrl-C."""
    at = {name: path.stat().st_size for name, path in paths.items()}
    while True:
        for name, path in paths.items():
            with path.open(errors="replace") as file:
                file.seek(at[name])
                for line in file:
                    _print(console, name, line, list(paths))
                at[name] = file.tell()
        time.sleep(FOLLOW_S)


def _print(console: Console, name: str, line: str, names: Sequence[str]) -> None:
    width = max(map(len, names))
    label = f"[dim]{name:<{width}}[/] " if len(names) > 1 else ""
    console.print(label, end="")
    console.print(line.rstrip("\n"), markup=False, soft_wrap=True)
