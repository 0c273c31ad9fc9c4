"""The life of an alarm: fired, owned, ended; and silences, which keep it from being delivered.

Acts are its audit.  A silence is no part of an alarm: it also holds for those that fire later.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

from services.operations.domain.alarms import Severity, Sight, rule_of

ACTS_LIMIT = 200  # of an alarm: then nobody takes it over any more
SILENCE_LIMIT = timedelta(days=30)
ITSELF = "/services/operations"  # who acts where no operator does

Doing = Literal["fired", "own", "silence", "unsilence", "ended"]
# what a silence is of: this alarm, or all that have its rule, partner or unit
Of = Literal["alarm", "rule", "partner", "unit"]
Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was done: by whom, when, and why."""

    what: Doing
    by: str
    at: datetime
    reason: str = ""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm; `value` is what was seen when it fired."""

    id: str
    rule: str
    about: str
    value: int
    partner: str
    unit: str
    acts: tuple[Act, ...]

    @property
    def key(self) -> str:
        """Return what tells it from alarms of other things."""
        return f"{self.rule}/{self.about}"

    @property
    def severity(self) -> Severity:
        """Return how bad it is."""
        return rule_of(self.rule).severity

    @property
    def fired_at(self) -> datetime:
        """Return when it fired."""
        return self.acts[0].at

    @property
    def ended_at(self) -> datetime | None:
        """Return when it ended, if it has."""
        return next((act.at for act in self.acts if act.what == "ended"), None)

    @property
    def owner(self) -> str:
        """Return who took it over last; nobody: empty."""
        return next((act.by for act in reversed(self.acts) if act.what == "own"), "")

    def after(self, act: Act) -> "Alarm":
        """Return it with one act more."""
        return msgspec.structs.replace(self, acts=(*self.acts, act))


class Silence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing that has all of what is named here is delivered until then; what is empty names
    nothing.  `id`: those that end later sort after it; empty until it is kept.
    """

    by: str
    at: datetime
    until: datetime
    reason: str
    rule: str = ""
    about: str = ""
    partner: str = ""
    unit: str = ""
    id: str = ""

    def kept(self) -> "Silence":
        """Return it under an id: the same words said at another time are another silence."""
        said = msgspec.json.encode(msgspec.structs.replace(self, id=""))
        id_ = f"{_ms(self.until):013d}-{blake2b(said, digest_size=5).hexdigest()}"
        return msgspec.structs.replace(self, id=id_)

    def says_again(self, other: "Silence") -> bool:
        """Tell whether it says what another does, whenever that was said."""
        return msgspec.structs.replace(other, at=self.at, id=self.id) == self

    def covers(self, alarm: Alarm, now: datetime) -> bool:
        """Tell whether it holds for an alarm now."""
        wanted = (self.rule, self.about, self.partner, self.unit)
        has = (alarm.rule, alarm.about, alarm.partner, alarm.unit)
        return now < self.until and all(w in ("", h) for w, h in zip(wanted, has, strict=True))


def fired(id_: str, sight: Sight, at: datetime) -> Alarm:
    """Return an alarm that fires now."""
    return Alarm(
        id=id_,
        rule=sight.rule,
        about=sight.about,
        value=sight.value,
        partner=sight.partner,
        unit=sight.unit,
        acts=(Act(what="fired", by=ITSELF, at=at),),
    )


def silence_of(
    alarm: Alarm, of: Of, by: str, at: datetime, until: datetime, reason: str
) -> Silence:
    """Return the silence that somebody asks for at an alarm.  Raises `ValueError`: it has none."""
    named = {
        "alarm": {"rule": alarm.rule, "about": alarm.about},
        "rule": {"rule": alarm.rule},
        "partner": {"partner": alarm.partner},
        "unit": {"unit": alarm.unit},
    }[of]
    if not all(named.values()):
        raise ValueError(f"the alarm is of no {of}")
    return Silence(by=by, at=at, until=until, reason=reason, **named).kept()


def is_silenced(alarm: Alarm, silences: Iterable[Silence], now: datetime) -> bool:
    """Tell whether nothing of an alarm is delivered now."""
    return any(silence.covers(alarm, now) for silence in silences)


def in_order(alarms: Iterable[Alarm]) -> Sequence[Alarm]:
    """Return the critical ones first, and of these the newest."""
    return sorted(alarms, key=lambda a: (a.severity != "critical", -_ms(a.fired_at), a.id))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
