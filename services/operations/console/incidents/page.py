"""One incident as a page: whom it concerns, what was done, what may belong to it.  Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.operations.console.alarms.page import about as about_alarm
from services.operations.console.facts import Fact, same, vnd
from services.operations.console.facts import unit as unit_of
from services.operations.console.incidents.scopes import in_words
from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import STATUSES
from services.operations.console.rounds.listing import TONES
from services.operations.console.rounds.offers import about
from services.operations.console.rounds.offers import in_words as action_words
from services.operations.console.spoken import grouped, instant, moment
from services.operations.console.stuck.page import title_of
from services.operations.domain.actions import ACTIONS
from services.operations.domain.alarm_life import Alarm
from services.operations.domain.alarms import RULES, rule_of
from services.operations.domain.causes import CAUSES
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.incidents import APPLICATIONS_LIMIT, ITSELF, Act, Found
from services.operations.incidents.offers import OffersView, RoundOffer
from services.operations.incidents.views import (
    ApplicationsView,
    IncidentView,
    OneView,
    PreviewView,
)

GROUPS_LIMIT = 6  # of the board that a page leads to: of more the board itself is the page
ALARMS_LIMIT = 20
_NONE = same("–")


class Whom(NamedTuple):
    """Whom it concerned, or concerns, at a time."""

    name: str
    at: Words
    applications: Words
    matters: Words
    money: Words


class Link(NamedTuple):
    """A page that belongs to it, with what is said of it."""

    address: str
    name: Words
    more: Words
    tone: str = ""


class Line(NamedTuple):
    """An application that was kept."""

    number: int
    application: str
    name: str
    unit: Words
    partner: str
    since: Words
    money: Words


class Listed(NamedTuple):
    """A page of those that were kept; `next` is the number of the first of the next page."""

    lines: Sequence[Line]
    first: int
    next: int | None
    is_whole: bool
    limit: str


class Did(NamedTuple):
    """Something that was done."""

    at: Words
    by: Words
    label: str
    text: str
    link: str
    more: Words


class Offer(NamedTuple):
    """Something that may belong to it."""

    id: str
    name: Words
    more: Words


class One(NamedTuple):
    """One incident with all that its page says."""

    id: str
    title: Words
    status: str
    tone: str
    scope: Sequence[Fact]
    opened: Words
    owner: str
    whom: Sequence[Whom]
    is_told: bool
    groups: Sequence[Link]
    alarms: Sequence[Link]
    rounds: Sequence[Link]
    broadcasts: Sequence[str]
    acts: Sequence[Did]


class Preview(NamedTuple):
    """Whom a scope would concern."""

    scope: Sequence[Fact]
    whom: Sequence[Whom]
    is_told: bool


def one(
    view: OneView,
    alarms: Mapping[str, Alarm],
    rounds: Mapping[str, RoundOffer],
    units: Units,
) -> One:
    """Return what one incident's page says; `alarms`, `rounds`: those of its that are known."""
    counted = view.now_at or view.frozen_at
    frozen, now = _whom("frozen", view.frozen_at, view.frozen), _whom("now", counted, view.now)
    return One(
        id=view.id,
        title=named(view, alarms.get(view.alarm), units),
        status=f"incident_{view.status}",
        tone=tone(view),
        scope=in_words(view.scope, units),
        opened=LABELS["incident_opened"].told(at=moment(view.opened_at), by=_who(view.opened_by)),
        owner=view.owner,
        whom=[frozen, now],
        is_told=bool(view.scope.finding or view.scope.kinds),
        groups=_groups(view.scope.kinds),
        alarms=[_alarm(id_, alarms.get(id_), units) for id_ in view.alarms[-ALARMS_LIMIT:]],
        rounds=[_round(id_, rounds.get(id_)) for id_ in view.rounds],
        broadcasts=view.broadcasts,
        acts=[_did(act) for act in reversed(view.acts)],
    )


def listed(view: ApplicationsView, first: int, units: Units) -> Listed:
    """Return a page of the applications that were kept."""
    return Listed(
        [
            Line(
                number=number,
                application=item.application,
                name=item.dossier or item.application,
                unit=unit_of(item.unit, units) if item.unit else _NONE,
                partner=item.partner,
                since=moment(instant(item.since_ms)) if item.since_ms else _NONE,
                money=money(item.vnd),
            )
            for number, item in enumerate(view.items, first)
        ],
        first,
        view.next,
        view.is_whole,
        grouped(APPLICATIONS_LIMIT).vi,
    )


