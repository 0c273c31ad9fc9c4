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
    preview,
    with_units,
)
from services.routing.domain.remedies import Sender, remedy
from services.routing.domain.rule_file import versioned
from services.routing.domain.rules import Rules
from services.routing.lane import asked_by_officer
from services.routing.proposals import (
    Proposed,
    Rehoming,
    proposal_of,
    refuse_what_is_not_yet,
    refuse_what_is_wrong,
    refuse_what_takes_too_long,
)
from shared import edge
from shared.access import Caller, require
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.events import Event
from shared.events.routing import ActionRejected
from shared.journal import Decision, Journal
from shared.pages import Pages
from shared.problems import Refusal
from shared.publisher import Publisher

BODY_LIMIT_BYTES = 1 << 20
GAPS_SHOWN = 20

Reader = Annotated[Caller, Depends(require("officer", "operator"))]
Operator = Annotated[Caller, Depends(require("operator"))]


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
    pages: Pages[Dossier],
    catalogue: Catalogue,
    rules: Rules,
    clock: Clock,
) -> APIRouter:
    """Return the routes of explanations, previews and re-homing."""
    routes = APIRouter(tags=["routing"])

    @routes.get(
        "/v1/applications/{application}/explanation",
        summary="Why a dossier is where it is, in Vietnamese and in English",
        responses=edge.answers(200, Explanation, 403, 404, 409, 422),
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
        units = with_units(catalogue.edition(), asked.units)
        proposed = versioned(asked.rules) if asked.rules else rules
        proposal = proposal_of(asked, units, proposed, clock)
        refuse_what_takes_too_long(proposal)
        if asked.rules:
            refuse_what_is_wrong(asked.rules, units)
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
        proposal = proposal_of(asked, catalogue, rules, clock)
        refuse_what_is_not_yet(proposal, clock)
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
