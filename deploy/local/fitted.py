"""What is drawn as wide as the terminal is, what of a text fits, and what is never broken."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

WIDTH = 100
GAP = 2


class Fitted(NamedTuple):
    """What is drawn for the width that there is."""

    drawn: Callable[[int], RenderableType]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it: as wide as the terminal, at most `WIDTH`."""
        yield self.drawn(min(options.max_width, WIDTH))


def print_whole(console: Console, rows: Sequence[tuple[str, str]], margin: int = 1) -> None:
    """Print a line a row, whatever its length: a link in two lines is none, to click or to copy."""
    cells = max(len(name) for name, _ in rows) + GAP + 1
    for name, value in rows:
        line = f"{'':{margin}}{name:{cells}}{value}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def shortened(text: Text, cells: int) -> Text:
    """Return what fits, in whole words: half a number is a wrong one."""
    if text.cell_len <= cells:
        return text
    kept = text.copy()
    kept.truncate(max(0, cells - 1))  # the next may be a blank: then the last word is whole
    end = len(kept) if text.plain[len(kept)].isspace() else kept.plain.rfind(" ")
    return Text(f"{kept.plain[: max(0, end)].rstrip()}…", style=text.style)
