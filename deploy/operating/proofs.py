"""`motcua proofs`: those that operations makes in the background; `motcua prove` makes one here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import Api, calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import columns, print_table
from deploy.proving.shown import show
from services.operations.domain.proof.tally import Proof
from services.operations.domain.proof.words import waited
from services.operations.proofs.paper import page
from services.operations.proofs.report import Report, Unreadable, read
from shared.errors import Misconfigured

VERBS = ("abort", "report")

console = Console(highlight=False)

Id = Annotated[str, typer.Argument(metavar="[ID]", help="of a proof; left out: the newest")]
Verb = Annotated[str, typer.Argument(help="abort, or report: the signed one")]
Since = Annotated[str, typer.Option("--from", help="begin one of this day, or instant, on")]
Until = Annotated[str, typer.Option("--to", help="and up to this day, or instant")]
Out = Annotated[
    Path | None, typer.Option("--out", help="where the report goes; else it is printed")
]
Html = Annotated[Path | None, typer.Option("--html", help="the report as a page to print")]
Verify = Annotated[Path | None, typer.Option("--verify", help="a report: was it signed so?")]


def proofs(
    id_: Id = "",
    verb: Verb = "",
    since: Since = "",
    until: Until = "",
    out: Out = None,
    html: Html = None,
    verify: Verify = None,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show the proofs that operations made or makes, or one; begin one, end it, take its report.

    Ends with 1 where something is excepted, or a report is not as it was signed.
    """
    if verb and verb not in VERBS:
        raise Misconfigured(f"{verb!r} is none of {', '.join(VERBS)}.")
    if bool(since) != bool(until):
        raise Misconfigured("Name --from and --to: two days, as 2026-11-01, or instants.")
    with calling(*where(at, keys)) as api:
        if verify:
            found, is_well = _verified(api, verify)
        elif verb == "report":
            _leave(api.content(f"/v1/proofs/{id_}/report"), out, html, as_json=as_json)
            return
        else:
            found = _asked(api, id_, verb, since, until)
            is_well = not _is_excepted(found)
    if as_json:
        say_json(found)
    elif "items" in found:
        show_all(console, found["items"])
    elif verify:
        show_verified(console, found)
    else:
        show_one(console, found)
    raise typer.Exit(0 if is_well else 1)


def _asked(api: Api, id_: str, verb: str, since: str, until: str) -> Any:
    if since:
        return api.post("/v1/proofs", {"since": since, "until": until})
    if not id_:
        return api.get("/v1/proofs")
    return api.post(f"/v1/proofs/{id_}/abort", {}) if verb else api.get(f"/v1/proofs/{id_}")


def _verified(api: Api, path: Path) -> tuple[Any, bool]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from None
    found = api.sent("/v1/proofs/verifications", content)
    return found, found["is_signed"]


def _leave(content: bytes, out: Path | None, html: Path | None, *, as_json: bool) -> None:
    try:
        if html:
            html.write_text(page(*read(content)))
        if out:
            out.write_bytes(content)
    except Unreadable as error:
        raise Misconfigured(f"What operations answered is {error}.") from None
    except OSError as error:
        raise Misconfigured(f"{error.filename} cannot be written: {error.strerror}.") from None
    if as_json or not (out or html):
        console.print(content.decode(), markup=False, soft_wrap=True)
        return
    if html:
        say(console, f"[green]✓[/] {html}  [dim]a page to print[/]")
    if out:
        say(console, f"[green]✓[/] {out}  [dim]motcua proofs --verify {out} looks at it[/]")


def _made(found: Mapping[str, Any]) -> Mapping[str, Any]:
    made: Mapping[str, Any] = found.get("made", found)
    return made


def _is_excepted(found: Mapping[str, Any]) -> bool:
    return "items" not in found and _made(found)["holds"] is False


def show_all(console: Console, items: list[Mapping[str, Any]]) -> None:
    """Show proofs, the newest first."""
    table = columns("=id", "from", "to", "", ">applications", ">excepted", "by")
    for made in items:
        standing = made["standing"] + (f" {made['share']} %" if made["ended_at"] is None else "")
        if made["holds"] is not None:
            standing = "[green]holds[/]" if made["holds"] else "[bold red]does not hold[/]"
        numbers = (f"{made['applications']:,}", f"{made['excepted']:,}")
        table.add_row(made["id"], made["since"], made["until"], standing, *numbers, made["by"])
    if items:
        print_table(console, table)
    else:
        say(console, "No period was proven yet: --from and --to begin one.")


def show_one(console: Console, found: Mapping[str, Any]) -> None:
    """Show a proof, and what it found until now."""
    show_all(console, [_made(found)])
    table = columns("", "", ">", "")
    for one in found.get("equations", ()):
        mark = "[green]✓[/]" if one["holds"] else "[bold red]✗[/]"
        right = " + ".join(f"{what} {n:,}" for what, n in one["right"].items() if n) or "0"
        name = f"{one['name']} {one['of']}".strip()
        table.add_row(mark, name, f"{one['left']:,}", f"{one['relation']} {right}")
    if table.row_count:
        console.print(table)
    if waits := waited(msgspec.convert(found.get("proof", {}), Proof)):
        say(console, f"[yellow]…[/] {waits.en}.")


def show_verified(console: Console, found: Mapping[str, Any]) -> None:
    """Show what a report says, and whether it is as it was signed."""
    show(console, msgspec.convert(found["report"], Report), 20)
    if found["is_signed"]:
        say(console, "[green]✓[/] It is as this system signed it.")
    else:
        say(console, "[bold red]It is not as this system signed it.[/]")
