"""What can be done about a group or an application, and the form that asks for it.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from services.operations.board import Situation
from services.operations.console.facts import same, unit
from services.operations.console.labels import LABELS
from services.operations.console.spoken import grouped, moment
from services.operations.console.stuck.page import (
    address_of,
    chosen_by,
    name_of,
    stage_of,
    title_of,
)
from services.operations.domain import actions
from services.operations.domain.acting.shape import Takes
from services.operations.domain.actions import ACTIONS, Action, possible
from services.operations.domain.causes import HELD
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.rounds import WORKING_DAYS_LIMIT, Choice, Reason
from services.operations.domain.situations import rows_of
from services.operations.domain.status import held_by
from services.operations.opened import Opened
from shared.clock import VIETNAM

TIMES = ("since", "until")
AT = "%Y-%m-%dT%H:%M"  # as browsers send a time
SUGGESTED_LIMIT = 30  # units and partners that a form names
BESIDE_LIMIT = 400  # units that it could go to: those of three provinces


class Offer(NamedTuple):
    """Something that can be done about a cause, and where it is asked for."""

    action: str
    does: Words
    about: Words
    address: str


class Wrong(NamedTuple):
    """What is wrong with a field of the form."""

    field: str
    words: Words


class Form(NamedTuple):
    """What is asked for, as it was typed so far; `chosen`: what each of the `applications` is
    called, and where it is explained; `units`, `partners`, `to_units` are suggestions; `takes`:
    what has to be given with the action.
    """

    choice: Mapping[str, str]
    applications: tuple[str, ...]
    chosen: Sequence[tuple[str, str]]
    does: Words
    follows: tuple[Words, ...]
    needs_check: bool
    about: Words
    units: Sequence[tuple[str, Words]]
    partners: Sequence[str]
    takes: Takes
    to_units: Sequence[tuple[str, Words]]
    back: str
    wrong: Wrong | None = None


def offers(
    stage: str, cause: str, application: str = "", table: Mapping[str, Action] = ACTIONS
) -> list[Offer]:
    """Return what can be done about a group, or about one `application` of it."""
    one = {"stage": stage, "cause": cause, "of": "chosen", "applications": application}
    query = f"?{urlencode(one)}" if application else ""
    return [
        Offer(name, in_words(table[name].does), about(stage, cause), f"rounds/new/{name}{query}")
        for name in possible(cause, table)
    ]


def offers_of(one: Opened) -> list[Offer]:
    """Return what can be done about whatever an application waits for, each once."""
    matters = [(row["stage"], row["cause"]) for row in rows_of(*one[:2]).values()]
    matters += [(service, HELD) for service in held_by(one.entries)]
    return [
        offer
        for stage, cause in dict.fromkeys(matters)
        for offer in offers(stage, cause, one.application)
    ]


def mistake(typed: Mapping[str, str], takes: Takes) -> Wrong | None:
    """Return what is wrong with what was typed, as far as that can be told from it alone."""
    days = typed["working_days"]
    try:
        msgspec.convert(typed["reason"], Reason)
    except msgspec.ValidationError:
        return Wrong("reason", LABELS["refused_no-reason"])
    if wrong := _wrong_time(typed):
        return wrong
    if takes == "to_unit" and not typed["to_unit"]:
        return Wrong("to_unit", LABELS["wrong_to_unit"])
    is_number = days.isascii() and days.isdecimal() and len(days) <= len(f"{WORKING_DAYS_LIMIT}")
    if takes == "working_days" and not (is_number and 1 <= int(days) <= WORKING_DAYS_LIMIT):
        words = LABELS["wrong_working_days"].told(limit=f"{WORKING_DAYS_LIMIT}")
        return Wrong("working_days", words)
    return None


def instant_of(typed: str) -> datetime | None:
    """Return a time as browsers send it, Viet Nam's; None: none was given.  Raises `ValueError`."""
    return datetime.strptime(typed, AT).replace(tzinfo=VIETNAM) if typed else None


def _wrong_time(typed: Mapping[str, str]) -> Wrong | None:
    found: list[datetime | None] = []
    for name in TIMES:
        try:
            found.append(instant_of(typed[name]))
        except ValueError:
            return Wrong(name, LABELS["wrong_time"])
    since, until = found
    is_backwards = since is not None and until is not None and since >= until
    return Wrong("until", LABELS["wrong_until"]) if is_backwards else None


def about(stage: str, cause: str) -> Words:
    """Return what a group is called."""
    title, at = title_of(cause), stage_of(stage)
    return Words(f"{title.vi} · {at.vi}", f"{title.en} · {at.en}")


def within(choice: Choice, units: Units) -> Words:
    """Return which of a group were chosen."""
    found = [LABELS["new_stuck" if choice.which == "stuck" else "new_all"]]
    if choice.applications:
        count = grouped(len(choice.applications))
        found = [LABELS["new_chosen"].told(count=count)]
    found += [unit(choice.unit, units)] if choice.unit else []
    found += [same(choice.partner)] if choice.partner else []
    found += [LABELS["new_group"].told(group=choice.group)] if choice.group else []
    for label, at in (("new_since", choice.since), ("new_until", choice.until)):
        if at:
            name, value = LABELS[label], moment(at)
            found.append(Words(f"{name.vi} {value.vi}", f"{name.en} {value.en}"))
    return Words(" · ".join(w.vi for w in found), " · ".join(w.en for w in found))


def form_page(
    choice: Mapping[str, str],
    applications: tuple[str, ...],
    action: Action,
    group: Iterable[Situation],
    units: Units,
) -> Form:
    """Return the form; `group` are some of those that it is about."""
    among = list(group)
    known = {chosen_by(one): (name_of(one), address_of(one)) for one in among}
    codes = dict.fromkeys(one.unit for one in among if one.unit)
    partners = dict.fromkeys(one.partner for one in among if one.partner)
    return Form(
        choice=choice,
        applications=applications,
        chosen=[known.get(one, (one, f"journeys/{one}")) for one in applications],
        does=in_words(action.does),
        follows=tuple(map(in_words, action.follows)),
        needs_check=action.needs_check,
        about=about(choice["stage"], choice["cause"]),
        units=[(code, units.name(code)) for code in list(codes)[:SUGGESTED_LIMIT]],
        partners=list(partners)[:SUGGESTED_LIMIT],
        takes=action.takes,
        to_units=units.beside(codes)[:BESIDE_LIMIT] if action.takes == "to_unit" else (),
        back=f"stuck/{choice['stage']}/{choice['cause']}?which={choice['which']}",
    )


def in_words(said: actions.Words) -> Words:
    """Return what the table of actions says, as pages tell it."""
    return Words(said.vi, said.en)
