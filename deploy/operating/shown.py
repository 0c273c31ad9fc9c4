"""What an operator sees of the stuck board, and of a round."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.local.fitted import GAP
from deploy.local.refusals import say

DAY_S, HOUR_S, MINUTE_S = 86_400, 3_600, 60
WAITS = "waiting_for_check"
WORD_CELLS = 12  # the least that is left of a column of words
Rows = Sequence[Mapping[str, Any]]


def board(console: Console, found: Mapping[str, Any]) -> None:
    """Show what is stuck, and below it what waits as it should."""
    if not found["stuck"]:
        console.print("Nothing is stuck.")
    for title, groups in (("stuck", found["stuck"]), ("waits as it should", found["waiting"])):
        if groups:
            print_table(console, _groups(title, groups))


def _groups(title: str, groups: Rows) -> Table:
    table = columns(
        *(
            f"={title}",
            "",
            ">matters",
            ">in 1 h",
            ">in 24 h",
            ">citizens",
            ">oldest",
            ">95 %",
            ">đồng",
        )
    )
    for group in groups:
        people, p95_s = group["applications"], group["p95_s"]
        table.add_row(
            f"{group['stage']} {group['cause']}",
            f"[dim]{group['title_en']}[/]",
            f"{group['matters']:,}",
            *(_more(group["matters"], group[then]) for then in ("hour_ago", "day_ago")),
            "" if people is None else f"{people:,}",
            age(group["oldest_s"]),
            "" if p95_s is None else age(p95_s),
            f"{group['vnd']:,}",
        )
    return table


def _more(now: int, then: int | None) -> str:
    """Return by how many it grew; nothing where nobody counted then."""
    return "" if then is None else f"{now - then:+,}"


def situations(console: Console, items: Rows, now: datetime, *, more: bool) -> None:
    """Show applications of a group."""
    table = columns("=application", "=dossier", "unit", "partner", ">waits", ">đồng")
    for item in items:
        own = item["application"] or item["key"].partition("/")[0]  # what --application takes
        names = (own, item["dossier"], item["unit"], item["partner"])
        table.add_row(*names, _since(item["since_ms"], now), f"{item['vnd']:,}")
    if items:
        print_table(console, table)
    else:
        console.print("Nothing is stuck here.  [dim]--all shows what waits as it should.[/]")
    if more:
        console.print("[dim]… and more: --rows, or --json[/]")


def preview(console: Console, round_: Mapping[str, Any], items: Rows, now: datetime) -> None:
    """Show what a round would do, and to which."""
    say(console, f"[bold]{round_['items']:,}[/] of {round_['stage']} {round_['cause']}: "
        f"{round_['does']['en']}.")  # fmt: skip
    for each in round_["follows"]:
        say(console, f"  [dim]{each['en']}[/]")
    table = columns("=application", "=dossier", "unit", ">waits", "")
    for item in items:
        table.add_row(
            item["application"] or item["reference"],
            item["dossier"],
            item["unit"],
            _since(item["since_ms"], now),
            f"[yellow]refused: {item['why_en']}[/]" if item["result"] == "refused" else "",
        )
    if items:
        print_table(console, table)
    left = round_["items"] + round_["refused"] - len(items)
    if left > 0:
        console.print(f"[dim]… and {left:,} more: --rows[/]")
    if round_["refused"]:
        say(console, f"[yellow]{round_['refused']:,} are refused: nothing is done to them.[/]")
    if round_["needs_check"]:
        say(console, "Another than who starts it has to agree.")
    if not round_["is_whole"]:
        say(console, "There are more than a round takes: do it again when this one is done.")


def rounds(console: Console, found: Rows) -> None:
    """Show rounds, the newest first."""
    table = columns("=id", "stage and cause", "does", "", ">items", "by")
    for one in found:
        about, status = f"{one['stage']} {one['cause']}", str(one["status"]).replace("_", " ")
        table.add_row(one["id"], about, one["action"], status, f"{one['items']:,}", one["by"])
    if found:
        print_table(console, table)
    else:
        console.print("There was no round yet: `motcua release` begins one.")


def outcome(console: Console, round_: Mapping[str, Any], items: Rows, now: datetime) -> None:
    """Show what came of a round; of items those that are not done with."""
    counted = {**round_["results"], **round_["checks"]}
    told = ", ".join(f"{count:,} {word.replace('_', ' ')}" for word, count in counted.items())
    status = str(round_["status"]).replace("_", " ")
    say(console, f"Round {round_['id']} is {status}: {told or 'nothing to do'}.")
    if round_["status"] == WAITS:
        say(console, f"Another than who asked has to agree: `motcua round {round_['id']} approve` "
            "or `reject`, with --reason, and --as or --keys of his own.")  # fmt: skip
    table = columns("=application", "=dossier", "", ">waits since")
    for item in items:
        since = item["there_since_ms"]
        word = f"{item['check'] or item['result']}".replace("_", " ")
        names = (item["application"] or item["reference"], item["dossier"])
        table.add_row(*names, word, "" if since is None else _since(since, now))
    if items:
        print_table(console, table)


def age(seconds: int) -> str:
    """Return an age in its two largest units."""
    days, rest = divmod(seconds, DAY_S)
    hours, rest = divmod(rest, HOUR_S)
    minutes, left = divmod(rest, MINUTE_S)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"


def _since(at_ms: int, now: datetime) -> str:
    return age(max(0, int(now.astimezone(UTC).timestamp()) - at_ms // 1_000))


def columns(*titles: str) -> Table:
    """Return an empty table; a title that begins with `>` is of numbers, with `=` of what is to be
    copied: `print_table` prints it.
    """
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in titles:
        right, is_copied = title.startswith(">"), title.startswith("=")
        table.add_column(
            title.lstrip(">="),
            justify="right" if right else "left",
            no_wrap=is_copied,
            overflow="fold",
        )
    return table


def print_table(console: Console, table: Table) -> None:
    """Print a table: neither numbers nor what is to be copied are cut, however narrow it gets."""
    least = GAP * (len(table.columns) - 1)
    for column in table.columns:
        is_whole = column.no_wrap or column.justify == "right"
        longest = max((_cells(cell) for cell in column.cells), default=0)
        words = [_cells(word) for word in f"{column.header}".split()]
        column.min_width = max(longest if is_whole else min(longest, WORD_CELLS), *words, 0)
        least += column.min_width
    if least > console.width:
        table.width = least
    console.print(table, crop=False)


def _cells(cell: object) -> int:
    return Text.from_markup(f"{cell}").cell_len
