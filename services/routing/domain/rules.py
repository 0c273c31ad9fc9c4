"""Which unit decides, as rules with effective dates; `explain` says which rule led where, and why.

A rule names, in order, where the competent unit is looked for.  A place that does not apply (no
residence stated) lets the next one speak; a place that cannot tell (an old unit that was split)
hands the dossier to a person, and never guesses.
A province's public administration service centre goes by the province's code.
"""

from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from shared.catalogue import Catalogue, Procedure, in_force
from shared.errors import Misconfigured

RULES = Path(__file__).parent / "rules.json"

Place = Literal["receiving_commune", "residence_commune", "receiving_province"]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In force from `valid_from` up to but without `valid_to`.

    `same_province`: the competent unit must be in the province that received the dossier.
    """

    id: str
    levels: frozenset[str]
    non_boundary: frozenset[str]
    competent: tuple[Place, ...]
    same_province: bool
    returning: Literal["receiving_unit", "competent_unit"]
    why: str
    valid_from: date
    valid_to: date | None


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules; exactly one is in force for each kind of procedure on each day."""

    version: str
    source: str
    rules: tuple[Rule, ...]

    def applying_to(self, procedure: Procedure, on: date) -> Rule | None:
        """Return the rule for this procedure on this day."""
        level, boundary = procedure.competent_level, procedure.non_boundary
        matching = [r for r in self.rules if level in r.levels and boundary in r.non_boundary]
        return in_force(matching, on)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Where a dossier goes, and why.

    Without a `competent_unit` a person must choose, among `candidates` if any; `reason` says why.
    """

    receiving_unit: str
    competent_unit: str = ""
    returning_unit: str = ""
    rule: str
    rule_version: str
    why: str
    facts: dict[str, str]
    catalogue_version: str
    candidates: tuple[str, ...] = ()
    reason: str = ""


class _Found(NamedTuple):
    """What became of a unit's code: the unit it is now, or why nobody can tell."""

    unit: str = ""
    candidates: tuple[str, ...] = ()
    reason: str = ""


_SILENT = _Found()


class UnknownProcedure(Exception):
    """Intake knew this procedure, our catalogue does not: load the same one, then release."""


def load_rules(path: Path = RULES) -> Rules:
    """Read the rules.  Raises `Misconfigured`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Rules)
    except (OSError, msgspec.MsgspecError) as e:
        raise Misconfigured(f"the routing rules in {path.name} cannot be read: {e}") from e


def explain(
    catalogue: Catalogue,
    rules: Rules,
    procedure_code: str,
    residence_unit: str,
    receiving_unit: str,
    on: date,
) -> Route:
    """Return where a dossier of that day goes, and why.  Raises `UnknownProcedure`."""
    procedure = catalogue.procedure(procedure_code, on)
    if procedure is None:
        raise UnknownProcedure(f"procedure {procedure_code} is not in force on {on}")
    return _Survey(catalogue, rules, procedure, residence_unit, receiving_unit, on).route()


class _Survey:
    """One question to the rules, with what was found so far."""

    def __init__(
        self,
        catalogue: Catalogue,
        rules: Rules,
        procedure: Procedure,
        residence_unit: str,
        receiving_unit: str,
        on: date,
    ) -> None:
        self._catalogue, self._rules, self._on = catalogue, rules, on
        self._procedure = procedure
        self._receiving = self._now(receiving_unit, "receiving")
        self._residence = self._now(residence_unit, "residence")
        self._received_at = self._receiving.unit or receiving_unit
        self._facts = {
            "on": on.isoformat(),
            "competent_level": procedure.competent_level,
            "non_boundary": procedure.non_boundary,
            "receiving_unit": receiving_unit,
            "receiving_unit_now": self._receiving.unit,
            "residence_unit": residence_unit,
            "residence_unit_now": self._residence.unit,
        }

    def route(self) -> Route:
        rule = self._rules.applying_to(self._procedure, self._on)
        if rule is None:
            return self._route(None, _Found(reason=f"no routing rule is in force on {self._on}"))
        if self._receiving.reason:
            return self._route(rule, self._receiving)
        for place in rule.competent:
            found = self._look(place)
            if found != _SILENT:
                return self._route(rule, self._within(rule, found))
        reason = "a commune must decide, but it was received at a centre and names no residence"
        return self._route(rule, _Found(reason=reason))

    def _look(self, place: Place) -> _Found:
        match place:
            case "residence_commune":
                return self._commune(self._residence)
            case "receiving_commune":
                return self._commune(self._receiving)
            case "receiving_province":
                return _Found(self._province(self._receiving.unit))

    def _commune(self, found: _Found) -> _Found:
        unit = self._catalogue.unit(found.unit, self._on)
        return _SILENT if unit and unit.is_province else found

    def _within(self, rule: Rule, found: _Found) -> _Found:
        """Keep to the province that received it, where the rule says so."""
        province = self._province(self._receiving.unit)
        if not rule.same_province:
            return found
        if found.candidates:
            inside = tuple(c for c in found.candidates if self._province(c) == province)
            return found._replace(candidates=inside or found.candidates)
        if found.unit and self._province(found.unit) != province:
            reason = (
                f"the residence {found.unit} is in another province than the receiving unit:"
                " choose a unit of this province, or refuse it"
            )
            return _Found(candidates=self._here(), reason=reason)
        return found

    def _here(self) -> tuple[str, ...]:
        commune = self._commune(self._receiving)
        return (commune.unit,) if commune.unit else ()

    def _province(self, code: str) -> str:
        province = self._catalogue.province_of(code, self._on)
        return province.code if province else ""

    def _now(self, code: str, what: str) -> _Found:
        """Find the unit a code names on that day, through the legacy map if it is an old one."""
        if not code:
            return _SILENT
        if self._catalogue.unit(code, self._on):
            return _Found(code)
        kind, units = self._catalogue.current_units(code)
        if kind == "exact":
            return _Found(units[0])
        if kind == "split":
            reason = f"the {what} unit {code} was split into several: choose the right one"
            return _Found(candidates=units, reason=reason)
        return _Found(reason=f"the {what} unit {code} is in no catalogue: choose a unit, or refuse")

    def _route(self, rule: Rule | None, found: _Found) -> Route:
        competent = found.unit
        returning = self._received_at
        if rule and rule.returning == "competent_unit":
            returning = competent
        return Route(
            receiving_unit=self._received_at,
            competent_unit=competent,
            returning_unit=returning if competent else "",
            rule=rule.id if rule else "",
            rule_version=self._rules.version,
            why=rule.why if rule else "",
            facts=self._facts,
            catalogue_version=self._catalogue.version,
            candidates=found.candidates,
            reason=found.reason,
        )