def preview(view: PreviewView, units: Units) -> Preview:
    """Return what is said before one is opened."""
    whom = [_whom("now", view.now_at, view.now)]
    scope = view.scope
    return Preview(in_words(scope, units), whom, bool(scope.finding or scope.kinds))


def round_offers(view: OffersView) -> list[Offer]:
    """Return the rounds that may belong to one."""
    return [Offer(one.id, _does(one), _round_more(one)) for one in view.rounds]


def broadcast_offers(view: OffersView) -> list[Offer]:
    """Return the broadcasts that may belong to one."""
    return [
        Offer(
            one.id,
            Words(one.vi or one.id, one.en or one.vi or one.id),
            LABELS["incident_told"].told(told=f"{one.told}", all=f"{view.looked_at}"),
        )
        for one in view.broadcasts
    ]


def named(view: IncidentView, alarm: Alarm | None, units: Units) -> Words:
    """Return what it is called: as a person said, or as the alarm that opened it is in words."""
    if alarm is None or alarm.rule not in RULES:
        return same(view.title)
    return _alarm_name(alarm, units)


def tone(view: IncidentView) -> str:
    """Return the class of an incident's colour."""
    if view.status == "closed":
        return "calm"
    return "running" if view.owner else "late"


def _whom(name: str, at: datetime, found: Found) -> Whom:
    return Whom(
        f"incident_{name}",
        moment(at),
        many(found),
        grouped(found.matters),
        money(found.vnd),
    )


def many(found: Found) -> Words:
    """Return how many it concerns."""
    count = grouped(found.applications)
    return count if found.is_whole else LABELS["incident_at_least"].told(count=count)


def money(amount: int) -> Words:
    """Return an amount, or that there is none."""
    return vnd(amount) if amount else _NONE


def _who(by: str) -> Words:
    return LABELS["incident_itself"] if by == ITSELF else same(by)


def _groups(kinds: Sequence[tuple[str, str]]) -> list[Link]:
    """Return the groups of the board that it is about; too many are the board."""
    known = [(stage, cause) for stage, cause in kinds if cause in CAUSES]
    if len(known) > GROUPS_LIMIT:
        return [Link("stuck", LABELS["stuck"], _NONE)]
    return [Link(f"stuck/{s}/{c}?which=all", title_of(c), about(s, c)) for s, c in known]


def _alarm(id_: str, alarm: Alarm | None, units: Units) -> Link:
    if alarm is None:
        return Link(f"alarms/{id_}", same(id_), _NONE)
    standing = "over" if alarm.ended_at else "stands"
    fired, state = moment(alarm.fired_at), LABELS[f"incident_alarm_{standing}"]
    more = Words(f"{fired.vi} · {state.vi}", f"{fired.en} · {state.en}")
    return Link(f"alarms/{id_}", _alarm_name(alarm, units), more)


def _alarm_name(alarm: Alarm, units: Units) -> Words:
    title, of = rule_of(alarm.rule).title, about_alarm(alarm.rule, alarm.about, units)
    return Words(f"{title.vi}: {of.vi}", f"{title.en}: {of.en}")


def _round(id_: str, known: RoundOffer | None) -> Link:
    if known is None:
        return Link(f"rounds/{id_}", same(id_), _NONE)
    return Link(f"rounds/{id_}", _does(known), _round_more(known), TONES[known.status])


def _does(one: RoundOffer) -> Words:
    if one.action not in ACTIONS:
        return same(one.action)
    does, of = action_words(ACTIONS[one.action].does), about(one.stage, one.cause)
    return Words(f"{does.vi} · {of.vi}", f"{does.en} · {of.en}")


def _round_more(one: RoundOffer) -> Words:
    at, status = moment(one.at), STATUSES[one.status]
    said = ((at.vi, status.vi), (at.en, status.en))
    vi, en = (f"{when} · {one.by} · {word} · {one.reason}" for when, word in said)
    return Words(vi, en)


def _did(act: Act) -> Did:
    kept = act.found
    more = same("")
    if kept:
        more = LABELS["incident_kept"].told(count=many(kept), money=money(kept.vnd))
    links = {"round": "rounds", "alarm": "alarms"}
    link = f"{links[act.what]}/{act.reference}" if act.what in links else ""
    text = act.text or act.reference
    return Did(moment(act.at), _who(act.by), f"incident_did_{act.what}", text, link, more)
