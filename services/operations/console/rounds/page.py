"""A round as a page.  Pure."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.operations.console.facts import Fact, same, unit, vnd
from services.operations.console.labels import LABELS
from services.operations.console.money.page import kind_of
from services.operations.console.rounds.labels import CHECKS, DOINGS, RESULTS, STATUSES
from services.operations.console.rounds.listing import TONES
from services.operations.console.rounds.offers import about, in_words, within
from services.operations.console.spoken import grouped, instant, moment
from services.operations.domain import rounds
from services.operations.domain.actions import WHY
from services.operations.domain.causes import BREAK, POISON
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.rounds import BY_ANOTHER, ITSELF, MOVES, Act, Choice, Doing, Status
from services.operations.rounds.views import ItemsView, ItemView, OneView
from services.operations.rounds_api import VERBS
from shared.access import Caller
from shared.principals import may_answer
from shared.second_person import refusal_of

_OWN = {BREAK: "money/breaks", POISON: "dead"}  # pages of what need not be of an application
_ITEM_TONES = {"gone": "sent", "still_there": "failed", "came_back": "failed", "refused": "paused"}


class Button(NamedTuple):
    """Something that who looks may do to a round now."""

    verb: Doing
    words: Words


class Bar(NamedTuple):
    """How far something has come."""

    words: Words
    done: int
    all: int


class Count(NamedTuple):
    """How often something came of a matter; it leads to those."""

    outcome: str
    name: Words
    many: Words


class Line(NamedTuple):
    """One matter of a round; `address`: where it is explained."""

    number: int
    address: str
    name: str
    unit: Words
    detail: Words
    since: Words
    money: Words
    result: Words
    tone: str
    more: Words | None


class Done(NamedTuple):
    """Who did what to a round."""

    by: Words
    what: Words
    at: Words
    reason: str


class Page(NamedTuple):
    """A round; `is_live`: it goes on by itself.  `seen` differs when anything of it does."""

    id: str
    status: Status
    said: Words
    tone: str
    does: Words
    group: str
    facts: tuple[Fact, ...]
    follows: tuple[Words, ...]
    refusals: tuple[tuple[Words, Words], ...]
    notes: tuple[Words, ...]
    verdict: tuple[str, Words] | None
    buttons: tuple[Button, ...]
    checks: tuple[Button, ...]
    bars: tuple[Bar, ...]
    counts: tuple[Count, ...]
    lines: tuple[Line, ...]
    after: int
    only: str
    only_said: Words
    next: int | None
    acts: tuple[Done, ...]
    is_live: bool
    seen: str = ""


def round_page(
    view: OneView,
    items: ItemsView,
    place: tuple[int, str],
    caller: Caller,
    units: Units,
    *,
    is_late: bool,
) -> Page:
    """Return a round as somebody sees it; `place`: where its items begin, and of which outcome
    they are; `is_late`: what he asked for was not possible.
    """
    asked = rounds.asked_of(view.acts)
    buttons = tuple(_buttons(view, caller, asked))
    is_live = _is_live(view)
    page = Page(
        id=view.id,
        status=view.status,
        said=STATUSES[view.status],
        tone=TONES[view.status],
        does=in_words(view.does),
        group=f"stuck/{view.stage}/{view.cause}?which={view.choice.which}",
        facts=tuple(_facts(view, units)),
        follows=tuple(map(in_words, view.follows)),
        refusals=tuple(
            (in_words(said), grouped(view.why[why])) for why, said in WHY.items() if why in view.why
        ),
        notes=tuple(_notes(view, caller, asked, is_late=is_late)),
        verdict=None if is_live else _verdict(view),
        buttons=tuple(b for b in buttons if b.verb not in BY_ANOTHER),
        checks=tuple(b for b in buttons if b.verb in BY_ANOTHER),
        bars=tuple(_bars(view)),
        counts=tuple(_counts(view)),
        lines=tuple(
            _line(item, view.choice, units, is_begun=asked is not None) for item in items.items
        ),
        after=place[0],
        only=place[1],
        only_said=CHECKS.get(place[1]) or RESULTS.get(place[1], same("")),
        next=items.next,
        acts=tuple(_done(act) for act in view.acts),
        is_live=is_live,
    )
    return page._replace(seen=hashlib.sha256(repr(page).encode()).hexdigest()[:16])


def _sent(view: OneView) -> int:
    return view.results.get("sent", 0)


def _is_live(view: OneView) -> bool:
    """Tell whether more comes of it without anybody; of an aborted one what was sent is checked."""
    is_begun = any(act.what in ("start", "approve") for act in view.acts)
    is_unsure = "not_yet" in view.results or sum(view.checks.values()) < _sent(view)
    return view.status in ("running", "checking") or (
        view.status == "aborted" and is_begun and is_unsure
    )


def _buttons(view: OneView, caller: Caller, asked: Act | None) -> Iterator[Button]:
    for verb, how in VERBS.items():
        is_barred = verb in BY_ANOTHER and _is_barred(asked, caller, verb)
        is_empty = verb == "start" and not view.items
        if verb not in MOVES[view.status] or caller.role not in how.roles or is_barred or is_empty:
            continue
        if verb == "start" and view.needs_check:
            yield Button(verb, LABELS["do_ask"])
        elif verb == "abort" and view.status == "ready":
            yield Button(verb, LABELS["do_discard"])
        else:
            yield Button(verb, LABELS[f"do_{verb}"])


def _is_barred(asked: Act | None, caller: Caller, verb: Doing) -> bool:
    whose = asked.principal if asked else ""
    return not may_answer(whose, caller.principal, agrees=verb == "approve")


def _facts(view: OneView, units: Units) -> Iterator[Fact]:
    people, items = grouped(view.applications), grouped(view.items)
    yield Fact(LABELS["round_about"], about(view.stage, view.cause))
    yield Fact(LABELS["round_only"], within(view.choice, units))
    if view.choice.to_unit:
        yield Fact(LABELS["new_to_unit"], unit(view.choice.to_unit, units))
    if view.choice.working_days:
        yield Fact(LABELS["new_working_days"], grouped(view.choice.working_days))
    touched = LABELS["round_matters"].told(items=items, people=people)
    yield Fact(LABELS["new_to"], touched)
    if view.vnd:
        yield Fact(LABELS["round_money"], vnd(view.vnd))
    if view.refused:
        yield Fact(LABELS["round_refused"], grouped(view.refused))
    yield Fact(LABELS["round_why"], same(view.reason))
    yield Fact(LABELS["round_by"], same(view.by))
    yield Fact(LABELS["round_at"], moment(view.at))


def _notes(view: OneView, caller: Caller, asked: Act | None, *, is_late: bool) -> Iterator[Words]:
    if is_late:
        yield LABELS["round_late"]
    if not view.items:
        yield LABELS["round_nothing"]
    elif view.status == "ready":
        yield LABELS["round_preview"]
        if view.needs_check:
            yield LABELS["new_needs_check"]
    if not view.is_whole:
        yield LABELS["round_cut"]
    if view.status == "waiting_for_check" and asked:
        why = refusal_of(asked.principal, caller)
        is_own = why is not None and why.code == "same-person"
        yield LABELS["round_yours"] if is_own else LABELS["round_waits"].told(by=asked.by)
        if why and not is_own and caller.role in VERBS["approve"].roles:
            yield LABELS["refused_not-told-apart"]


def _verdict(view: OneView) -> tuple[str, Words] | None:
    """Say in a sentence what came of it, and in which tone."""
    if view.status not in ("done", "aborted"):
        return None
    sent, gone = _sent(view), view.checks.get("gone", 0)
    if not sent:
        return "calm", LABELS["round_none_sent"]
    if gone == sent and view.results.keys() & {"not_sent", "refused"}:
        return "now", LABELS["round_gone_of_sent"].told(count=grouped(sent))
    if gone == sent:
        return "whole", LABELS["round_gone"].told(count=grouped(sent))
    return "held", LABELS["round_left"].told(count=grouped(sent - gone))


def _bars(view: OneView) -> Iterator[Bar]:
    if view.status in ("ready", "waiting_for_check", "rejected", "expired") or not view.items:
        return
    sent = _sent(view)
    pairs = (
        ("round_sent", sent + view.results.get("gone_before", 0), view.items),
        ("round_looked", sum(view.checks.values()), sent),
    )
    for label, done, all_ in pairs:
        said = LABELS[label].told(done=grouped(done), all=grouped(all_))
        yield Bar(said, done, max(1, all_))


def _counts(view: OneView) -> Iterator[Count]:
    """Yield how often each result came, and each outcome of the check."""
    if view.status in ("ready", "waiting_for_check"):
        return
    for words, counted in ((RESULTS, view.results), (CHECKS, view.checks)):
        for word, name in words.items():
            if count := counted.get(word, 0):
                yield Count(word, name, grouped(count))


def _detail(item: ItemView, choice: Choice, units: Units) -> Words:
    """Say what a command is about: an order, a notice, the unit that it goes to, a new date, what
    kind of break, whose record.
    """
    if choice.cause == BREAK:
        return kind_of(item.reference)
    if choice.cause == POISON:
        return same(item.dossier or item.application or "–")
    if not item.reference:
        return same(item.partner or "–")
    if choice.to_unit:
        return unit(item.reference, units)
    if choice.working_days:
        return Words(f"{date.fromisoformat(item.reference):%d/%m/%Y}", item.reference)
    return same(" ".join(part for part in (item.partner, item.reference) if part))


def _line(item: ItemView, choice: Choice, units: Units, *, is_begun: bool) -> Line:
    own = _OWN.get(choice.cause)
    result = CHECKS[item.check] if item.check else RESULTS[item.result]
    if item.result == "not_yet" and not is_begun:
        result = LABELS["item_would"]
    more = Words(item.why_vi, item.why_en) if item.why_vi else None
    if item.there_since_ms is not None:
        more = LABELS["item_there"].told(at=moment(instant(item.there_since_ms)))
    return Line(
        number=item.number,
        address=f"{own}/{item.reference}" if own else f"journeys/{item.application}",
        name=item.reference if own else item.dossier or item.application,
        unit=unit(item.unit, units) if item.unit else same("–"),
        detail=_detail(item, choice, units),
        since=moment(instant(item.since_ms)),
        money=vnd(item.vnd) if item.vnd else same("–"),
        result=result,
        tone=_ITEM_TONES.get(item.check or item.result, "calm"),
        more=more,
    )


def _done(act: Act) -> Done:
    by = LABELS["round_itself"] if act.by == ITSELF else same(act.by)
    return Done(by, DOINGS[act.what], moment(act.at), act.reason)
