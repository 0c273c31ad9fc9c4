"""The rules as a table: conditions over a case, what they decide, and since when.

A case is what the facts come to: few values for each condition, so that a test can try all of them.
Of the rules that a case meets the most specific decides (one that names the procedure before one
that names the province, before one that names neither); if several are as specific, they conflict,
and a person decides.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import product, starmap
from math import prod
from typing import Literal, NamedTuple, get_args

import msgspec

from shared.catalogue import Catalogue, in_force
from shared.catalogue.rows import Level, NonBoundary

ReceivedAt = Literal["commune", "centre", "split", "unknown"]
PlaceIs = Literal["same_unit", "same_province", "other_province", "none", "split", "unknown"]
PlaceOf = Literal["residence", "object"]
Listed = Literal["listed", "unlisted", "no_list"]
Decides = Literal[
    "receiving_commune",
    "commune_of_place",
    "centre_of_province",
    "vertical_agency",
    "person",
    "refusal",
]

CONFLICT = "conflicting-rules"
NO_RULE = "no-rule"
OUTRANKED = "outranked"  # met, but a more specific rule decided


class Case(NamedTuple):
    """What a rule is asked about, in the order in which its conditions are tried.

    `province`: of the receiving unit; `place_of`: what decides, where the applicant lives, or for a
    procedure bound to an object where that is; `place`: that place, seen from the receiving unit;
    `listed`: whether the province takes this procedure regardless of boundary.
    """

    procedure: str
    province: str
    level: Level
    non_boundary: NonBoundary
    received_at: ReceivedAt
    place_of: PlaceOf
    place: PlaceIs
    listed: Listed


_VALUES = tuple(map(get_args, (Level, NonBoundary, ReceivedAt, PlaceOf, PlaceIs, Listed)))


class Rule(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """In force from `valid_from` up to but without `valid_to`; a condition left out is always met.

    A rule is never taken away or reworded, it ends and another begins: explanations name it.  What
    is not said is not encoded: a condition that is added leaves old files their version.
    """

    id: str
    procedure: frozenset[str] = frozenset()
    province: frozenset[str] = frozenset()
    level: frozenset[Level] = frozenset()
    non_boundary: frozenset[NonBoundary] = frozenset()
    received_at: frozenset[ReceivedAt] = frozenset()
    place_of: frozenset[PlaceOf] = frozenset()
    place: frozenset[PlaceIs] = frozenset()
    listed: frozenset[Listed] = frozenset()
    decides: Decides
    returning: Literal["receiving_unit", "competent_unit"] = "receiving_unit"
    why_vi: str
    why_en: str
    valid_from: date
    valid_to: date | None = None

    @property
    def rank(self) -> tuple[bool, bool]:
        """How specific it is."""
        return bool(self.procedure), bool(self.province)

    def unmet(self, case: Case) -> str:
        """Return the first condition that this case does not meet, or nothing."""
        for condition, value in zip(Case._fields, case, strict=True):
            wanted = getattr(self, condition)
            if wanted and value not in wanted:
                return condition
        return ""


class ProvinceList(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The procedures that a province takes at any of its points, regardless of boundary, instead of
    those that the catalogue lists: for a preview of what a list would do.
    """

    province: str
    procedures: frozenset[str]
    source: str
    valid_from: date
    valid_to: date | None = None


class Verdict(NamedTuple):
    """The rule that decided; or none, and those that conflict.

    `tried`: each other rule, after the first condition it failed at: `level:a,b place:c`.
    """

    rule: Rule | None
    conflicting: tuple[Rule, ...]
    tried: str


class Rules(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    dict=True,
):
    """All rules; `object_bound`: procedures whose place is the object's, not the applicant's."""

    version: str
    source: str
    rules: tuple[Rule, ...]
    lists: tuple[ProvinceList, ...] = ()
    object_bound: frozenset[str] = frozenset()

    def verdict(self, case: Case, on: date) -> Verdict:
        """Return what the rules of this day say of a case."""
        procedures, provinces = self._named
        asked = Case(
            case.procedure if case.procedure in procedures else "",
            case.province if case.province in provinces else "",
            *case[2:],
        )
        key = bisect_right(self._turns, on), asked  # as many as there are cases: never evicted
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judge(asked, on)
        return known

    def listed(self, catalogue: Catalogue, province: str, procedure: str, on: date) -> Listed:
        """Tell whether a province has this procedure on its list; without a list it takes all."""
        rows = [row for row in self.lists if row.province == province]
        row = in_force(rows, on) if rows else None
        is_listed = catalogue.takes_anywhere(province, procedure, on)
        if row is not None:
            is_listed = procedure in row.procedures
        if is_listed is None:
            return "no_list"
        return "listed" if is_listed else "unlisted"

    def named(self, rule: str) -> Rule | None:
        """Return the rule with this id, in force or not."""
        return next((r for r in self.rules if r.id == rule), None)

    def case_count(self) -> int:
        """Return how many cases there are, the rules that name codes included."""
        procedures, provinces = self._named
        return (len(procedures) + 1) * (len(provinces) + 1) * prod(map(len, _VALUES))

    def gaps(self, on: date) -> Iterator[tuple[Case, Verdict]]:
        """Find each case that no rule, or more than one, decides on this day."""
        procedures, provinces = ({"", *named} for named in self._named)
        cases = starmap(Case, product(sorted(procedures), sorted(provinces), *_VALUES))
        for case in cases:
            verdict = self._judge(case, on)  # not kept: most cases never come
            if verdict.rule is None:
                yield case, verdict

    def _judge(self, case: Case, on: date) -> Verdict:
        unmet = {rule: rule.unmet(case) for rule in self._in_force(on)}
        met = [rule for rule, condition in unmet.items() if not condition]
        rank = max((rule.rank for rule in met), default=(False, False))
        best = tuple(rule for rule in met if rule.rank == rank)
        groups: dict[str, list[str]] = {}
        for rule, condition in unmet.items():
            if rule not in best:
                groups.setdefault(condition or OUTRANKED, []).append(rule.id)
        order = [c for c in (*Case._fields, OUTRANKED) if c in groups]
        tried = " ".join(f"{condition}:{','.join(groups[condition])}" for condition in order)
        if len(best) == 1:
            return Verdict(best[0], (), tried)
        return Verdict(None, best, tried)

    def _in_force(self, on: date) -> tuple[Rule, ...]:
        turn = bisect_right(self._turns, on)
        if turn not in self._standing:
            self._standing[turn] = tuple(rule for rule in self.rules if in_force([rule], on))
        return self._standing[turn]

    @cached_property
    def _turns(self) -> list[date]:
        """The days on which other rules come into force."""
        days = {day for rule in self.rules for day in (rule.valid_from, rule.valid_to)}
        return sorted(day for day in days if day)

    @cached_property
    def _named(self) -> tuple[frozenset[str], frozenset[str]]:
        """The procedures and provinces that rules name: no other makes a difference."""
        procedures = frozenset(code for rule in self.rules for code in rule.procedure)
        return procedures, frozenset(code for rule in self.rules for code in rule.province)

    @cached_property
    def _standing(self) -> dict[int, tuple[Rule, ...]]:
        return {}

    @cached_property
    def _known(self) -> dict[tuple[int, Case], Verdict]:
        return {}
