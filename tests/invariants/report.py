"""What a run tells: a table on the screen, and all of it as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.disk import remedy
from shared.errors import Misconfigured
from tests.invariants.outcome import Outcome
from tests.invariants.partners import Ledger

SHOWN = 3  # violations of an invariant on the screen; the file has more


class Verdict(NamedTuple):
    """Whether a mutant was found out: the invariants that broke, and what was said of the one."""

    name: str
    breaks: int
    broken: Sequence[int]
    is_caught: bool
    because: Sequence[str] | None = None


def content(outcome: Outcome, mutants: Sequence[Verdict]) -> dict[str, Any]:
    """Return the report as JSON values."""
    return {
        "holds": outcome.holds and all(m.is_caught for m in mutants),
        "seed": outcome.plan.seed,
        "applications": outcome.acknowledged,
        "unfinished": outcome.unfinished,
        "elapsed_s": round(outcome.elapsed_s, 1),
        "records": outcome.records,
        "invariants": [
            {
                "number": f.number,
                "sentence": f.sentence,
                "holds": f.holds,
                "counted": f.counted,
                "wrong": list(f.wrong),
            }
            for f in outcome.findings
        ],
        "faults": [
            {
                "kind": fault.kind,
                "whom": fault.whom,
                "times": outcome.faults.get(fault, 0),
                "required": fault in outcome.plan.faults,
            }
            for fault in outcome.faults
        ],
        "partners": [ledger._asdict() for ledger in outcome.partners],
        "restarts": outcome.restarts,
        "wrong": outcome.wrong,
        "stuck": outcome.stuck,
        "mutants": [
            {
                "name": m.name,
                "breaks": m.breaks,
                "broken": list(m.broken),
                "caught": m.is_caught,
                "because": list(m.because or ())[:SHOWN],
            }
            for m in mutants
        ],
    }


def write(path: Path, outcome: Outcome, mutants: Sequence[Verdict]) -> None:
    """Write the report, whole or not at all.  Raises `Misconfigured`."""
    text = json.dumps(content(outcome, mutants), indent=2, ensure_ascii=False) + "\n"
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text)
        fresh.rename(path)
    except OSError as error:
        raise Misconfigured(
            f"{path} cannot be written ({error.strerror}): {remedy(error, path)} before the next"
            " run; all that is left of this one stands above."
        ) from error


def show(console: Console, outcome: Outcome, mutants: Sequence[Verdict]) -> None:
    """Print what held, what happened how often, and what is wrong."""
    console.print(_faults(outcome))
    console.print(_partners(outcome))
    console.print(_invariants(outcome))
    for fault in outcome.missed:
        console.print(f"[red]✗[/] never happened: {fault}")
    for sentence in (*outcome.wrong, *outcome.stuck):
        console.print(f"[red]✗[/] {escape(sentence)}", soft_wrap=True)
    for m in mutants:
        mark = "[green]✓[/]" if m.is_caught else "[red]✗[/]"
        broken = ", ".join(map(str, m.broken)) or "nothing"
        console.print(f"{mark} the build that {m.name} breaks {broken}; it has to break {m.breaks}")
    mark = "[green]✓[/]" if outcome.holds and all(m.is_caught for m in mutants) else "[red]✗[/]"
    console.print(
        f"{mark} {outcome.acknowledged:,} applications, {outcome.records:,} records, seed "
        f"{outcome.plan.seed}, {outcome.elapsed_s:.0f} s"
    )


def _faults(outcome: Outcome) -> Table:
    """Return the faults, a line for each kind."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("what was done", no_wrap=True)
    table.add_column("to whom, how often")
    kinds = dict.fromkeys(fault.kind for fault in outcome.faults)
    for kind in kinds:
        hit = [f"{f.whom} {n}" for f, n in outcome.faults.items() if f.kind == kind and n]
        if hit:
            table.add_row(kind, " · ".join(hit))
    return table


def _partners(outcome: Outcome) -> Table:
    """Return what there was of each partner, a line each."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in Ledger._fields:
        is_text = title in ("partner", "family")
        table.add_column(title.replace("_", " "), justify="left" if is_text else "right")
    for ledger in outcome.partners:
        table.add_row(*(f"{x:,}" if isinstance(x, int) else x for x in ledger))
    return table


def _invariants(outcome: Outcome) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "must always hold", "counted", ""):
        table.add_column(title, justify="right" if title == "counted" else "left")
    for f in outcome.findings:
        wrong = escape("\n".join(f.wrong[:SHOWN]))
        mark = "[green]✓[/]" if f.holds else "[red]✗[/]"
        table.add_row(mark, f"{f.number} {f.sentence}", f"{f.counted:,}", wrong)
    return table
