"""What operators ask, over HTTP.  Everything here is read from the log's rows, nothing is changed;
but a release is appended to a service's inbox, with the name of who said so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.operations import views
from services.operations.counts import Counts
from services.operations.domain.actions import last_held, release_of
from services.operations.domain.entries import Entry
from services.operations.domain.ledger import Ledger
from services.operations.domain.roles import MAY
from services.operations.domain.spans import otlp, spans
from services.operations.domain.status import STATES, held_by, totals
from services.operations.domain.timeline import instant
from services.operations.finding import ASKED_LIMIT, FOUND, Finder, Found
from services.operations.journeys import Journeys
from services.operations.live import FLOW, FlowDesk, FlowView
from services.operations.opened import Whys, journey_of, message_of, opened, waterfall_of
from services.operations.persons import Persons
from services.operations.reaching import Reach
from services.operations.rounds.commands import command
from shared import edge
from shared.access import Caller, require, wrong_role
from shared.clock import Clock
from shared.events.intake import Registered
from shared.events.kernel import LaneReleased, RecordDead, RecordParked
from shared.problems import Refusal
from shared.publisher import Publisher

PAGE_LIMIT = 200
KEY_LIMIT = 200

Operator = Annotated[Caller, Depends(require(*MAY["operate"]))]
Reader = Annotated[Caller, Depends(require(*MAY["read"]))]
OfUnits = Annotated[Caller, Depends(require(*MAY["read_of_units"]))]
After = Annotated[str, Query(max_length=500, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Typed = Annotated[
    str,
    Query(
        min_length=1,
        max_length=ASKED_LIMIT,
        description="a dossier code, an application id, an order number, a partner's transaction "
        "(also as `<partner>/<transaction>`) or a petition's code; or a unit, a partner, days, "
        "together or alone: `unit:79 sen-vang 2026-11-20`; blanks, dashes, case forgiven",
    ),
]


@dataclass(frozen=True, slots=True)
class Sources:
    """What the API answers from."""

    journeys: Journeys
    finder: Finder
    persons: Persons
    counts: Counts
    aside: Counts
    flow: FlowDesk
    publisher: Publisher
    clock: Clock
    whys: Whys

    @property
    def reach(self) -> Reach:
        """Return what callers of units may see."""
        return Reach(self.journeys, self.finder.catalogue, self.clock)


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody typed; `reason` where it names a person: a personal number, or its hash as
    `subject:<hash>`.
    """

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=ASKED_LIMIT)]
    reason: str = ""
    after: Annotated[str, msgspec.Meta(max_length=500)] = ""


FINDING = Finding(q="001099000001", reason="The citizen called")


