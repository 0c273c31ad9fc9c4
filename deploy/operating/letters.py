"""`motcua dead`: what is set aside, in groups; one of it; sent again, dismissed, mended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from deploy.local.refusals import say
from deploy.operating.asking import OPERATOR, Api, calling, where
from deploy.operating.command import As, AsJson, At, Keys, Rows, console, say_json
from deploy.operating.shown import age, columns, print_table
from services.operations.domain.dead.wording import told
from shared.clock import system_clock
from shared.errors import Misconfigured

PAGE = 100
DOING, DECIDING = ("redrive", "dismiss"), ("accept", "reject")
DONE = ("sent", "asked", "dismissed", "rejected")
PARTS = 3  # of what names one: topic, partition, offset
GROUPED = {"dead": "nobody can read", "call": "a partner's call", "parked": "held"}

What = Annotated[
    str, typer.Argument(help="a group, or one: portal.submissions/3/1042; left out: the groups")
]
Verb = Annotated[
    str, typer.Argument(help="redrive, dismiss or edit; accept or reject what was asked")
]
Why = Annotated[str, typer.Option("--reason", help="why, for the timelines")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="path=value of a mended copy, $.data.copies=2; may be repeated"),
]
Remove = Annotated[
    list[str] | None, typer.Option("--remove", help="a path that goes; may be repeated")
]
Edition = Annotated[int, typer.Option("--edit", min=1, help="the number of the copy")]
Sure = Annotated[bool, typer.Option("--yes", help="do it; without it, only shown")]


def dead(
    what: What = "",
    verb: Verb = "",
    reason: Why = "",
    put: Set = None,
    remove: Remove = None,
    edit: Edition = 1,
    yes: Sure = False,
    who: As = OPERATOR,
    rows: Rows = 20,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show what is set aside, in groups; a group; one, with what is wrong in it; and mend it.

    With --yes it is done.  Ends with 1 when something was not.
    """
    if verb and verb not in (possible := (*DOING, "edit", *DECIDING)):
        raise Misconfigured(f"{verb!r} is none of {', '.join(possible)}.")
    if verb and not what:
        raise Misconfigured("Name a group, or one record: `motcua dead` lists them.")
    with calling(*where(at, keys), who) as api:
        path = f"/v1/dead/{what}" if what else "/v1/dead"
        if not verb or not yes:
            _show(api, path, what, rows, as_json)
            if verb and not as_json:
                say(console, "[bold]Nothing is done yet:[/] the same with --yes does it.")
            return
        if len(reason) < PARTS:
            raise Misconfigured("Say why, for the timelines: --reason.")
        if verb in DOING or (verb in DECIDING and "/" not in what):
            done = _do(api, f"{path}/{verb}", reason, is_group="/" not in what)
            say_json(done) if as_json else outcome(console, done)
            raise typer.Exit(int(any(d["result"] not in DONE for d in done)))
        said: dict[str, Any] = {"reason": reason}
        if verb == "edit":
            said |= {"set": dict(map(_assigned, put or ())), "remove": remove or []}
        found = api.post(f"{path}/edits{'' if verb == 'edit' else f'/{edit}/{verb}'}", said)
        say_json(found) if as_json else one(console, found, system_clock())


def _show(api: Api, path: str, what: str, rows: int, as_json: bool) -> None:
    found = api.get(path) if "/" in what else api.get(path, limit=max(1, rows))
    if as_json:
        say_json(found)
    elif "/" in what:
        one(console, found, system_clock())
    elif what:
        items(console, found, system_clock())
    else:
        groups(console, found, system_clock())


def _do(api: Api, path: str, reason: str, *, is_group: bool) -> list[Any]:
    """Do it to a group page by page, or to one."""
    if not is_group:
        return list(api.post(path, {"reason": reason})["items"])
    done: list[Any] = []
    after: str | None = ""
    while after is not None:
        page = api.post(path, {"reason": reason}, after=after, limit=PAGE)
        done += page["items"]
        after = page["next"]
    return done


def _assigned(text: str) -> tuple[str, Any]:
    """Return path and value of `$.a=1`; what is no JSON is a text.  Raises `Misconfigured`."""
    path, is_given, value = text.partition("=")
    if not is_given or not path.startswith("$."):
        raise Misconfigured(f"{text!r} is no path=value: $.data.copies=2, say.")
    try:
        return path, msgspec.json.decode(value)
    except msgspec.DecodeError:
        return path, value


# ---- what is seen


