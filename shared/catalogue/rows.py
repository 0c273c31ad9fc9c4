"""The catalogue's rows, in force from `valid_from` up to but without `valid_to` (None: open)."""

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from shared.catalogue.fees import Fee, FeeExemption, FeeResolution
from shared.catalogue.interlinked import InterlinkedSet

UnitKind = Literal["province", "city", "commune", "ward", "special_zone"]
Level = Literal["commune", "province", "ministry"]
TimeUnit = Literal["working_day", "working_hour", "calendar_day", "by_plan"]
PaymentMoment = Literal[
    "none",
    "at_submission",
    "at_submission_if_late",
    "after_acceptance",
    "after_tax_notice",
    "with_result",
]
NonBoundary = Literal[
    "intra_province",
    "nationwide",
    "nationwide_database",
    "restricted_to_property_location",
    "restricted_to_archive_holder",
    "police_rules",
]

Role = Literal["one_stop", "specialist", "division_head", "leader", "clerk", "partner_agency"]
Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]

DERIVED = "derived"  # the id of every workflow that nobody wrote


class Unit(msgspec.Struct, frozen=True, array_like=True):
    """A province (two digits, number 0), or a commune, ward or special zone (five digits).

    `number` counts a province's units for dossier codes; once given it never changes hands.
    """

    code: str
    name: str
    kind: UnitKind
    province: str
    number: int
    valid_from: date
    valid_to: date | None

    @property
    def is_province(self) -> bool:
        """Whether this is a whole province."""
        return self.number == 0


class Succession(msgspec.Struct, frozen=True, array_like=True):
    """What an old unit's code leads to: one unit, or several that a person has to choose from.

    A unit that has ended since leads on to its own row, so that a merger adds one row.
    """

    old: str
    units: tuple[str, ...]
    valid_from: date
    valid_to: date | None


class OrgCode(msgspec.Struct, frozen=True, array_like=True):
    """The national identifier of a province in dossier codes (`H26`)."""

    province: str
    identifier: str
    confidence: str
    valid_from: date
    valid_to: date | None


class ProcessingTime(msgspec.Struct, frozen=True, kw_only=True):
    """The statutory time; `extension`: units more when something must be verified."""

    unit: TimeUnit
    value: int
    confidence: str
    extension: int = 0
    special_case: int = 0
    illustrative: bool = False


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What a procedure pays to who applied: each month or once, and at most so much at a time."""

    every: Literal["month", "once"]
    limit_vnd: Annotated[int, Meta(ge=1)]
    source: str
    confidence: str
    illustrative: bool = False


class Procedure(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure as published.  A code that begins with `local.` is ours, none is established."""

    code: str
    code_confidence: str
    name_vi: str
    name_en: str
    sector: str
    competent_level: Level
    competent_authority: str
    online_level: Literal["full", "partial"]
    payment_moment: PaymentMoment
    non_boundary: NonBoundary
    processing_time: ProcessingTime
    fee: Fee
    required_documents: tuple[str, ...]
    result: str
    valid_from: date
    valid_to: date | None
    moved_from: str = ""
    outbound_payment: bool = False
    allowance: Allowance | None = None
    steps: tuple[str, ...] = ()


class CalendarDay(msgspec.Struct, frozen=True, array_like=True):
    """A weekday that is off, or a Saturday that is worked instead of one.

    `valid_from` is the day from which deadlines are counted with it: when it was announced.
    """

    day: date
    kind: Literal["off", "working"]
    reason: str
    confidence: str
    valid_from: date = date.min
    valid_to: date | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is not established beyond doubt, or left to configuration.

    `sessions` are the hours worked, eight a day, ending at the close of business.  A fully online
    procedure whose payment moment is one of `automatic_payment_moments` is accepted without an
    officer.  `warning_hours`: hours worked before a due date at which a warning is given;
    `certificate_warning_days`: days before the certificate of a signer who is waited for expires;
    `return_hours`, `post_hours`: hours worked in which a result is handed out or posted, and in
    which the post delivers it.
    """

    intake_sla_hours: int
    sessions: tuple[tuple[time, time], ...]
    same_day_cutoff: time
    by_plan_working_days: int
    automatic_online_levels: frozenset[str]
    automatic_payment_moments: frozenset[str]
    supplement_clock: Literal["pause", "restart"]
    max_supplement_requests: int
    max_reappointments: int
    valid_from: date
    valid_to: date | None
    warning_hours: int = 8
    certificate_warning_days: int = 7
    return_hours: int = 24
    post_hours: int = 80


class FeeWaiver(msgspec.Struct, frozen=True, kw_only=True):
    """A province waives all listed fees on a channel."""

    province: str
    channel: Literal["direct", "online", "post"]
    source: str
    valid_from: date
    valid_to: date | None


class Listing(msgspec.Struct, frozen=True, array_like=True):
    """A procedure that a province takes at any of its points, regardless of boundary.

    It may be one that the catalogue does not have: a list is published whole.
    """

    province: str
    procedure: Annotated[str, Meta(pattern=r"^([0-9]\.[0-9]{6}|local\.[a-z-]+)$")]
    valid_from: date
    valid_to: date | None

    @property
    def subject(self) -> str:
        """The procedure and the province."""
        return f"{self.procedure} {self.province}"


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody does, and how long it may take.  `days` are as the procedure counts its time:
    worked, or of the calendar.
    """

    code: Annotated[str, Meta(pattern="^[a-z][a-z_]{0,31}$")]
    name_vi: Name
    name_en: Name
    role: Role
    days: Count = 0
    hours: Count = 0
    minutes: Count = 0


class Workflow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The steps of a procedure, one after the other, in a province (empty: wherever none has its
    own).
    """

    procedure: str
    province: str
    confidence: Literal["high", "medium", "low", "illustrative"]
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=20)]
    valid_from: date
    valid_to: date | None
    is_derived: bool = False

    @property
    def id(self) -> str:
        """What a dossier remembers it by."""
        if self.is_derived:
            return DERIVED
        return f"{self.subject.replace(' ', '@')}/{self.valid_from}"

    @property
    def subject(self) -> str:
        """The procedure, and the province if it is one's own."""
        return f"{self.procedure} {self.province}".rstrip()


class Tables(NamedTuple):
    """What a folder holds, in the order of its files."""

    units: Sequence[Unit]
    org_codes: Sequence[OrgCode]
    legacy_map: Sequence[Succession]
    procedures: Sequence[Procedure]
    calendar: Sequence[CalendarDay]
    policies: Sequence[Policy]
    fee_waivers: Sequence[FeeWaiver]
    workflows: Sequence[Workflow]
    non_boundary: Sequence[Listing]
    interlinked: Sequence[InterlinkedSet]
    fee_exemptions: Sequence[FeeExemption]
    fee_resolutions: Sequence[FeeResolution]
    first_day: date
    last_day: date
