"""What the edge and the console's page ask of the desk, and what is refused to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.operations.dead import showing, views
from services.operations.dead.desk import Desk, Held, Result, Verb
from services.operations.dead.edits import Decided, NotNow, Proposal, Settled, Verdict, dismissal
from services.operations.dead.standing import mark
from services.operations.domain.dead import wording
from services.operations.domain.dead.contrast import Difference
from services.operations.domain.dead.letters import DeadGroup, Open, Place
from services.operations.domain.dead.mending import WHY, Edit, NoSuchPlace, edited, objections
from services.operations.domain.dead.wording import told
from shared.access import Caller
from shared.events.data import Problem
from shared.problems import Refusal
from shared.second_person import refusal_of

Page = tuple[str, str, int]  # a group, after which of it, how many
_REFUSED: Mapping[str, Result] = {  # why somebody does not decide of one of many, by its code
    "same-person": "own",
    "not-told-apart": "not_told_apart",
    "decided-already": "not_asked",
    "unknown-record": "answered",
}


async def groups_of(desk: Desk, now: datetime) -> tuple[list[DeadGroup], bool]:
    """Return the groups, and whether they are all there are.  Raises `Unknown`."""
    return await desk.standing.groups(_ms(now))


async def page_of(desk: Desk, page: Page, now: datetime) -> views.DeadPage:
    """Return a page of a group.  Raises `Refusal` 404, `Unknown`."""
    some, whole, next_ = await _some(desk, page, now)
    places = [one.place for one in some if one.kind != "parked"]
    letters, asked = await desk.of(places), await desk.edits.of_all(places)
    items = []
    for one in some:
        key = one.place.key
        items.append(showing.item(one, letters.get(key), dismissal(asked.get(key, ()))))
    return views.DeadPage(group=whole, items=items, next=next_)


async def _some(desk: Desk, page: Page, now: datetime) -> tuple[list[Open], DeadGroup, str | None]:
    """Return a page of a group, the group, and where the next begins.  Raises `Refusal` 404."""
    group, after, limit = page
    whole = await desk.standing.group(group, _ms(now))
    if whole is None:
        detail = "Nothing of this group is open any more: GET /v1/dead lists what is."
        raise Refusal(404, "unknown-group", detail)
    some = await desk.standing.page(group, after, limit + 1)
    return some[:limit], whole, mark(some[limit - 1]) if len(some) > limit else None


async def one_of(desk: Desk, place: Place) -> views.OneDead:
    """Return one.  Raises `Refusal` 404, `Unknown`."""
    found = (await desk.of([place])).get(place.key)
    if found is None:
        parked = await desk.parked(place)
        if parked is None:
            raise _unknown()
        return showing.one_parked(*parked)
    asked = [one for one in await desk.edits.of(place) if not one.is_as_it_was]
    edits = [(one, desk.changed(one)) for one in asked]
    return showing.one_letter(found, edits, await desk.became(found))


async def do_group(
    desk: Desk, verb: Verb, page: Page, by: Caller, reason: str, now: datetime
) -> views.Outcomes:
    """Do it to a page of a group.  Raises `Refusal` 404, `Unknown`."""
    some, _, next_ = await _some(desk, page, now)
    return showing.outcomes(some, await desk.do(verb, some, by, reason), next_)


async def decide_group(
    desk: Desk, verdict: Verdict, page: Page, by: Caller, reason: str, now: datetime
) -> views.Outcomes:
    """Agree that of a page of a group nothing is sent, or turn it down: of whatever somebody asked
    that for.  Raises `Refusal` 404, `Unknown`.
    """
    some, _, next_ = await _some(desk, page, now)
    asked = await desk.edits.of_all([one.place for one in some])
    done: dict[str, Result] = {}
    for one in some:
        # the last one: who agreed and went away before that was said does both again
        said = next((p for p in reversed(asked[one.place.key]) if p.is_dismissal), None)
        done[one.key] = "not_asked"
        if said:
            try:
                await decide(desk, one.place, said.number, verdict, by, reason, now)
                done[one.key] = "dismissed" if verdict == "accepted" else "rejected"
            except Refusal as refused:
                done[one.key] = _REFUSED[refused.code]
    return showing.outcomes(some, done, next_)


async def do_one(desk: Desk, verb: Verb, place: Place, by: Caller, reason: str) -> views.Outcomes:
    """Do it to one, also to one that is open no more.  Raises `Refusal` 404, `Unknown`."""
    held = (await desk.of([place])).get(place.key)
    if held is None:
        parked = await desk.parked(place)
        if parked is None:
            raise _unknown()
        one = parked[0]
    else:
        one = held.letter.as_open()
    return showing.outcomes([one], await desk.do(verb, [one], by, reason), None)


async def propose(desk: Desk, place: Place, edit: Edit, by: Caller, reason: str) -> Proposal:
    """Keep a mended copy.  Raises `Refusal` 404, 409, 422, `Unknown`."""
    held = await _held(desk, place)
    if held.why in ("a_call", "our_own", "cut_off", "answered"):
        raise Refusal(409, "not-mendable", WHY[held.why].en)
    try:
        copy = edited(held.letter, held.message, edit)
    except NoSuchPlace as wrong:
        raise _invalid([Difference(wrong.path, {"exists": True}, "nothing")]) from None
    if found := objections(held.letter, held.message, copy):
        raise _invalid(found)
    try:
        return await desk.propose(held, copy, by, reason)
    except Settled:
        raise Refusal(409, "not-mendable", WHY["answered"].en) from None
    except NotNow:
        detail = "Something of it waits already, or there was too much: accept or reject that."
        raise Refusal(409, "copy-waits", detail) from None


async def decide(
    desk: Desk, place: Place, number: int, verdict: Verdict, by: Caller, reason: str, at: datetime
) -> None:
    """Accept or reject a copy, or that nothing is sent; accepted once, that is done however often
    it is said.

    Raises `Refusal` 404, 409, `Unknown`.
    """
    held = await _held(desk, place)
    proposal = next((one for one in await desk.edits.of(place) if one.number == number), None)
    if proposal is None or proposal.is_as_it_was:
        raise Refusal(404, "unknown-edit", "There is no such copy of it.")
    said = Decided(verdict=verdict, by=by.name, at=at, reason=reason, principal=by.principal)
    if verdict == "accepted" and (why := refusal_of(proposal.principal, by)):
        raise why
    if held.answer and not (proposal.decided and proposal.decided.verdict == said.verdict):
        raise Refusal(409, "decided-already", WHY["answered"].en)
    stands = proposal if proposal.decided else await desk.edits.decide(place, number, said)
    if stands is None or stands.decided is None or stands.decided.verdict != said.verdict:
        raise Refusal(409, "decided-already", "Somebody else decided otherwise: look at it.")
    if stands.checker and not held.answer:
        await desk.accept(held, stands)


async def _held(desk: Desk, place: Place) -> Held:
    held = (await desk.of([place])).get(place.key)
    if held is None:
        raise _unknown()
    return held


def _unknown() -> Refusal:
    detail = "Nothing that was set aside stands there: GET /v1/dead lists what does."
    return Refusal(404, "unknown-record", detail)


def _invalid(found: list[Difference]) -> Refusal:
    problems = []
    for one in found:
        says, has = told(one.expected), wording.found(one.found)
        vi = f"Hợp đồng có: {says.vi}. Bản ghi có: {has.vi}."
        en = f"The contract has {says.en}; the record has {has.en}."
        at = {"field": one.path, "code": "not-as-agreed"}
        problems.append(Problem(**at, remedy_vi=vi, remedy_en=en))
    return Refusal(422, "not-as-agreed", "The copy is not as its contract has it.", tuple(problems))


def typed(text: str, expected: Mapping[str, Any]) -> Any:
    """Return what somebody typed as the contract would have it: a text where it says so, otherwise
    JSON, or a text where it is none.
    """
    if expected.get("type") == "string" or text in expected.get("enum", ()):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _ms(now: datetime) -> int:
    return int(now.timestamp() * 1_000)