def groups(out: Console, found: Mapping[str, Any], now: datetime) -> None:
    """Show the groups, what came last first."""
    if not found["groups"]:
        out.print("Nothing is set aside that nobody did anything about.")
        return
    shown = columns("=group", "topic", "", ">count", ">last hour", ">before", ">oldest", "field")
    for group in found["groups"]:
        shown.add_row(
            group["id"],
            f"{group['service']} ← {group['topic']}",
            f"[dim]{GROUPED[group['kind']]}[/]",
            f"{group['count']:,}",
            f"{group['last_hour']:,}",
            f"{group['hour_before']:,}",
            _age(group["oldest_ms"], now),
            escape(group["field"]),
        )
        shown.add_row("", f"  [dim]{escape(group['reason'])}[/]")
    print_table(out, shown)
    if not found["is_whole"]:
        out.print("[dim]… and more than are counted: those stuck for longest are[/]")


def items(out: Console, found: Mapping[str, Any], now: datetime) -> None:
    """Show what is in a group, what cannot be sent again as it was, and who asked what of it."""
    group = found["group"]
    say(out, f"[bold]{group['count']:,}[/] of {group['service']}: {escape(group['reason'])}")
    shown = columns("=record", "=application", "=dossier", ">since", "")
    for item in found["items"]:
        shown.add_row(
            _name(item),
            item["application"],
            item["dossier"],
            _age(_ms(item["at"]), now),
            f"[yellow]{item['why_en']}[/]" if item["why"] else "",
        )
        if asked := item["asked"]:
            shown.add_row(*[""] * 4, escape(_asked(asked)))
    print_table(out, shown)
    if found["next"] is not None:
        out.print("[dim]… and more: --rows, or --json[/]")


def one(out: Console, found: Mapping[str, Any], now: datetime) -> None:
    """Show one: what is wrong in it, itself, and what was done about it."""
    name, since = escape(_name(found)), _age(_ms(found["at"]), now)
    say(out, f"[bold]{name}[/]  {escape(found['type'])}  {since}")
    say(out, f"{found['service']}: {escape(found['reason'])} [bold]{escape(found['field'])}[/]")
    if found["expected"]:
        say(out, f"  [dim]the contract has {escape(told(found['expected']).en)}[/]")
    differing = columns("path", "the contract has", "the record has")
    for each in found["differences"]:
        said = each["path"], told(each["expected"]).en, each["found"]
        differing.add_row(*map(escape, said))
    if found["differences"]:
        out.print(differing)
    lines(out, found["lines"])
    if answered := found["answered"]:
        say(out, _answered(answered))
    elif found["why"]:
        say(out, f"[yellow]{found['why_en']}[/]")
    for edit in found["edits"]:
        stands = f"{edit['verdict']} by {edit['checked_by']}" if edit["verdict"] else "waits"
        fields = ", ".join(f"{c['path']} → {c['after']}" for c in edit["changes"])
        does = _asked(edit) if edit["is_dismissal"] else f"copy by {edit['by']}: {fields}"
        say(out, f"{edit['number']}: {escape(does)} · {stands}")


def _asked(said: Mapping[str, Any]) -> str:
    return f"{said['by']} asks to dismiss it: {said['reason']}"


def _answered(said: Mapping[str, Any]) -> str:
    checked = f", accepted by {said['checker']}" if said["checker"] else ""
    became = f" · {said['became']}" if said["became"] else ""
    return f"{said['did']} by {said['by']}{checked}: {escape(said['reason'])}{became}"


def lines(out: Console, shown: Sequence[Mapping[str, Any]]) -> None:
    """Show a record, what is wrong in it marked."""
    for line in shown:
        mark = "[red]✗[/]" if line["is_wrong"] else " "
        name = line["path"].rpartition(".")[2]
        say(
            out,
            f"{mark} {'  ' * (line['depth'] - 1)}{escape(name)}  [dim]{escape(line['shown'])}[/]",
        )


def outcome(out: Console, done: Sequence[Mapping[str, Any]]) -> None:
    """Show what was done to each."""
    shown = columns("=record", "=application", "")
    for item in done:
        shown.add_row(_name(item), item["application"], item["result"].replace("_", " "))
    print_table(out, shown)


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['topic']}/{item['partition']}/{item['offset']}"


def _ms(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1_000)


def _age(at_ms: int, now: datetime) -> str:
    return age(max(0, int(now.timestamp()) - at_ms // 1_000))
