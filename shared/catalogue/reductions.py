"""What is wrong with the rows of `fees.json`: whom a fee spares, and what a province has set."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.catalogue.dated import in_force
from shared.catalogue.fees import Flat, Free, FreeIfOnTime, Itemised, Provincial
from shared.catalogue.rows import Procedure, Tables, Unit


class Found(NamedTuple):
    """Which row, what it is about, why not."""

    row: int
    subject: str
    why: str


def exemption_problems(tables: Tables) -> Iterator[Found]:
    """Tell which exemptions nobody could ever have."""
    for n, row in enumerate(tables.fee_exemptions):
        fees = [p.fee for p in _versions(tables, row.procedure)]
        if not fees:
            yield Found(n, row.subject, f"no procedure has the code {row.procedure}")
        elif all(isinstance(fee, Free) for fee in fees):
            yield Found(n, row.subject, "the procedure is free: leave this row out")
        elif row.is_reduced and not any(isinstance(f, Flat) and f.reduced_vnd for f in fees):
            yield Found(n, row.subject, "the fee has no `reduced_vnd`: give `percent` instead")
        elif not row.source:
            yield Found(n, row.subject, "say by which text (`source`)")


def resolution_problems(tables: Tables, units: Mapping[str, Sequence[Unit]]) -> Iterator[Found]:
    """Tell which resolutions set what is not a province's to set, or nothing."""
    for n, row in enumerate(tables.fee_resolutions):
        procedure = in_force(_versions(tables, row.procedure), row.valid_from)
        if not any(unit.is_province for unit in units.get(row.province, ())):
            yield Found(n, row.subject, "no such province")
        elif procedure is None:
            yield Found(n, row.subject, f"{row.procedure} is not in force on {row.valid_from}")
        elif isinstance(procedure.fee, Itemised) != bool(row.items):
            yield Found(n, row.subject, "give `items` where the fee has several, and only there")
        elif not isinstance(procedure.fee, Provincial | FreeIfOnTime | Itemised | Flat):
            yield Found(n, row.subject, "this fee is the same in every province")
        elif not row.source:
            yield Found(n, row.subject, "say by which resolution (`source`)")


def _versions(tables: Tables, code: str) -> list[Procedure]:
    return [p for p in tables.procedures if p.code == code]
