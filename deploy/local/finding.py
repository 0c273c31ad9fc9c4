"""`motcua catalogue find`: a unit, what an old code has become, or a procedure's steps."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.local.refusals import say
from shared.catalogue import Catalogue, Procedure, Unit, Workflow, load
from shared.catalogue.names import folded, spoken, without_kind
from shared.clock import VIETNAM
from shared.errors import Misconfigured
from shared.settings import Settings as Shared

# what the data calls it → what people do
UNITS = {
    "working_day": "working days",
    "working_hour": "working hours",
    "calendar_day": "calendar days",
    "by_plan": "days by plan",
}
NO_LIMIT = ("on the same day", "by plan")
BECAME = {"exact": "it became", "default_of_split": "it was split among, the default first"}

console = Console(highlight=False)

Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="left out: today")]
Shown = Annotated[int, typer.Option("--rows", min=0, help="rows shown of each list")]


def find(
    name: Annotated[str, typer.Argument(help="how a unit's name begins, or a code")],
    on: Day = None,
    province: Annotated[str, typer.Option("--province", help="a province's code")] = "",
    folder: Annotated[Path | None, typer.Option("--in", help="left out: the one in use")] = None,
    rows: Shown = 40,
) -> None:
    """Find a unit by its name or code, what an old code has become, or a procedure's steps."""
    catalogue, day = load(folder or Shared().catalogue), (on or datetime.now(VIETNAM)).date()
    _require_province(catalogue, province, day)
    if procedure := catalogue.procedure(name, day):
        _show_steps(procedure, catalogue.workflow(procedure, province, day))
        return
    unit = catalogue.unit(name, day)
    found = [unit] if unit else catalogue.units_named(name, day, province)
    found = found or _beginning(catalogue, name, day, province)
    for each in found[:rows]:
        where = None if each.is_province else catalogue.province_of(each.code, day)
        console.print(f"{each.code}  {each.name}" + (f"  [dim]{where.name}[/]" if where else ""))
    if len(found) > rows:
        console.print(f"[dim]… and {len(found) - rows:,} more: --rows[/]")
    since = _said_from(catalogue, name, day)
    if since is None and not found:
        raise Misconfigured(_nothing(name, day, province))
    if since is not None:
        later = f"from {since} on, " if since > day else ""
        if later and not found:
            console.print(f"No unit has the code {name} on {day}.")
        _show_became(catalogue, name, since, later)


def _said_from(catalogue: Catalogue, code: str, on: date) -> date | None:
    """Return the day as of which it is known what an old code became: this one, else the next."""
    later = (row.valid_from for row in catalogue.successors.get(code, ()) if row.valid_from > on)
    days = (on, *sorted(later))
    return next((d for d in days if catalogue.current_units(code, d).kind != "unknown"), None)


def _show_became(catalogue: Catalogue, code: str, on: date, later: str) -> None:
    became = catalogue.current_units(code, on)
    names = [u.name for each in became.units if (u := catalogue.unit(each, on))]
    pairs = ", ".join(f"{c} {n}" for c, n in zip(became.units, names, strict=True))
    say(console, f"As an old code, {later}{BECAME[became.kind]}: {pairs}")


def _nothing(name: str, on: date, province: str) -> str:
    if name.isdigit():
        return (
            f"No unit has the code {name} on {on}, and as an old code it leads to none: try a"
            " name, or another --on."
        )
    inside = f" in province {province}" if province else ""
    return f"No name{inside} begins with {name!r} on {on}: try fewer letters, or another --on."


def _require_province(catalogue: Catalogue, province: str, on: date) -> None:
    unit = catalogue.unit(province, on) if province else None
    if province and not (unit and unit.is_province):
        raise Misconfigured(
            f"--province {province} is no province's code on {on}: `motcua catalogue find` with"
            " its name tells it."
        )


def _beginning(catalogue: Catalogue, name: str, on: date, province: str) -> list[Unit]:
    """Return the units whose names begin so, with or without their kind; marks count if given."""
    spelled = folded if spoken(name) == folded(name) else spoken
    wanted = spelled(name).strip()
    return [
        unit
        for unit in catalogue.units_in_force(on)
        if wanted
        and (not province or unit.province == province)
        and any(
            each.startswith(wanted)
            for each in (spelled(unit.name), without_kind(spelled(unit.name)))
        )
    ]


def _show_steps(procedure: Procedure, workflow: Workflow) -> None:
    time = procedure.processing_time
    limit = f"{time.value} {UNITS[time.unit]}" if time.value else NO_LIMIT[time.unit == "by_plan"]
    console.print(f"{procedure.code}  {procedure.name_vi}  [dim]{limit}[/]")
    whose = "made from the policy, as none are written" if workflow.is_derived else workflow.id
    console.print(f"Steps: {whose} [dim](confidence {workflow.confidence})[/]")
    for n, step in enumerate(workflow.steps, 1):
        parts = ((step.days, "days"), (step.hours, "hours"), (step.minutes, "minutes"))
        took = " ".join(f"{value} {unit}" for value, unit in parts if value)
        console.print(f"{n}  {step.code}  {step.name_vi} [dim]{step.role}  {took}[/]")
