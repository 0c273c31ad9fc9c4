"""What was sought by unit, partner and days, as the page of findings is titled."""

from datetime import date
from typing import NamedTuple

from services.operations.console.facts import same, unit
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words, written
from services.operations.finding import Found, Kind


class Part(NamedTuple):
    """A part of what was sought."""

    kind: Kind
    name: Words


def sought(found: Found, units: Units) -> list[Part]:
    """Return what was sought; nothing where a name was found."""
    kinds = {hit.kind for hit in found.found}
    if kinds - {"unit", "partner", "days"}:
        return []
    return [
        Part(each.kind, _name(each.kind, each.name, units))
        for each in found.understood
        if each.kind in ("unit", "partner", "days")
    ]


def _name(kind: Kind, name: str, units: Units) -> Words:
    if kind == "unit":
        named = [unit(code, units) for code in name.split(", ")]
        return Words("; ".join(n.vi for n in named), "; ".join(n.en for n in named))
    if kind == "days":
        days = [date.fromisoformat(day) for day in name.split(" – ")]
        vi, en = (" – ".join(written(day, lang) for day in days) for lang in ("vi", "en"))
        return Words(vi, en)
    return same(name)
