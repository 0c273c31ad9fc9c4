"""What an operator sees of money between partners and us."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.shown import age, columns, print_table

Rows = Sequence[Mapping[str, Any]]
HOW_LONG = {"hour": "1 h", "day": "1 d"}
OF_WINDOW = (">paid ", ">% ", ">median ", ">95 % ")
MOVED_TITLES = (">settled", ">over", ">given back", ">paid out", ">came back")
EQUATIONS = {
    "balance": "statements: opening + in − out = closing",
    "carried": "the closing of a day = the opening of the next",
    "lines": "lines matched + lines that break = in + out + fee kept",
    "books": "days with a statement: our books − statements, in = breaks + money of other days",
}
STANDING = {
    "answers": "answers",
    "silent": "[yellow]silent[/]",
    "let_alone": "[red]let alone[/]",
    "not_known": "[dim]not asked[/]",
}


def overview(console: Console, found: Mapping[str, Any]) -> None:
    """Show what is open by kind and age, and the last days of all partners."""
    if found["kinds"]:
        console.print(_kinds(found["kinds"]))
    else:
        console.print("No break is open.")
    if not found["is_whole"]:
        console.print("[yellow]More is open than was looked at.[/]")
    if found["days"]:
        console.print(_days(found["days"]))
    else:
        console.print("No statement was reconciled yet: [bold]motcua reconcile[/] does it.")


def _kinds(kinds: Rows) -> Any:
    drawn = columns("break", ">open", ">oldest", ">< 1 d", ">< 3 d", ">< 7 d", ">older", ">đồng")
    for kind in kinds:
        ages = (f"{count:,}" if count else "" for count in kind["ages"].values())
        counted = f"{kind['breaks']:,}", age(kind["oldest_s"]), *ages, f"{kind['vnd']:,}"
        drawn.add_row(kind["kind"], *counted)
    return drawn


def _days(days: Rows) -> Any:
    drawn = columns("partner", "day", ">open", ">đồng", ">lines", ">matched", ">in", ">out", ">fee")
    for day in days:
        said, open_ = day["statement"], day["breaks"]
        counted = (f"{open_:,}", f"{day['vnd']:,}") if open_ else ("", "")
        told: tuple[str, ...] = ("[dim]no statement[/]",)
        if said:
            names = "lines", "matched", "paid_vnd", "left_vnd", "fee_vnd"
            told = tuple(f"{said[name]:,}" for name in names)
        drawn.add_row(day["partner"], day["day"], *counted, *told)
    return drawn


def statements(console: Console, found: Rows) -> None:
    """Show the statements of a day, with what makes them up."""
    for each in found:
        word = f"correction {each['correction']}" if each["correction"] else "statement"
        balance = (
            f"{each['opening_vnd']:,} + {each['paid_vnd']:,} − {each['left_vnd']:,}"
            f" = {each['closing_vnd']:,}"
        )
        say(console, f"{each['partner']} {each['day']}, {word}: {each['matched']:,} of "
            f"{each['lines']:,} lines matched, {each['matched_vnd']:,} đồng; "
            f"fee {each['fee_vnd']:,}")  # fmt: skip
        say(console, f"[dim]opening + in − out = closing: {balance}[/]")


def breaks(console: Console, page: Mapping[str, Any], now: datetime) -> None:
    """Show a page of breaks."""
    if not page["items"]:
        console.print("No break is like that.")
        return
    drawn = columns("=break", "cause", "=order", "=transaction", ">theirs", ">ours", ">booked", "")
    for each in page["items"]:
        drawn.add_row(
            each["id"],
            each["cause"],
            each["reference"],
            each["transaction"],
            f"{each['amount_vnd']:,}",
            f"{each['expected_vnd']:,}",
            _ago(each["booked_at"], now),
            "" if each["is_open"] else _end(each),
        )
    print_table(console, drawn)
    if page["next"]:
        console.print("[dim]… and more: --rows, or --json[/]")


def one(console: Console, found: Mapping[str, Any], now: datetime) -> None:
    """Show a break, and what was said of it."""
    breaks(console, {"items": [found["break"]], "next": None}, now)
    application = found["break"]["application"]
    if application:
        say(console, f"application {application}: [bold]motcua journey {application}[/]")
    drawn = columns("at", "", "why", "by", "")
    for step in found["steps"]:
        drawn.add_row(step["at"], step["what"], step["because"], step["by"], step["reason"])
    console.print(drawn)


def partners(console: Console, found: Mapping[str, Any], now: datetime) -> None:
    """Show how partners fare: who cannot be asked, or does not answer, first."""
    if not found["partners"]:
        console.print("Nothing was heard of any partner yet.")
        return
    drawn = columns(
        *("partner", "", ">last word", ">open", ">silent"),
        *(f"{title}{when}" for when in HOW_LONG.values() for title in OF_WINDOW),
    )
    for each in found["partners"]:
        orders = each["orders"]
        drawn.add_row(
            each["partner"],
            STANDING[each["standing"]],
            _ago(each["sign_at"], now) if each["sign_at"] else "",
            f"{orders['open']:,}",
            f"{orders['silent'] + orders['let_alone']:,}",
            *(cell for name in HOW_LONG for cell in _window(each[name])),
        )
    console.print(drawn)
    behind_s = found["behind_s"]
    old = "nothing was counted yet" if behind_s is None else f"counted {age(int(behind_s))} ago"
    say(console, f"[dim]hour and day are live and approximate: {old}[/]")


def _window(of: Mapping[str, Any]) -> Sequence[str]:
    share, median_s, p95_s = of["success"], of["median_s"], of["p95_s"]
    return (
        f"{of['paid']:,} of {of['opened']:,}",
        "" if share is None else f"{share:.0%}",
        "" if median_s is None else age(median_s),
        "" if p95_s is None else age(p95_s),
    )


def _end(each: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (each["closed_because"], each["closed_by"])))


def _ago(at: str, now: datetime) -> str:
    return age(max(0, int((now - datetime.fromisoformat(at)).total_seconds())))


def settlement(console: Console, found: Mapping[str, Any]) -> None:
    """Show a settlement: what moved, what statements say, and what has to be equal."""
    told, moved, breaks_ = found["stated"], found["moved"], found["breaks"]
    say(console, f"{found['partner']}, {found['first']} to {found['last']}: "
        f"{moved['moves']:,} moves, {told['days']:,} days with a statement")  # fmt: skip
    drawn = columns("day", *MOVED_TITLES, ">stated in", ">out", ">fee", ">to be paid")
    for day in (*found["days"], {**found, "day": "[bold]together[/]"}):
        said = day["stated"]
        names = ("paid_vnd", "left_vnd", "fee_vnd", "to_pay_vnd")
        drawn.add_row(
            day["day"], *_moved(day["moved"]), *(f"{said[n]:,}" if said else "" for n in names)
        )
    console.print(drawn)
    drawn = columns("agency", ">opening", *MOVED_TITLES, ">closing")
    for one_ in found["agencies"]:
        opening, closing = f"{one_['opening_vnd']:,}", f"{one_['closing_vnd']:,}"
        drawn.add_row(one_["unit"] or "not told", opening, *_moved(one_["moved"]), closing)
    drawn.add_row(
        "[bold]together[/]",
        f"{found['opening_vnd']:,}",
        *_moved(moved),
        f"{found['closing_vnd']:,}",
    )
    console.print(drawn)
    say(console, f"breaks: {breaks_['found']:,} found, {breaks_['closed']:,} closed, "
        f"{breaks_['open']:,} open ({breaks_['open_vnd']:,} đồng); our books less the statements, "
        f"in: {found['differs_vnd']:,} đồng")  # fmt: skip
    if found["outcome"] == "nothing":
        say(console, "Nothing to compare yet: no day of it has a statement.")
        return
    if found["untold_days"]:
        say(console, f"Days with money and no statement yet: {found['untold_days']:,}")
    for check in found["checks"]:
        mark = "[green]✓[/]" if check["holds"] else "[red]✗[/]"
        say(console, f"{mark} {EQUATIONS[check['name']]}: {check['one_vnd']:,} = "
            f"{check['other_vnd']:,}")  # fmt: skip


def _moved(of: Mapping[str, Any]) -> Sequence[str]:
    names = ("settled_vnd", "overpaid_vnd", "refunded_vnd", "disbursed_vnd", "returned_vnd")
    return [f"{of[name]:,}" if of[name] else "" for name in names]
