"""What is drawn as wide as the terminal is, and what of a text fits."""

from collections.abc import Callable
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


def shortened(text: Text, cells: int) -> Text:
    """Return what fits, in whole words: half a number is a wrong one."""
    if text.cell_len <= cells:
        return text
    kept = text.copy()
    kept.truncate(max(0, cells - 1))  # the next may be a blank: then the last word is whole
    end = len(kept) if text.plain[len(kept)].isspace() else kept.plain.rfind(" ")
    return Text(f"{kept.plain[: max(0, end)].rstrip()}…", style=text.style)
