"""What other rules or another catalogue would do to a dossier that is under way; nothing is done.

A dossier is asked about again with the facts it came with, as of a day of the proposal: a rule that
begins that day, a unit that has ended by then.  What an officer chose stays, unless the unit ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from services.routing.domain.dossier import BY_A_PERSON, Dossier
from services.routing.domain.edges import MOVES
from services.routing.domain.filing import Filing, filing_of
from services.routing.domain.rules import Outcome, Rules, UnknownProcedure, route
from services.routing.domain.states import Move, Stage
from services.routing.domain.successors import NO_HEIRS, Days, Found, trace
from shared.catalogue import Catalogue, Unit
from shared.working_time import local_day

# what carries a change out: the choice of a unit that nobody has chosen yet, a transfer, or only
# another address; else it is a person's to decide
Remedy = Literal["choose_unit", "none"]
Command = Literal["choose_unit", "transfer", "readdress", ""]


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """The three units of a dossier; empty where nobody can tell."""

    receiving: str
    competent: str
    returning: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of one dossier: from where to where, and why.

    `outcome` is what the proposal says, `cannot_tell` if its procedure is not in force on that day;
    without a competent unit a person chooses among `candidates`.  `command` would carry it out
    (empty: a person does); `remedy` tells only whether that is the choice of a unit.
    """

    application: str
    version: int
    stage: str
    before: Units
    after: Units
    rule_before: str
    rule_after: str
    outcome: Outcome | Literal["cannot_tell"]
    candidates: tuple[str, ...]
    why_vi: str
    why_en: str
    remedy: Remedy
    command: Command = ""


class Proposal(NamedTuple):
    """Rules and a catalogue as of a day; `heirs`: what follows units that ended, code to codes."""

    catalogue: Catalogue
    rules: Rules
    on: date
    heirs: Mapping[str, str] = NO_HEIRS


def with_units(catalogue: Catalogue, units: Iterable[Unit]) -> Catalogue:
    """Return the catalogue with all rows of these units' codes replaced by these rows."""
    rows: dict[str, tuple[Unit, ...]] = {}
    for unit in units:
        rows[unit.code] = (*rows.get(unit.code, ()), unit)
    if not rows:
        return catalogue
    version = f"{catalogue.version}+proposed"
    return replace(catalogue, version=version, units={**catalogue.units, **rows})


def missing_heirs(proposal: Proposal) -> list[str]:
    """Return the codes that units are said to become and that no unit has on that day."""
    codes = {code for followed in proposal.heirs.values() for code in followed.split()}
    return sorted(code for code in codes if not proposal.catalogue.unit(code, proposal.on))


def is_open(dossier: Dossier) -> bool:
    """Whether it can still be moved."""
    return dossier.stage is not Stage.EXPECTED and not dossier.is_over


def preview(application: str, version: int, dossier: Dossier, proposal: Proposal) -> Change | None:
    """Return what the proposal would change, if anything."""
    if not is_open(dossier):
        return None
    if dossier.rule in BY_A_PERSON:
        change = _chosen(application, version, dossier, proposal)
    else:
        change = _routed(application, version, dossier, proposal)
    is_same = change.before == change.after and change.candidates == dossier.candidates
    return None if is_same and change.outcome not in ("refuse", "cannot_tell") else change


def _routed(application: str, version: int, dossier: Dossier, proposal: Proposal) -> Change:
    try:
        found = route(
            proposal.catalogue, proposal.rules, filing(dossier), proposal.on, proposal.heirs
        )
    except UnknownProcedure as error:
        unchanged = _change(application, version, dossier, _units(dossier), Found())
        return msgspec.structs.replace(unchanged, outcome="cannot_tell", why_en=str(error))
    after = Units(
        receiving=found.receiving_unit,
        competent=found.competent_unit,
        returning=found.returning_unit,
    )
    where = Found(found.competent_unit, found.candidates)
    return msgspec.structs.replace(
        _change(application, version, dossier, after, where),
        outcome=found.outcome,
        rule_after=found.rule,
        why_vi=found.reason_vi or found.why_vi,
        why_en=found.reason or found.why,
    )


def _chosen(application: str, version: int, dossier: Dossier, proposal: Proposal) -> Change:
    """Follow the unit that an officer chose, should it have ended."""

    def now(code: str) -> Found:
        if proposal.catalogue.unit(code, proposal.on):
            return Found(code)
        days = Days(filing(dossier).given_on, proposal.on, proposal.heirs)
        return trace(proposal.catalogue, code, "chosen", days)

    competent = now(dossier.competent_unit)
    receiving = now(dossier.receiving_unit).unit or dossier.receiving_unit
    returning = now(dossier.returning_unit).unit or dossier.returning_unit
    after = Units(
        receiving=receiving,
        competent=competent.unit,
        returning=returning if competent.unit else "",
    )
    return _change(application, version, dossier, after, competent)


def _change(application: str, version: int, dossier: Dossier, after: Units, found: Found) -> Change:
    is_here = found.unit == after.receiving
    command = _command(dossier, found.unit)
    settled: Outcome = "settle_here" if is_here else "forward"
    return Change(
        application=application,
        version=version,
        stage=dossier.stage,
        before=_units(dossier),
        after=after,
        rule_before=dossier.rule,
        rule_after=dossier.rule,
        outcome=settled if found.unit else "human_choice",
        candidates=found.candidates,
        why_vi=found.reason.vi or "đơn vị đã chọn không còn: theo đơn vị kế thừa",
        why_en=str(found.reason) or "the unit that was chosen ended: what follows it",
        remedy="choose_unit" if command == "choose_unit" else "none",
        command=command,
    )


def _command(dossier: Dossier, unit: str) -> Command:
    """A dossier without a unit gets one, with a unit it is sent on."""
    if not unit:
        return ""
    if dossier.stage is Stage.UNROUTED:
        return "choose_unit"
    if unit == dossier.competent_unit:
        return "readdress"
    return "transfer" if Move.TRANSFER in MOVES[dossier.stage] else ""


def _units(dossier: Dossier) -> Units:
    has_unit = bool(dossier.competent_unit)
    return Units(
        receiving=dossier.receiving_unit,
        competent=dossier.competent_unit,
        returning=dossier.returning_unit if has_unit else "",
    )


def filing(dossier: Dossier) -> Filing:
    """Return what a dossier came with; its codes are of the day it was routed on, or named."""
    assert dossier.received_at is not None
    received_on = local_day(dossier.received_at)
    return filing_of(dossier.procedure, dossier.facts, dossier.receiving_unit, received_on)
