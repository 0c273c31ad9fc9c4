"""What operators see of alarms: what was seen, how it stands, who has it, and its runbook."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from services.operations.alarms.rows import Look
from services.operations.domain.alarm_life import (
    Act,
    Alarm,
    Silence,
    fired,
    in_order,
    is_silenced,
)
from services.operations.domain.alarm_telling import Attempt, Finding, What, latest
from services.operations.domain.alarm_words import runbook
from services.operations.domain.alarms import RULES, Measure, Severity, Sight, rule_of
from services.operations.turns import Fault
from shared.edge import APPLICATION

PAGES = "/console/alarms"


class AlarmView(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm.  `value` is what was seen when it fired, `value_now` at the last look; null: it
    is gone.  `applications` are some that it is about, where the stuck board does not list them.
    """

    id: str
    rule: str
    about: str
    severity: Severity
    title_vi: str
    title_en: str
    measure: Measure
    value: int
    value_now: int | None
    partner: str
    unit: str
    applications: tuple[str, ...]
    fired_at: datetime
    ended_at: datetime | None
    owner: str
    is_silenced: bool
    runbook: str


class SilenceView(msgspec.Struct, frozen=True, kw_only=True):
    """What is not delivered, until when, by whom and why; what is empty names nothing."""

    id: str
    rule: str
    about: str
    partner: str
    unit: str
    by: str
    at: datetime
    until: datetime
    reason: str


class ToldView(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the last attempt to tell a target that it fired, or ended."""

    target: str
    what: What
    attempts: int
    at: datetime
    finding: Finding
    problem: str


class OneView(AlarmView, frozen=True, kw_only=True):
    """The same with who did what, the silences that hold for it, and to whom it was told."""

    acts: tuple[Act, ...]
    silences: list[SilenceView]
    told: list[ToldView]


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """Alarms.  `looked_at` is when operations looked last (null: never), `unseen` the rules of
    which it could see nothing then; `failing` what operations cannot do in the background.
    `next`: where the next page begins, empty at the end.
    """

    looked_at: datetime | None
    unseen: list[str]
    alarms: list[AlarmView]
    silences: list[SilenceView]
    failing: list[Fault] = []
    next: str = ""


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: it fires at a value, and ends at another, once it was so for as long as is said."""

    rule: str
    severity: Severity
    title_vi: str
    title_en: str
    looks_at_vi: str
    looks_at_en: str
    about_vi: str
    about_en: str
    measure: Measure
    fires_at: int
    ends_at: int
    lasts_s: int
    quiet_s: int
    runbook: str


class RulesView(msgspec.Struct, frozen=True, kw_only=True):
    """All rules."""

    rules: list[RuleView]


def listed(
    alarms: Iterable[Alarm],
    look: Look | None,
    silences: Sequence[Silence],
    now: datetime,
    next_: str = "",
    failing: Sequence[Fault] = (),
) -> ListView:
    """Return alarms as a list shows them, the critical ones first; a page of all of them stays in
    its order.
    """
    return ListView(
        looked_at=datetime.fromtimestamp(look.at_ms / 1_000, UTC) if look else None,
        unseen=look.unseen if look else [],
        alarms=[short(alarm, look, silences, now) for alarm in alarms],
        silences=[_silence(silence) for silence in silences],
        failing=list(failing),
        next=next_,
    )


def standing(alarms: Iterable[Alarm]) -> Sequence[Alarm]:
    """Return those that have not ended, the critical ones first."""
    return in_order(alarm for alarm in alarms if alarm.ended_at is None)


def short(alarm: Alarm, look: Look | None, silences: Sequence[Silence], now: datetime) -> AlarmView:
    """Return one as a list shows it."""
    rule, sight = rule_of(alarm.rule), _sight(alarm, look)
    return AlarmView(
        id=alarm.id,
        rule=alarm.rule,
        about=alarm.about,
        severity=rule.severity,
        title_vi=rule.title.vi,
        title_en=rule.title.en,
        measure=rule.measure,
        value=alarm.value,
        value_now=sight.value if sight else None,
        partner=alarm.partner,
        unit=alarm.unit,
        applications=sight.named if sight else (),
        fired_at=alarm.fired_at,
        ended_at=alarm.ended_at,
        owner=alarm.owner,
        is_silenced=is_silenced(alarm, silences, now),
        runbook=f"{PAGES}/{runbook(alarm.rule)}",
    )


def whole(
    alarm: Alarm,
    look: Look | None,
    silences: Sequence[Silence],
    told: Mapping[str, Sequence[Attempt]],
    now: datetime,
) -> OneView:
    """Return all of one; `told` are the attempts by target."""
    return OneView(
        **msgspec.structs.asdict(short(alarm, look, silences, now)),
        acts=alarm.acts,
        silences=[_silence(silence) for silence in silences if silence.covers(alarm, now)],
        told=[_told(target, last) for target, each in told.items() for last in latest(each)],
    )


def rules() -> RulesView:
    """Return the table of rules."""
    return RulesView(
        rules=[
            RuleView(
                rule=name,
                severity=rule.severity,
                title_vi=rule.title.vi,
                title_en=rule.title.en,
                looks_at_vi=rule.looks_at.vi,
                looks_at_en=rule.looks_at.en,
                about_vi=rule.about.vi,
                about_en=rule.about.en,
                measure=rule.measure,
                fires_at=rule.fires_at,
                ends_at=rule.ends_at,
                lasts_s=rule.lasts_s,
                quiet_s=rule.quiet_s,
                runbook=f"{PAGES}/{runbook(name)}",
            )
            for name, rule in RULES.items()
        ]
    )


def _sight(alarm: Alarm, look: Look | None) -> Sight | None:
    sights = look.sights if look and alarm.ended_at is None else []
    return next((sight for sight in sights if sight.key == alarm.key), None)


def _told(target: str, attempt: Attempt) -> ToldView:
    return ToldView(
        target=target,
        what=attempt.what,
        attempts=attempt.number,
        at=datetime.fromtimestamp(attempt.at_ms / 1_000, UTC),
        finding=attempt.finding,
        problem=attempt.problem,
    )


def _silence(silence: Silence) -> SilenceView:
    return SilenceView(**msgspec.structs.asdict(silence))


# ---- as the description of the edge shows them

_AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
_SIGHT = Sight(rule="parity_difference", about="unbooked", value=1, named=(APPLICATION,))
_ALARM = fired("1763602200000-3f9ac1d2e4", _SIGHT, _AT)
_LOOK = Look(int(_AT.timestamp() * 1_000), [_SIGHT], [])
_TOLD = Attempt(what="fired", number=1, at_ms=_LOOK.at_ms, finding="done")
ONE = whole(_ALARM, _LOOK, (), {"night-shift": [_TOLD]}, _AT)
LIST = listed([_ALARM], _LOOK, (), _AT)
