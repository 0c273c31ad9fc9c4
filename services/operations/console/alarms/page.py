"""Alarms as pages: what stands as rows, one with its acts, a rule with its runbook.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from markdown_it import MarkdownIt

from services.operations.alarms.views import AlarmView, ListView, OneView, SilenceView
from services.operations.console.alarms.labels import LOOPS
from services.operations.console.facts import same
from services.operations.console.spoken import moment, stretch
from services.operations.console.stuck.page import STAGES, title_of
from services.operations.domain.alarm_life import ITSELF
from services.operations.domain.alarm_words import measured
from services.operations.domain.alarm_words import runbook as runbook_of
from services.operations.domain.alarms import RULES, rule_of
from services.operations.domain.causes import CAUSES
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Language, Words
from services.operations.domain.proof.words import KINDS

OLD = timedelta(minutes=1)  # a look that is older says that nobody looks
MARKS = {"critical": "late", "warning": "paused"}  # classes of the colours
FINDINGS = {"begun": "sent", "done": "delivered", "failed": "failed"}
_NONE = same("–")


class Row(NamedTuple):
    """An alarm: where it is, what it is about, what is seen, and who has it."""

    id: str
    title: Words
    severity: str
    mark: str
    about: Words
    seen: Words
    now: Words
    since: Words
    lasts: Words
    ended: Words | None
    owner: str
    is_silenced: bool


class Quiet(NamedTuple):
    """A silence: what it is of, until when, whose and why."""

    what: Words
    until: Words
    by: str
    reason: str


class Failing(NamedTuple):
    """What operations cannot do in the background: how often in a row, when last, and why."""

    what: Words
    times: str
    at: Words
    because: str


class Board(NamedTuple):
    """What stands; `looked` is when operations looked last, `is_old`: too long ago."""

    rows: Sequence[Row]
    quiet: Sequence[Quiet]
    unseen: Sequence[Words]
    failing: Sequence[Failing]
    looked: Words | None
    is_old: bool
    following: str


class Did(NamedTuple):
    """Something that was done about an alarm."""

    label: str
    at: Words
    by: str
    reason: str


class Told(NamedTuple):
    """What came of telling a target."""

    target: str
    label: str
    finding: str
    mark: str
    at: Words
    attempts: str
    problem: str


class Link(NamedTuple):
    """A page that shows what an alarm is about."""

    address: str
    name: Words


class One(NamedTuple):
    """One alarm, with all that is known of it; `silences`: what of it may be silenced."""

    row: Row
    runbook: str
    looks_at: Words
    fires_at: Words
    partner: str
    unit: Words | None
    links: Sequence[Link]
    applications: Sequence[str]
    acts: Sequence[Did]
    told: Sequence[Told]
    quiet: Sequence[Quiet]
    silences: Sequence[str]


class Guide(NamedTuple):
    """A rule: what it looks at, when it fires and ends, and how many alarms of it stand."""

    rule: str
    title: Words
    severity: str
    mark: str
    looks_at: Words
    each: Words
    fires_at: Words
    ends_at: Words
    standing: int


def board(view: ListView, units: Units, now: datetime) -> Board:
    """Return what a list says."""
    looked = view.looked_at
    return Board(
        [_row(alarm, units, now) for alarm in view.alarms],
        [_quiet(silence, units) for silence in view.silences],
        [rule_of(rule).title for rule in view.unseen],
        [Failing(loop_name(f.loop), str(f.times), moment(f.at), f.because) for f in view.failing],
        moment(looked) if looked else None,
        looked is None or now - looked > OLD,
        view.next,
    )


def one(view: OneView, units: Units, now: datetime) -> One:
    """Return what one alarm's page says."""
    rule = rule_of(view.rule)
    named = {"partner": view.partner, "unit": view.unit}
    return One(
        row=_row(view, units, now),
        runbook=runbook_of(view.rule),
        looks_at=rule.looks_at,
        fires_at=measured(rule.fires_at, rule.measure),
        partner=view.partner,
        unit=units.name(view.unit) if view.unit else None,
        links=links(view),
        applications=view.applications,
        acts=[
            Did(
                f"did_{act.what}",
                moment(act.at),
                "" if act.by == ITSELF else act.by,
                act.reason,
            )
            for act in reversed(view.acts)
        ],
        told=[
            Told(
                each.target,
                f"told_{each.what}",
                f"finding_{each.finding}",
                FINDINGS[each.finding],
                moment(each.at),
                str(each.attempts),
                each.problem,
            )
            for each in view.told
        ],
        quiet=[_quiet(silence, units) for silence in view.silences],
        silences=["alarm", "rule", *(of for of, value in named.items() if value)],
    )


