"""Handsets, mailboxes and apps in the terminal, at most 100 columns wide: what came, and when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from deploy.local.fitted import GAP, Fitted
from deploy.local.journey_view import COLOURS, FAINT, QUIET
from shared.clock import VIETNAM

BESIDE_CELLS = 80  # on a narrower terminal one device stands below the other
NAMES = {"sms": "SMS", "email": "E-mail", "app": "App"}
ACTING = ", of who acts for them"

Item = Mapping[str, Any]


def devices(found: Sequence[tuple[str, Sequence[Item]]]) -> RenderableType:
    """Return what devices show, each a way to be told and what came; mails below the others."""
    small = [(way, items) for way, items in found if _channel(way) != "email"]
    mails = [(way, items) for way, items in found if _channel(way) == "email"]
    boxes = [_mailbox(way, items) for way, items in mails]
    return Fitted(lambda width: Constrain(Group(_beside(small, width), *boxes), width))


def _beside(found: Sequence[tuple[str, Sequence[Item]]], width: int) -> RenderableType:
    drawn = [Group(_head(way, items), *map(_bubble, items)) for way, items in found]
    if width < BESIDE_CELLS or len(drawn) < 2:
        return Group(*drawn)
    table = Table.grid(padding=(0, GAP, 0, 0))
    for _ in drawn:
        table.add_column(ratio=1)
    table.add_row(*drawn)
    return table


def _head(way: str, items: Sequence[Item]) -> Text:
    whose = items[0]["to"] if items else "nothing came"
    acting = ACTING if "@" in way else ""
    return Text(f"{NAMES[_channel(way)]} · {whose}{acting}", style=COLOURS["us"])


def _bubble(item: Item) -> RenderableType:
    title = Text(f"{item['title']}\n" if item["title"] else "", style="bold")
    said = title + Text(item["text"], style="")
    below = Text(f"{item['from']} {_time(item)}", style=QUIET)
    return Panel(
        said, box=box.ROUNDED, expand=False, border_style=FAINT, subtitle=below,
        subtitle_align="left", padding=(0, 1),
    )  # fmt: skip


def _mailbox(way: str, items: Sequence[Item]) -> RenderableType:
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(style=FAINT, no_wrap=True)
    table.add_column()
    for number, item in enumerate(items):
        if number:
            table.add_row()
        table.add_row(_time(item), Text(item["from"], style=QUIET))
        table.add_row("", Text(item["title"], style="bold"))
        table.add_row("", Text("\n".join(filter(None, item["text"].splitlines()))))
        for file in item["files"]:
            table.add_row("", _attached(file))
    return Group(Text(), _head(way, items), Padding(table, (0, 0, 0, 1), expand=False))


def _attached(file: Mapping[str, Any]) -> Text:
    line = Text(f"↳ {file['name']}", style=COLOURS["citizen"])
    if entry := file["entry"]:
        day = f"{date.fromisoformat(entry['day']):%d/%m/%Y}"
        line.append(f"  {entry['title']}, {day}", style="strike" if entry["is_cancelled"] else "")
        line.append("  (taken out)" if entry["is_cancelled"] else "")
    return line


def _channel(way: str) -> str:
    return way.partition("@")[0]


def _time(item: Item) -> str:
    return f"{datetime.fromisoformat(item['at']).astimezone(VIETNAM):%H:%M:%S}"
