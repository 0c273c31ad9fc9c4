"""The edge that tells why a dossier is where it is, and what other rules or units would move.

A preview reads open dossiers page by page and changes nothing.  Re-homing sends a command for each
dossier that the rules and units in force now place elsewhere: the choice of a unit, or a transfer;
under an id that is the same whenever it is asked for again.
"""

import asyncio
from collections import Counter
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from msgspec import Meta

from services.routing import answers
from services.routing.actions import command
from services.routing.answers import json, known
from services.routing.domain.dossier import Dossier
from services.routing.domain.explanation import Explanation, explanation, is_explained
from services.routing.domain.moves import apply
from services.routing.domain.preview import (
    Change,
    Proposal,
    is_open,
    missing_heirs,
    preview,
    with_units,
)
from services.routing.domain.remedies import Sender, remedy
from services.routing.domain.rules import Rules
from services.routing.lane import asked_by_officer
from services.routing.pages import Pages
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue, Unit
from shared.clock import Clock
from shared.events import Event
from shared.events.data import Problem
from shared.events.routing import ActionRejected
from shared.journal import Decision, Journal
from shared.problems import Refusal
from shared.publisher import Publisher
from shared.working_time import local_day

BODY_LIMIT_BYTES = 1 << 20
UNITS_LIMIT = 5_000
GAPS_SHOWN = 20
TRIALS_LIMIT = 2_000_000  # some seconds

Reader = Annotated[Caller, Depends(require("officer", "operator"))]
Operator = Annotated[Caller, Depends(require("operator"))]
Code = Annotated[str, Meta(pattern="^[0-9]{2}([0-9]{3})?$")]
Codes = Annotated[str, Meta(pattern="^[0-9]{5}( [0-9]{5}){0,9}$")]
Heirs = Annotated[dict[Code, Codes], Meta(max_length=UNITS_LIMIT)]
After = Annotated[str, Meta(pattern="^([0-9a-f-]{36})?$")]


class Rehoming(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows units that ended (`{"00082": "00004"}`, several codes: split), as of a day
    (empty: today); `after`: the `next` of the page before.
    """

    successors: Heirs = {}
    on: date | None = None
    after: After = ""


class Proposed(Rehoming, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same under other rules or units, which take the place of those in force."""

    rules: Rules | None = None
    units: Annotated[tuple[Unit, ...], Meta(max_length=UNITS_LIMIT)] = ()


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A case that no rule decides, or that several do (`conflicting`)."""

    case: dict[str, str]
    conflicting: tuple[str, ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would change on this page.  `gaps`: cases that the rules leave to a person, the first
    ones, told with the first page.  `next` is empty at the end.
    """

    on: date
    rules_version: str
    catalogue_version: str
    read: int
    open: int
    outcomes: dict[str, int]
    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...]
    next: str


class Rehomed(msgspec.Struct, frozen=True, kw_only=True):
    """The commands that are on their way, under `key` and the version that each is about; `left`:
    what a person decides, or what cannot be moved now.
    """

    key: str
    read: int
    sent: tuple[str, ...]
    left: int
    next: str


def router(
    publisher: Publisher,
    journal: Journal[Dossier],
    pages: Pages,
    catalogue: Catalogue,
    rules: Rules,
    clock: Clock,
) -> APIRouter:
    """Return the routes of explanations, previews and re-homing."""
    routes = APIRouter(tags=["routing"])

    @routes.get(
        "/v1/applications/{application}/explanation",
        summary="Why a dossier is where it is, in Vietnamese and in English",
        responses=edge.answers(200, Explanation, 403, 404, 422),
    )
    async def explained(application: str, caller: Reader) -> Response:
        dossier = (await known(journal, application))[1]
        answers.refuse_anothers(dossier, caller, catalogue, clock())
        if not is_explained(dossier):
            raise Refusal(404, "unknown-application", "Intake has not handed it over: ask again.")
        return json(explanation(dossier, rules, catalogue))

    @routes.post(
        "/v1/routing/previews",
        summary="What other rules or units would move; nothing is changed",
        openapi_extra=edge.described(Proposed, {"successors": {"00082": "00004"}}),
        responses=edge.answers(200, Preview, 400, 413, 415, 422),
    )
    async def previewed(request: Request, _: Operator) -> Response:
        asked = await edge.read(request, Proposed, BODY_LIMIT_BYTES)
        units, proposed = with_units(catalogue.edition(), asked.units), asked.rules or rules
        proposal = _proposal(asked, units, proposed, clock)
        _refuse_what_takes_too_long(proposal)
        page = await pages.after(asked.after)
        changes, gaps = await asyncio.to_thread(_previewed, page.found, proposal, asked.after)
        return json(
            Preview(
                on=proposal.on,
                rules_version=proposal.rules.version,
                catalogue_version=proposal.catalogue.version,
                read=len(page.found),
                open=sum(bool(d.state and is_open(d.state)) for d in page.found),
                outcomes=dict(Counter(change.outcome for change, _ in changes)),
                changes=tuple(change for change, _ in changes),
                gaps=gaps,
                next=page.next,
            )
        )

    @routes.post(
        "/v1/routing/rehomings",
        status_code=202,
        summary="Carry out what the rules and units in force now place elsewhere",
        openapi_extra=edge.described(Rehoming, {"successors": {"00082": "00004"}}),
        responses=edge.answers(202, Rehomed, 400, 413, 415, 422),
    )
    async def rehomed(request: Request, caller: Operator) -> Response:
        asked = await edge.read(request, Rehoming, BODY_LIMIT_BYTES)
        proposal = _proposal(asked, catalogue, rules, clock)
        _refuse_what_is_not_yet(proposal, clock)
        page = await pages.after(asked.after)
        changes = _changes(page.found, proposal)
        key, sent = _key(proposal), []
        for change, decision in changes:
            event = _command(change, decision, key, caller, proposal, clock)
            if event:
                await publisher.publish("routing.inbox", event)
                sent.append(change.application)
        left = len(changes) - len(sent)
        body = Rehomed(key=key, read=len(page.found), sent=tuple(sent), left=left, next=page.next)
        return json(body, 202)

    return routes


