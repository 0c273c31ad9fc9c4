"""What the API answers of incidents, and pages show."""

from collections.abc import Awaitable
from datetime import datetime, timedelta

import msgspec

from services.operations.domain.incidents import Incident, Scope, Text, Title, incident_id
from services.operations.incidents import views
from services.operations.incidents.desk import Desk, NotPossible
from shared.problems import Refusal


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened, and which of what waits it concerns."""

    title: Title
    scope: Scope
    text: Text | None = None


async def opened(desk: Desk, said: Opening, by: str, key: str, now: datetime) -> Incident:
    """Return the incident that somebody opens; the same again is the same one.  Raises `Refusal`
    422, `Unknown`.
    """
    _possible(said.scope)
    mark = msgspec.json.encode((by, key, said)).decode()
    ids = [incident_id(now - timedelta(days=n), mark) for n in (1, 0)]
    stands = await desk.rows.get(ids[0])
    return stands or await desk.open(ids[1], said.title, said.scope, by, text=said.text or "")


async def previewed(desk: Desk, scope: Scope) -> views.PreviewView:
    """Return whom a scope concerns.  Raises `Refusal` 422, `Unknown`."""
    _possible(scope)
    counted = await desk.whom.now(scope)
    return views.PreviewView(scope=scope, now=counted.found, now_at=counted.at)


async def listed(desk: Desk, which: str, before: str, alarm: str = "") -> views.ListView:
    """Return a page of incidents, those that are open, or that of an alarm.  Raises `Unknown`."""
    next_ = ""
    if alarm:
        ids = (await desk.rows.of_alarms([alarm])).values()
        found = list((await desk.rows.every(ids)).values())
    elif which == "open":
        found = await desk.rows.open_ones()
    else:
        found, next_ = await desk.rows.before(before)
    standing = [one for one in found if one.status == "open"]
    counts = await desk.whom.each_now(one.scope for one in standing)
    by_id = {one.id: counted for one, counted in zip(standing, counts, strict=True)}
    return views.ListView(incidents=[views.short(i, by_id.get(i.id)) for i in found], next=next_)


async def applications(
    desk: Desk, incident: Incident, first: int, limit: int
) -> views.ApplicationsView:
    """Return a page of whom one concerned.  Raises `Unknown`."""
    items = await desk.rows.items(incident, first, limit + 1)
    next_ = first + limit if len(items) > limit else None
    return views.applications(incident, items[:limit], next_)


async def known(desk: Desk, id_: str) -> Incident:
    """Return an incident.  Raises `Refusal` 404, `Unknown`."""
    found = await desk.rows.get(id_)
    if found is None:
        raise Refusal(404, "unknown-incident", "No incident has this id: list them.")
    return found


async def whole(desk: Desk, incident: Incident) -> views.OneView:
    """Return all of one, with whom it concerns now.  Raises `Unknown`."""
    return views.whole(incident, await desk.whom.now(incident.scope))


async def done(acting: Awaitable[Incident]) -> Incident:
    """Return what an act comes to.  Raises `Refusal` 409, `Unknown`."""
    try:
        return await acting
    except NotPossible as why:
        raise Refusal(409, why.code, f"{why}") from None


def _possible(scope: Scope) -> None:
    if not scope.is_known:
        raise Refusal(422, "nothing-in-scope", "No stage has this cause: /v1/stuck has them.")