def guides(standing: Iterable[AlarmView]) -> list[Guide]:
    """Return all rules, with how many alarms of each stand."""
    rules = [alarm.rule for alarm in standing]
    return [
        Guide(
            name,
            rule.title,
            f"severity_{rule.severity}",
            MARKS[rule.severity],
            rule.looks_at,
            rule.about,
            measured(rule.fires_at, rule.measure),
            measured(rule.ends_at, rule.measure),
            rules.count(name),
        )
        for name, rule in RULES.items()
    ]


def runbook(text: str, language: Language) -> str:
    """Return the half of a runbook in this language as HTML, without its title.

    Its own tags are shown as text; headings are one deeper than in the file.
    """
    english, _, vietnamese = text.partition("\n---\n")
    half = english if language == "en" else vietnamese
    _title, _, rest = half.strip().partition("\n")
    html: str = MarkdownIt("commonmark", {"html": False}).render(rest)
    return html


def links(alarm: AlarmView) -> list[Link]:
    """Return the pages of the board that show what an alarm is about."""
    match alarm.rule:
        case "stuck_old" | "stuck_growth":
            stage, _, cause = alarm.about.partition("/")
            found = [(stage, cause, "")]
        case "late_intake":
            found = [(CAUSES[alarm.about].stage, alarm.about, "")] if alarm.about in CAUSES else []
        case "partner_down":
            found = [("payment", "partner_down", ""), ("payment", "partner_silent", "")]
        case "due_soon":
            found = [("processing", "in_processing", "?which=waiting")]
        case "silent_unit":
            found = [("routing", "awaiting_acceptance", "?which=all")]
        case "certificate_expiry" if alarm.about.startswith("signer/"):
            found = [("processing", "certificate_expired", "")]
        case _:
            found = []
    return [Link(f"stuck/{s}/{c}{query}", title_of(c)) for s, c, query in found if c in CAUSES]


def about(rule: str, what: str, units: Units) -> Words:
    """Return what an alarm is about, in words where there are any."""
    if rule in ("due_soon", "silent_unit"):
        return units.name(what)
    if rule == "loop_failing":
        return loop_name(what)
    if rule in ("sequence_gap", "parity_difference"):
        return KINDS.get(what, same(what))
    stage, _, cause = what.rpartition("/")
    if cause in CAUSES:
        title = title_of(cause)
        at = STAGES.get(stage)
        return Words(f"{title.vi} · {at.vi}", f"{title.en} · {at.en}") if at else title
    if stage == "signer":
        unit = units.name(cause)
        return Words(f"người ký ở {unit.vi}", f"a signer at {unit.en}")
    return same(what)


def loop_name(loop: str) -> Words:
    """Return what is done in the background, in words."""
    return LOOPS.get(loop, same(loop))


def _row(view: AlarmView, units: Units, now: datetime) -> Row:
    seen = None if view.value_now is None else measured(view.value_now, view.measure)
    until = view.ended_at or now
    lasted_ms = int((until - view.fired_at).total_seconds() * 1_000)
    return Row(
        id=view.id,
        title=Words(view.title_vi, view.title_en),
        severity=f"severity_{view.severity}",
        mark=MARKS[view.severity],
        about=about(view.rule, view.about, units),
        seen=measured(view.value, view.measure),
        now=seen or _NONE,
        since=moment(view.fired_at),
        lasts=stretch(max(0, lasted_ms)),
        ended=moment(view.ended_at) if view.ended_at else None,
        owner=view.owner,
        is_silenced=view.is_silenced,
    )


def _quiet(view: SilenceView, units: Units) -> Quiet:
    parts: Mapping[str, Words | None] = {
        "rule": rule_of(view.rule).title if view.rule else None,
        "about": about(view.rule, view.about, units) if view.about else None,
        "partner": same(view.partner) if view.partner else None,
        "unit": units.name(view.unit) if view.unit else None,
    }
    named = [words for words in parts.values() if words]
    what = Words(": ".join(w.vi for w in named), ": ".join(w.en for w in named))
    return Quiet(what, moment(view.until), view.by, view.reason)
