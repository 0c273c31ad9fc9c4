"""The scope of an incident as a form has it, as an address says it, and in words.  Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from services.operations.console.facts import Fact, same, unit
from services.operations.console.labels import LABELS
from services.operations.console.spoken import moment
from services.operations.console.stuck.page import STAGES, title_of
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.incidents import GROUPS, Scope
from services.operations.domain.proof.words import KINDS
from shared.clock import VIETNAM

FINDING, GROUP = "finding", "group"  # stand where a stage does in what is chosen
TYPED = ("kind", "unit", "partner", "procedure", "since", "until", "which")
_AT = "%Y-%m-%dT%H:%M"  # as browsers send a time


class Option(NamedTuple):
    """Something to choose; `is_chosen`: it is."""

    value: str
    name: Words
    is_chosen: bool


class Choices(NamedTuple):
    """Options under a heading."""

    name: Words
    options: Sequence[Option]


def typed_of(scope: Scope) -> dict[str, str]:
    """Return a scope as the form has it."""
    kind = f"{scope.stage or _stage_of(scope)}/{scope.cause}" if scope.stage or scope.cause else ""
    if scope.finding or scope.group:
        kind = f"{FINDING}/{scope.finding}" if scope.finding else f"{GROUP}/{scope.group}"
    return {
        "kind": kind,
        "unit": scope.unit,
        "partner": scope.partner,
        "procedure": scope.procedure,
        "since": _local(scope.since),
        "until": _local(scope.until),
        "which": scope.which,
    }


def scope_of(typed: Mapping[str, str]) -> Scope:
    """Return what was typed as a scope.  Raises `ValueError`, `msgspec.ValidationError`."""
    first, _, name = typed["kind"].partition("/")
    kind = {first: name} if first in (FINDING, GROUP) else {"stage": first, "cause": name}
    times = {
        name: datetime.strptime(typed[name], _AT).replace(tzinfo=VIETNAM)
        for name in ("since", "until")
        if typed[name]
    }
    plain = {name: typed[name].strip() for name in ("unit", "partner", "procedure", "which")}
    named = {name: value for name, value in (kind | plain).items() if value}
    return msgspec.convert(named | times, Scope)


def address_of(scope: Scope) -> str:
    """Return where the form is, previewed, that asks for an incident of this scope."""
    typed = {name: value for name, value in typed_of(scope).items() if value}
    return f"incidents/new?{urlencode({**typed, 'look': 'yes'})}"


def choices(chosen: str) -> list[Choices]:
    """Return all that may be chosen of what waits."""
    kinds: dict[str, list[Option]] = {}
    for stage, cause in Scope().kinds:
        every = _option(f"{stage}/", LABELS["scope_stage"], chosen)
        name = _option(f"{stage}/{cause}", title_of(cause), chosen)
        kinds.setdefault(stage, [every]).append(name)
    of_stages = [Choices(STAGES[stage], kinds[stage]) for stage in STAGES if stage in kinds]
    findings = [_option(f"{FINDING}/{kind}", words, chosen) for kind, words in KINDS.items()]
    groups = [_option(f"{GROUP}/{name}", same(name), chosen) for name, of in GROUPS.items() if of]
    return [
        *of_stages,
        Choices(LABELS["scope_of_finding"], findings),
        Choices(LABELS["scope_of_group"], groups),
    ]


def in_words(scope: Scope, units: Units) -> list[Fact]:
    """Return a scope, part by part."""
    named = {
        "scope_kind": _kind(scope),
        "incident_unit": unit(scope.unit, units) if scope.unit else None,
        "scope_partner": same(scope.partner) if scope.partner else None,
        "scope_procedure": units.procedure(scope.procedure) if scope.procedure else None,
        "scope_since": moment(scope.since) if scope.since else None,
        "scope_until": moment(scope.until) if scope.until else None,
        "scope_which": None if scope.finding or scope.loop else LABELS[f"scope_{scope.which}"],
    }
    return [Fact(LABELS[name], words) for name, words in named.items() if words]


def in_a_line(scope: Scope, units: Units) -> Words:
    """Return the same as one line."""
    said = [fact.value for fact in in_words(scope, units)]
    return Words(" · ".join(w.vi for w in said), " · ".join(w.en for w in said))


def title_for(scope: Scope, units: Units) -> Words:
    """Return what an incident of this scope may be called."""
    kind = _kind(scope)
    of = [unit(scope.unit, units)] if scope.unit else []
    said = [kind, *of, *([same(scope.partner)] if scope.partner else [])]
    return Words(": ".join(w.vi for w in said), ": ".join(w.en for w in said))


def _kind(scope: Scope) -> Words:
    if scope.finding:
        return _pair(LABELS["scope_of_finding"], KINDS.get(scope.finding, same(scope.finding)))
    if scope.loop:
        return _pair(LABELS["scope_of_loop"], same(scope.loop))
    if scope.group:
        return _pair(LABELS["scope_of_group"], same(scope.group))
    if scope.cause:
        stage = scope.stage or _stage_of(scope)
        title = title_of(scope.cause)
        return _pair(title, STAGES[stage]) if stage in STAGES else title
    if scope.stage in STAGES:
        return STAGES[scope.stage]
    return LABELS["scope_any"]


def _pair(first: Words, second: Words) -> Words:
    return Words(f"{first.vi} · {second.vi}", f"{first.en} · {second.en}")


def _stage_of(scope: Scope) -> str:
    """Return the stage that alone has this cause; none has, or several: empty."""
    stages = {stage for stage, cause in Scope().kinds if cause == scope.cause}
    return stages.pop() if len(stages) == 1 else ""


def _option(value: str, name: Words, chosen: str) -> Option:
    return Option(value, name, value == chosen)


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):{_AT}}" if at else ""
