"""Interlinked procedures: one submission for several agencies, as rows; what is wrong with rows.

A set has children, each a procedure of the catalogue; `after` names those that must be done first.
For each child and each way it can fail a rule says what becomes of each other child.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Literal, get_args

import msgspec

from shared.kinship import CHILDREN_LIMIT

Failure = Literal["refused", "not_accepted", "withdrawn", "stopped"]
Does = Literal["stands", "withdraws", "asks_a_person"]
FAILURES: tuple[Failure, ...] = get_args(Failure)
PASSING: Failure = "stopped"  # it may go on again; the other three are ends


class ChildRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One child of a set: which procedure, who receives it, and what it gets of the parent's.

    It is received by the parent's unit of this name, or (`province`) by the province of that.
    `answers`: its question → the parent's; `fixed`: its question → what is answered for everybody;
    `documents`: the parent's document → what it is called here.
    """

    name: str
    procedure: str
    received_by: Literal["receiving_unit", "residence_unit"]
    level: Literal["commune", "province"]
    after: tuple[str, ...] = ()
    answers: dict[str, str] = {}
    fixed: dict[str, str] = {}
    documents: dict[str, str] = {}


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of the others when one child fails in these ways, and why."""

    child: str
    when: tuple[Failure, ...]
    others: dict[str, Does]
    why_vi: str
    why_en: str


class InterlinkedSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A procedure whose applications have children."""

    code: str
    confidence: str
    children: tuple[ChildRow, ...]
    rules: tuple[Rule, ...]
    valid_from: date
    valid_to: date | None

    @property
    def table(self) -> dict[str, dict[str, Does]]:
        """What becomes of the others, by "<child>/<failure>"."""
        return {f"{r.child}/{how}": dict(r.others) for r in self.rules for how in r.when}


def problems(
    sets: Sequence[InterlinkedSet], procedures: Collection[str]
) -> Iterator[tuple[int, str, str]]:
    """Tell what is wrong: which row, what it is about, why.  `procedures`: the codes there are."""
    codes = {s.code for s in sets}
    for n, each in enumerate(sets):
        for why in (*_codes(each, codes, procedures), *_order(each), *_rules(each)):
            yield n, each.code, why


def _codes(
    each: InterlinkedSet, codes: Collection[str], procedures: Collection[str]
) -> Iterator[str]:
    if not 2 <= len(each.children) <= CHILDREN_LIMIT:
        yield f"it has {len(each.children)} children: give 2 to {CHILDREN_LIMIT}"
    if len({c.name for c in each.children}) < len(each.children):
        yield "two children have one name"
    if each.code not in procedures:
        yield f"no procedure has the code {each.code}: add it to procedures.json"
    for child in each.children:
        if child.procedure not in procedures:
            yield f"{child.name}: no procedure has the code {child.procedure}"
        if child.procedure in codes:
            yield f"{child.name}: {child.procedure} has children itself"


def _order(each: InterlinkedSet) -> Iterator[str]:
    names = {c.name for c in each.children}
    for child in each.children:
        for first in child.after:
            if first not in names:
                yield f"{child.name} comes after {first}, and there is no such child"
        if child.name in waiting_for(each, child.name):
            yield f"{child.name} comes after itself: a circle"


def _rules(each: InterlinkedSet) -> Iterator[str]:
    names = {c.name for c in each.children}
    told = [(rule.child, how) for rule in each.rules for how in rule.when]
    for name in sorted(names):
        for how in FAILURES:
            if (count := told.count((name, how))) != 1:
                yield f"{count} rules say what follows when {name} is {how}: give one"
    for rule in each.rules:
        if rule.child not in names:
            yield f"a rule speaks of {rule.child}, and there is no such child"
        elif rule.others.keys() != names - {rule.child}:
            wanted = ", ".join(sorted(names - {rule.child}))
            yield f"the rule for {rule.child} has to say what becomes of {wanted}"
        yield from _sense(each, rule)


def _sense(each: InterlinkedSet, rule: Rule) -> Iterator[str]:
    """What stopped may go on, so it undoes nothing; what waits for an end would wait for ever."""
    waiting = waiting_for(each, rule.child)
    for other, does in rule.others.items():
        if PASSING in rule.when and does == "withdraws":
            yield f"{rule.child} may go on after a stop: {other} cannot be withdrawn for it"
        if set(rule.when) - {PASSING} and other in waiting and does != "withdraws":
            yield f"{other} waits for {rule.child}, which has failed: it has to be withdrawn"


def waiting_for(each: InterlinkedSet, name: str) -> set[str]:
    """Return the children that come after this one, also by way of others."""
    found: set[str] = set()
    while more := {c.name for c in each.children if {name, *found} & {*c.after}} - found:
        found |= more
    return found