class Release(BaseModel):
    """Let what a service holds of an application be decided again."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [views.RELEASE]}}

    application: str = Field(max_length=KEY_LIMIT)
    service: Literal["intake", "routing", "payment", "notify"]
    reason: str = Field(min_length=3, max_length=500)


def router(sources: Sources) -> APIRouter:
    """Return the routes; `domain.roles` says who may what."""
    routes = APIRouter(prefix="/v1", tags=["operations"])
    _journeys(routes, sources)
    _overview(routes, sources)
    _releases(routes, sources)
    return routes


def _journeys(routes: APIRouter, sources: Sources) -> None:
    @routes.get(
        "/find",
        summary="Which application is meant by what somebody typed",
        responses=edge.answers(200, Found, 400, 422, example=FOUND),
    )
    async def find_by_any_name(q: Typed, caller: OfUnits, after: After = "") -> Response:
        if sources.persons.meant(q):
            detail = "What names a person does not stand in an address: send it with a reason, as "
            raise Refusal(400, "person-in-address", f"{detail}`POST /v1/find`.")
        return _json(await sources.reach.theirs(caller, await sources.finder.find(q, after)))

    @routes.post(
        "/find",
        summary="The same of what is not to stand in an address: a person's number",
        openapi_extra=edge.described(Finding, FINDING),
        responses=edge.answers(200, Found, 400, 413, 415, 422, 503),
    )
    async def find_by_what_is_sent(request: Request, caller: OfUnits) -> Response:
        asked = await edge.read(request, Finding)
        subject = sources.persons.meant(asked.q)
        if subject is None:
            found = await sources.finder.find(asked.q, asked.after)
        elif caller.role in MAY["find_person"]:
            found = await sources.persons.find(subject, caller, asked.reason)
        else:
            raise wrong_role(MAY["find_person"])
        return _json(await sources.reach.theirs(caller, found))

    @routes.get(
        "/journeys/{name}",
        summary="Timeline, status and findings of an application",
        responses=edge.answers(200, views.JourneyView, 404),
    )
    async def journey(name: str, caller: OfUnits) -> Response:
        one, now = await sources.reach.opened(caller, name), sources.clock()
        return _json(journey_of(one, now, await sources.whys.of(one, now)))

    @routes.get(
        "/journeys/{name}/waterfall",
        summary="Its spans, and who was waited for",
        responses=edge.answers(200, views.WaterfallView, 404),
    )
    async def waterfall(name: str, caller: OfUnits) -> Response:
        application, entries, _forks = await sources.reach.opened(caller, name)
        return _json(waterfall_of(application, entries))

    @routes.get(
        "/journeys/{name}/messages/{topic}/{partition}/{offset}",
        summary="A message of it as it is kept",
        responses=edge.answers(200, views.MessageView, 404, 422, example=views.MESSAGE),
    )
    async def message(
        name: str, topic: str, partition: int, offset: int, caller: OfUnits
    ) -> Response:
        one = await sources.reach.opened(caller, name)
        return _json(message_of(one, (topic, partition, offset)))

    @routes.get(
        "/journeys/{name}/trace",
        summary="Its trace as OTLP/JSON, sampled or not",
        responses=edge.answers(200, views.TraceView, 404),
    )
    async def trace(name: str, caller: OfUnits) -> Response:
        application, entries, _forks = await sources.reach.opened(caller, name)
        return _json(otlp(application, spans(application, entries)))


def _overview(routes: APIRouter, sources: Sources) -> None:
    @routes.get(
        "/counts",
        summary="Exact numbers, as of the last commit",
        responses=edge.answers(200, views.CountsView),
    )
    async def counts(_: Reader) -> Response:
        return _json(_counts(await sources.counts.total(), await sources.aside.total()))

    @routes.get(
        "/parked",
        summary="What lanes hold for an operator, oldest first",
        responses=edge.answers(200, views.ParkedPage, 422),
    )
    async def parked(_: Reader, after: After = "", limit: Limit = 50) -> Response:
        page = await sources.journeys.aside("parked", after, limit)
        items = [views.set_aside(key, entry) for key, entry in page]
        released = _first(await sources.journeys.releases({i["application"] for i in items}))
        for item, (_key, entry) in zip(items, page, strict=True):
            item["released_at"] = _released_at(item, entry, released)
        return _json(_page(items, limit))

    @routes.get(
        "/flow",
        summary="What flows, how fresh that is, who is behind, and how old what waits is",
        responses=edge.answers(200, FlowView, example=FLOW),
    )
    async def flow(_: Reader) -> Response:
        return _json(await sources.flow.look())


def _releases(routes: APIRouter, sources: Sources) -> None:
    @routes.post(
        "/releases",
        status_code=202,
        summary="Let what is held be decided again",
        responses=edge.answers(202, views.Releasing, 404, 409, 422, example=views.RELEASING),
    )
    async def release(
        asked: Release,
        caller: Operator,
        idempotency_key: Annotated[str, Header(min_length=8, max_length=KEY_LIMIT)],
    ) -> Response:
        application, entries, _forks = await opened(sources.journeys, asked.application)
        held = _held(application, asked.service, entries)
        said = LaneReleased(operator=caller.name, reason=asked.reason)
        told = release_of(asked.service, held)
        event = command(idempotency_key, caller.source, application, sources.clock(), said, told)
        # the same key again has the same id: the lane takes it once
        await sources.publisher.publish(told.topic, event)
        body = {"application": application, "service": asked.service, "id": event.id}
        return _json(body, 202, {"Location": f"/v1/journeys/{application}"})


def _held(application: str, service: str, entries: Sequence[Entry]) -> Entry:
    """Return the last notice of what a service holds, whether or not it was released since."""
    held = last_held(service, entries)
    if held is None:
        holding = ", ".join(held_by(entries)) or "no service"
        raise Refusal(
            409,
            "nothing-held",
            f"{service} has never held {application}; {holding} holds it. See /v1/parked.",
        )
    return held


def _counts(counted: Ledger, aside: Ledger) -> dict[str, Any]:
    received = counted.types.get(Registered.TYPE, 0)
    return {
        "totals": totals(received, counted.codes),
        "states": [
            {**msgspec.to_builtins(state), "count": counted.codes.get(code, 0)}
            for code, state in STATES.items()
        ],
        "types": dict(sorted(counted.types.items())),
        "vnd": dict(sorted(counted.vnd.items())),
        "scores": dict(sorted(counted.scores.items())),
        "repeats": counted.repeats,
        "forks": counted.forks,
        "dead": aside.types.get(RecordDead.TYPE, 0),
        "parked": aside.types.get(RecordParked.TYPE, 0),
        "offsets": dict(sorted({**counted.offsets, **aside.offsets}.items())),
        "newest_at": instant(counted.newest_ms) if counted.newest_ms else None,
        "is_whole": counted.is_whole and aside.is_whole,
    }


def _first(releases: Sequence[Entry]) -> list[Entry]:
    """Return each release as it came first: the lane takes no notice of it again."""
    first: dict[tuple[str, str, str, str], Entry] = {}
    for entry in sorted(releases, key=lambda e: e.logged_ms):
        first.setdefault((entry.application, entry.service, entry.source, entry.id), entry)
    return list(first.values())


def _released_at(item: dict[str, Any], entry: Entry, released: Sequence[Entry]) -> str | None:
    after = [
        r.logged_ms
        for r in released
        if r.application == item["application"]
        and r.service == item["service"]
        and r.logged_ms >= entry.logged_ms
    ]
    return instant(min(after)) if after else None


def _page(items: Sequence[dict[str, Any]], limit: int) -> dict[str, Any]:
    return {"items": items, "next": items[-1]["key"] if len(items) == limit else None}


def _json(value: Any, status_code: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status_code, headers, "application/json")
