"""Which unit decides: the facts of a filing, brought to the rules of that day.

Where the facts cannot tell (a unit that was split, no place stated), or rules conflict, a person
chooses; nothing is ever guessed.  What belongs to another province is refused.
A province's public administration service centre goes by the province's code.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from services.routing.domain.filing import Filing
from services.routing.domain.reasons import Reason, reason
from services.routing.domain.rule_file import load_rules
from services.routing.domain.rule_table import (
    CONFLICT,
    NO_RULE,
    Case,
    PlaceIs,
    ReceivedAt,
    Rule,
    Rules,
    Verdict,
)
from services.routing.domain.successors import NO_HEIRS, Days, Found, trace
from shared.catalogue import Catalogue, Procedure

__all__ = ["Filing", "Outcome", "Route", "Rules", "UnknownProcedure", "explain", "load_rules"]

Outcome = Literal["settle_here", "forward", "vertical_agency", "refuse", "human_choice"]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Where a dossier goes, and why.

    Without a `competent_unit` it is refused, or a person must choose, among `candidates` if any;
    `reason` says why.
    """

    receiving_unit: str
    competent_unit: str = ""
    returning_unit: str = ""
    outcome: Outcome
    rule: str
    rule_version: str
    why: str
    why_vi: str
    facts: dict[str, str]
    tried: str
    catalogue_version: str
    candidates: tuple[str, ...] = ()
    reason: str = ""
    reason_vi: str = ""


class UnknownProcedure(Exception):
    """Intake knew this procedure, our catalogue does not: load the same one, then release."""


def explain(
    catalogue: Catalogue,
    rules: Rules,
    procedure_code: str,
    residence_unit: str,
    receiving_unit: str,
    on: date,
    object_unit: str = "",
    *,
    residence_on: date | None = None,
    object_on: date | None = None,
) -> Route:
    """Return where a dossier of that day goes, and why.  Raises `UnknownProcedure`."""
    places = residence_unit, receiving_unit, on, object_unit
    filing = Filing(procedure_code, *places, residence_on, object_on)
    return route(catalogue, rules, filing, on)


def route(
    catalogue: Catalogue,
    rules: Rules,
    filing: Filing,
    on: date,
    heirs: Mapping[str, str] = NO_HEIRS,
) -> Route:
    """Return where a filing goes on this day, and why.  Raises `UnknownProcedure`.

    `heirs`: what follows a unit that ended since the codes were given, several codes if it was
    split; of what is not named here the catalogue tells it.
    """
    procedure = catalogue.procedure(filing.procedure, on)
    if procedure is None:
        raise UnknownProcedure(f"procedure {filing.procedure} is not in force on {on}")
    return _Survey(catalogue, rules, procedure, filing, on, heirs).route()


