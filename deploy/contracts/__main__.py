"""Says what changed in the contracts since they were last published, and makes the files anew:
`make contracts`.

Exit status 1, and nothing written, if a change breaks somebody.  `--check` never writes; it has
status 1 also when files are stale.
"""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.contracts.baseline import baseline
from deploy.contracts.published import DOCS, Files, changes, files, standing
from deploy.contracts.rules import Change
from deploy.contracts.tables import NoSuchMark
from deploy.local import refusals
from shared.errors import Misconfigured

LINES_LIMIT = 40
NEXT = """\
Leave what stands as it is, and put the change beside it: an event type of its own, such as
{event}.v2, with a recorded message, or an operation under /v2. Write and serve both until the last
reader has moved. If {since} was never published, compare with what was:
make contracts SINCE=<a tag or commit>"""

_console = Console(highlight=False)


def main(
    check: Annotated[bool, typer.Option("--check", help="only tell, write nothing")] = False,
    docs: Annotated[Path, typer.Option(help="where they are kept")] = DOCS,
    since: Annotated[str, typer.Option(help="a tag or commit, not what was published last")] = "",
) -> None:
    """Compare the contracts with what was last published, and make the files anew."""
    try:
        last, old, new = baseline(docs, since), standing(docs), files(docs)
        found = list(changes(last.files, new))
    except json.JSONDecodeError as error:
        raise _stop(f"A file in docs/contracts is not JSON ({error}): git restore it.") from None
    except NoSuchMark as error:
        raise _stop(f"docs/portals.md has lost a mark: {error}.") from None
    except Misconfigured as error:
        raise _stop(str(error)) from None
    except OSError as error:
        raise _stop(f"{error.strerror}: {error.filename}: git restore it.") from None
    refusals.say(_console, f"Compared with {last.name}.")
    _tell(found)
    broken = [path for path, change in found if change.breaks]
    if broken:
        event = next((p.split("/")[-1][:-5] for p in broken if "/events/" in p), "<type>")
        raise _stop(NEXT.format(event=event, since=last.name))
    stale = sorted(path for path in {*old, *new} if old.get(path) != new.get(path))
    if not stale:
        refusals.say(_console, f"The contracts are as recorded: {len(new)} files.")
    elif check:
        raise _stop(f"{len(stale)} files are stale, {stale[0]} the first: make contracts.")
    else:
        _write(docs, new, stale)
        refusals.say(_console, f"Recorded; nobody breaks. {len(stale)} files changed in docs.")


def _stop(because: str) -> typer.Exit:
    refusals.refuse(_console, because)
    return typer.Exit(1)


def _tell(found: list[tuple[str, Change]]) -> None:
    """Say each change in a line, the breaking ones first."""
    for path, change in sorted(found, key=lambda told: not told[1].breaks)[:LINES_LIMIT]:
        who = f"breaks {' and '.join(sorted(change.breaks))}" if change.breaks else "breaks nobody"
        name = path.removeprefix("contracts/").removesuffix(".json")
        what = f"{change.says}: {change.what}" if change.what else change.says
        style = "red" if change.breaks else "none"
        told = f"{who}  {name}  {change.where}  {what}"
        _console.print(told, style=style, markup=False, soft_wrap=not _console.is_terminal)
    if len(found) > LINES_LIMIT:
        refusals.say(_console, f"… and {len(found) - LINES_LIMIT} changes more")


def _write(docs: Path, new: Files, stale: list[str]) -> None:
    for path in stale:
        target = docs / path
        if path in new:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(new[path])
        else:
            target.unlink()


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    refusals.run(_console, app)