def _proposal(asked: Rehoming, catalogue: Catalogue, rules: Rules, clock: Clock) -> Proposal:
    """Return what is proposed.  Raises `Refusal` with every code that is no unit's."""
    on = asked.on or local_day(clock())
    proposal = Proposal(catalogue, rules, on, asked.successors)
    problems = tuple(_no_unit(code, on) for code in missing_heirs(proposal))
    if problems:
        detail = "Name units that are in force on that day, or add them to `units`."
        raise Refusal(422, "unknown-unit", detail, problems)
    return proposal


def _refuse_what_is_not_yet(proposal: Proposal, clock: Clock) -> None:
    today = local_day(clock())
    if proposal.on <= today:
        return
    problem = Problem(
        field="/on",
        code="not-yet",
        remedy_vi=f"Đến ngày {proposal.on} mới thực hiện được; trước đó chỉ xem trước.",
        remedy_en=f"Send it on {proposal.on} or later; until then, preview it.",
    )
    raise Refusal(422, "not-yet", f"Today is {today}: nothing was sent.", (problem,))


def _no_unit(code: str, on: date) -> Problem:
    return Problem(
        field="/successors",
        code="unknown-unit",
        remedy_vi=f"Không có đơn vị nào mang mã {code} vào ngày {on}: sửa mã hoặc thêm đơn vị.",
        remedy_en=f"No unit has the code {code} on {on}: correct it, or add the unit.",
    )


def _changes(
    found: tuple[Decision[Dossier], ...], proposal: Proposal
) -> list[tuple[Change, Decision[Dossier]]]:
    changes = []
    for decision in found:
        if decision.state is not None:
            version = decision.version
            change = preview(decision.application, version, decision.state, proposal)
            if change:
                changes.append((change, decision))
    return changes


def _previewed(
    found: tuple[Decision[Dossier], ...], proposal: Proposal, after: str
) -> tuple[list[tuple[Change, Decision[Dossier]]], tuple[Gap, ...]]:
    """Work that takes seconds, beside the lanes."""
    return _changes(found, proposal), () if after else _gaps(proposal)


def _refuse_what_takes_too_long(proposal: Proposal) -> None:
    """Each rule is tried on each case, and each procedure and province named makes more of both."""
    rules = proposal.rules
    if rules.case_count() * len(rules.rules) <= TRIALS_LIMIT:
        return
    problem = Problem(
        field="/rules",
        code="too-many-cases",
        remedy_vi="Bộ quy tắc nêu quá nhiều thủ tục và tỉnh: hãy xem trước từng phần.",
        remedy_en="The rules name too many procedures and provinces: preview them in parts.",
    )
    detail = f"{rules.case_count()} cases by {len(rules.rules)} rules are more than can be tried."
    raise Refusal(422, "too-many-cases", detail, (problem,))


def _gaps(proposal: Proposal) -> tuple[Gap, ...]:
    gaps = islice(proposal.rules.gaps(proposal.on), GAPS_SHOWN)
    return tuple(
        Gap(case=case._asdict(), conflicting=tuple(rule.id for rule in verdict.conflicting))
        for case, verdict in gaps
    )


def _key(proposal: Proposal) -> str:
    """Return the same key for the same question: what was sent under it counts once."""
    versions = proposal.rules.version, proposal.catalogue.version, sorted(proposal.heirs.items())
    return f"rehome/{sha256(msgspec.json.encode((versions, proposal.on))).hexdigest()[:16]}"


def _command(
    change: Change,
    decision: Decision[Dossier],
    key: str,
    caller: Caller,
    proposal: Proposal,
    clock: Clock,
) -> Event | None:
    """Return what carries a change out; None if nothing does, or if it would be rejected."""
    dossier = decision.state
    assert dossier is not None
    note = f"{key}: {change.rule_after}, {change.why_vi} / {change.why_en}"
    sender = Sender(caller.name, note, dossier.moves, proposal.rules.version)
    found = remedy(change, sender)
    if found is None:
        return None
    outcome = apply(dossier, asked_by_officer(*found), proposal.catalogue, clock())
    if any(isinstance(event, ActionRejected) for event in outcome.events):
        return None
    return command(decision, caller, f"{key}/{decision.version}", found.data, clock)
