"""The one screen while applications flow: a bar per stage, what else happens, the time."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deploy.local.demo.board import Board
from deploy.local.fitted import GAP, Fitted
from deploy.local.journey_view import COLOURS, FAINT, QUIET

BAR_CELLS = 34
LEAST_BAR_CELLS = 8
NAME_CELLS = 12
FRAMES_PER_S = 5
PLAIN_EVERY_S = 5.0
OURS, DONE = COLOURS["us"], COLOURS["bank"]
PARTS = " · "


class Bar(NamedTuple):
    """One stage: how many of how many, and what there is to say beside."""

    name: str
    done: int
    total: int
    beside: str


def bars(board: Board, sent: Mapping[str, int], total: int) -> list[Bar]:
    """Return the stages in the order in which an application meets them.

    From routing on each child of an interlinked application counts, and not what it is a part of.
    """
    reached, types, ended, orders = board.reached, board.types, board.ended(), board.orders()
    payable = sum(orders.values()) - orders["failed"] - orders["left"]
    ends = {name: ended[name] for name in ("not accepted", "withdrawn")}
    interlinked, children = reached["interlinked"], reached["children"]
    dossiers = total - interlinked + children
    going = dossiers - sum(ends.values())
    registered = {"refused": ended["refused"], "interlinked": interlinked, "children": children}
    beside_paid = {
        "declined": types["payment.failed"],
        "twice": types["payment.overpaid"],
        "wrong amount": types["payment.mismatched"],
    }
    return [
        Bar("submitted", sum(sent.values()), total, f"{sent['http']} HTTP · {sent['kafka']} Kafka"),
        Bar("registered", reached["registered"] + interlinked, total, _told(registered)),
        Bar(
            "routed",
            reached["routed"],
            dossiers,
            _told({"chosen by an officer": types["routing.choice_needed"]}),
        ),
        Bar("accepted", board.passed("accepted"), going, _told(ends)),
        Bar("paid", orders["settled"], payable, _told(beside_paid)),
        Bar(
            "settled",
            board.passed("settled"),
            going,
            _told({"supplements asked": types["application.supplement_requested"]}),
        ),
        Bar(
            "returned",
            reached["returned"],
            going,
            _told({"by post": types["application.posted"]}),
        ),
    ]


def draw(board: Board, sent: Mapping[str, int], total: int, elapsed_s: float) -> RenderableType:
    """Return the screen, at most 100 columns wide."""
    stages = bars(board, sent, total)
    table = Fitted(lambda width: _table(stages, width - 1))
    notices = board.notices()
    told = notices["sent"] + notices["delivered"]
    lines = Table.grid(padding=(0, GAP, 0, 0))
    lines.add_column(min_width=NAME_CELLS, style="bold", no_wrap=True)
    lines.add_column(style=QUIET)
    lines.add_row("notices", f"{told:,} handed over, {notices['delivered']:,} receipted")
    lines.add_row("received", f"{board.settled_vnd:,} đồng")
    clock = Text(f"{_minutes(elapsed_s)}", style=FAINT)
    return Padding(Group(table, Text(), lines, Text(), clock), (1, 0, 0, 1))


def _table(stages: Sequence[Bar], width: int) -> Table:
    """Return a line per stage: the bars shrink, then what is beside them goes on below."""
    counts = [f"{bar.done}/{bar.total}" for bar in stages]
    count_cells = max(map(len, counts))
    room = width - NAME_CELLS - count_cells - 3 * GAP
    beside_cells = max(len(bar.beside) for bar in stages)
    bar_cells = min(BAR_CELLS, max(LEAST_BAR_CELLS, room - beside_cells))
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(min_width=NAME_CELLS, style="bold", no_wrap=True)
    table.add_column(width=bar_cells)
    table.add_column(min_width=count_cells, justify="right", no_wrap=True)
    table.add_column(width=max(1, room - bar_cells), style=QUIET)
    for bar, count in zip(stages, counts, strict=True):
        table.add_row(bar.name, _drawn(bar, bar_cells), count, bar.beside)
    return table


def plain(board: Board, sent: Mapping[str, int], total: int, elapsed_s: float) -> str:
    """Return the same as one line."""
    stages = [f"{b.name} {b.done}/{b.total}" for b in bars(board, sent, total)]
    return f"{_minutes(elapsed_s)}  {PARTS.join(stages)}"


class Screen:
    """Shows how it goes: drawn in place on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console, total: int) -> None:
        self.console, self._total = console, total
        self._began = self._said = time.monotonic()
        self._live: Live | None = None

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show for as long as the block runs; what was last shown stays."""
        self._began = self._said = time.monotonic()
        if not self.console.is_terminal:
            yield
            return
        with Live(console=self.console, auto_refresh=False, redirect_stderr=False) as self._live:
            yield
        self._live = None

    def show(self, board: Board, sent: Mapping[str, int]) -> None:
        """Show how it stands now."""
        elapsed_s = time.monotonic() - self._began
        if self._live:
            self._live.update(draw(board, sent, self._total, elapsed_s), refresh=True)
        elif time.monotonic() - self._said >= PLAIN_EVERY_S:
            self._said = time.monotonic()
            self.console.print(
                plain(board, sent, self._total, elapsed_s), soft_wrap=not self.console.is_terminal
            )


def _drawn(bar: Bar, cells: int) -> ProgressBar:
    return ProgressBar(
        total=max(1, bar.total),
        completed=bar.done,
        width=cells,
        complete_style=OURS,
        finished_style=DONE,
        style=FAINT,
    )


def _told(counts: Mapping[str, int]) -> str:
    return PARTS.join(f"{n} {what}" for what, n in counts.items() if n)


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
