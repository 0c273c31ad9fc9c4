"""What the kernel itself says, in every service's inbox and parked topics."""

from typing import ClassVar, Literal

from shared.events.data import Data, Strict


class TimerFired(Strict, frozen=True, kw_only=True):
    """A timer set by version `version` of the application came due.  The envelope's id is the
    timer's.
    """

    TYPE: ClassVar[str] = "timer.fired"
    name: str
    version: int


class LaneReleased(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """An operator lets the records held for an application be decided again, in order; `checked_by`
    agreed to it, where that takes two.
    """

    TYPE: ClassVar[str] = "lane.released"
    operator: str
    reason: str
    checked_by: str = ""


class RecordParked(Data, frozen=True, kw_only=True):
    """A lane could not decide a record and holds it; later ones of the application are held behind
    it.
    """

    TYPE: ClassVar[str] = "record.parked"
    service: str
    topic: str
    partition: int
    offset: int
    reason: str


class RecordDead(Data, frozen=True, kw_only=True):
    """A record nobody can read, with the reason and the field; the original is sealed.

    `size` is how many bytes its value had, `truncated` says that not all of it was kept.
    """

    TYPE: ClassVar[str] = "record.dead"
    service: str
    topic: str
    partition: int
    offset: int
    reason: str
    field: str
    sealed: str
    size: int = 0
    truncated: bool = False


class RecordAnswered(Data, frozen=True, kw_only=True):
    """What an operator did about a record that nobody could read; the original stays.

    `topic`, `partition` and `offset` are where it stood; what was a partner's call stood nowhere,
    so they are its letter's.  `redriven`: sent again as it was, `edited`: a copy was, in which
    `fields` differ (JSON paths; `sealed` has both values of each), `dismissed`: nothing was sent.
    `checker` is who agreed to a copy, or to a dismissal, beside the operator.
    """

    TYPE: ClassVar[str] = "record.answered"
    service: str
    topic: str
    partition: int
    offset: int
    did: Literal["redriven", "edited", "dismissed"]
    operator: str
    reason: str
    checker: str = ""
    fields: tuple[str, ...] = ()
    sealed: str = ""