class _Survey:
    """One question to the rules, with what was found so far."""

    def __init__(
        self,
        catalogue: Catalogue,
        rules: Rules,
        procedure: Procedure,
        filing: Filing,
        on: date,
        heirs: Mapping[str, str],
    ) -> None:
        self._catalogue, self._rules, self._on = catalogue, rules, on
        self._procedure, self._filing = procedure, filing
        self._is_bound = _is_bound_to_an_object(rules, procedure)
        days = Days(filing.given_on, on, heirs)
        self._receiving = trace(catalogue, filing.receiving_unit, "receiving", days)
        self._stated = place = filing.place(self._is_bound)
        if place.given_on:
            days = days._replace(given_on=place.given_on)
        self._place = trace(catalogue, place.code, place.what, days)
        self._province = self._province_of(self._receiving.unit)
        self._received_at = self._receiving.unit or filing.receiving_unit
        self._listed = rules.listed(catalogue, self._province, procedure.code, on)

    def route(self) -> Route:
        verdict = self._rules.verdict(self._case(), self._on)
        rule = verdict.rule
        if rule is None:
            return self._unruled(verdict)
        if rule.decides == "refusal":
            return self._route(
                rule, verdict.tried, "refuse", Found(reason=Reason(rule.why_en, rule.why_vi))
            )
        found = self._look(rule)
        if not found.unit:
            return self._route(rule, verdict.tried, "human_choice", found)
        if rule.decides == "vertical_agency":
            return self._route(rule, verdict.tried, "vertical_agency", found)
        is_here = found.unit == self._receiving.unit
        return self._route(rule, verdict.tried, "settle_here" if is_here else "forward", found)

    def _case(self) -> Case:
        procedure = self._procedure
        return Case(
            procedure.code,
            self._province,
            procedure.competent_level,
            procedure.non_boundary,
            self._reception(),
            "object" if self._is_bound else "residence",
            self._seen_from_there(),
            self._listed,
        )

    def _reception(self) -> ReceivedAt:
        if self._receiving.candidates:
            return "split"
        if not self._receiving.unit:
            return "unknown"
        return "centre" if self._receiving.unit == self._province else "commune"

    def _seen_from_there(self) -> PlaceIs:
        if self._place.candidates:
            return self._split_seen_from_there()
        if self._place.reason:
            return "unknown"
        unit = self._place.unit
        province = self._province_of(unit)
        if not unit:
            return "none"
        is_elsewhere = province != self._province
        if unit == province and not (self._is_bound and is_elsewhere):
            return "none"  # a whole province names no commune
        if unit == self._receiving.unit:
            return "same_unit"
        return "other_province" if is_elsewhere else "same_province"

    def _split_seen_from_there(self) -> PlaceIs:
        """Where no commune decides, it is enough that all that a unit became is in one province."""
        provinces = {self._province_of(code) for code in self._place.candidates}
        if self._procedure.competent_level == "commune" or len(provinces) > 1:
            return "split"
        return "same_province" if provinces == {self._province} else "other_province"

    def _look(self, rule: Rule) -> Found:
        """Return the unit that a rule leads to; where there is none, what a person may choose."""
        match rule.decides:
            case "receiving_commune" if self._reception() == "commune":
                return self._receiving
            case "commune_of_place" if self._place.unit and not self._is_province(self._place.unit):
                return self._place
            case "centre_of_province" | "vertical_agency" if self._province:
                return Found(self._province)
        return self._for_a_person(rule)

    def _for_a_person(self, rule: Rule) -> Found:
        """Return what a person may choose from, and why one must."""
        if not self._receiving.unit:
            return (
                self._receiving
                if self._receiving.reason
                else Found(reason=Reason(rule.why_en, rule.why_vi))
            )
        if self._place.reason:
            if self._procedure.competent_level != "commune":
                provinces = map(self._province_of, self._place.candidates)
                return self._place._replace(candidates=tuple(dict.fromkeys(provinces)))
            inside = tuple(c for c in self._place.candidates if self._is_here(c))
            is_bounded = not self._procedure.non_boundary.startswith("nationwide")
            return self._place._replace(
                candidates=(is_bounded and inside) or self._place.candidates
            )
        known = (self._place.unit, self._receiving.unit)
        candidates = tuple(c for c in dict.fromkeys(known) if c and not self._is_province(c))
        return Found(candidates=candidates, reason=Reason(rule.why_en, rule.why_vi))

    def _unruled(self, verdict: Verdict) -> Route:
        """Hand it to a person: no rule applies, or several that lead to different ends."""
        if not verdict.conflicting:
            found = Found(reason=reason("no-rule", on=self._on))
            return self._route(None, verdict.tried, "human_choice", found, NO_RULE)
        units = (self._look(rule).unit for rule in verdict.conflicting)
        candidates = tuple(dict.fromkeys(unit for unit in units if unit))
        names = ", ".join(rule.id for rule in verdict.conflicting)
        found = Found(candidates=candidates, reason=reason("rules-conflict", names=names))
        named = f"{CONFLICT}:{names.replace(', ', '+')}"
        return self._route(None, verdict.tried, "human_choice", found, named)

    def _is_here(self, code: str) -> bool:
        return self._province_of(code) == self._province

    def _is_province(self, code: str) -> bool:
        return self._province_of(code) == code

    def _province_of(self, code: str) -> str:
        unit = self._catalogue.unit(code, self._on) if code else None
        return unit.province if unit else ""

    def _route(
        self, rule: Rule | None, tried: str, outcome: Outcome, found: Found, named: str = ""
    ) -> Route:
        competent = found.unit
        returning = self._received_at
        if rule and rule.returning == "competent_unit":
            returning = competent
        return Route(
            receiving_unit=self._received_at,
            competent_unit=competent,
            returning_unit=returning if competent else "",
            outcome=outcome,
            rule=rule.id if rule else named,
            rule_version=self._rules.version,
            why=rule.why_en if rule else "",
            why_vi=rule.why_vi if rule else "",
            facts=self._facts(outcome),
            tried=tried,
            catalogue_version=self._catalogue.version,
            candidates=found.candidates,
            reason=str(found.reason),
            reason_vi=found.reason.vi,
        )

    def _facts(self, outcome: Outcome) -> dict[str, str]:
        """Return what it was decided from; what a code has become only if that is another, or if
        the code was said to be of another day.
        """
        filing, procedure = self._filing, self._procedure
        facts = {
            "on": self._on.isoformat(),
            "competent_level": procedure.competent_level,
            "non_boundary": procedure.non_boundary,
            "receiving_unit": filing.receiving_unit,
            "residence_unit": filing.residence_unit,
            "outcome": outcome,
        }
        if self._listed != "no_list":
            facts["listed"] = self._listed
        if self._receiving.unit not in ("", filing.receiving_unit):
            facts["receiving_unit_now"] = self._receiving.unit
        if self._is_bound:
            facts["place_of"] = "object"
        if self._is_bound or filing.object_unit:
            facts["object_unit"] = filing.object_unit
        stated = self._stated
        if self._place.unit and (stated.given_on or self._place.unit != stated.code):
            facts["object_unit_now" if self._is_bound else "residence_unit_now"] = self._place.unit
        return facts | filing.days()


def _is_bound_to_an_object(rules: Rules, procedure: Procedure) -> bool:
    restricted = procedure.non_boundary.startswith("restricted_to_")
    return restricted or procedure.code in rules.object_bound
