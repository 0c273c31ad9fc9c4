"""What intake decided."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from shared.events.data import (
    Consent,
    Data,
    Document,
    FeeFacts,
    Filed,
    Instant,
    Mark,
    Problem,
    Strict,
)

GONE = msgspec.Meta(extra_json_schema={"deprecated": True})  # whoever reads it still finds it


class Reached(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a person is reached."""

    name: str = ""
    phone: str = ""
    email: str = ""


class Contact(Reached, frozen=True, kw_only=True, omit_defaults=True):
    """What `contact` seals, as JSON: how the citizen is reached, and a representative, where there
    is one; nothing else.
    """

    representative: Reached | UnsetType = UNSET


class Registered(Data, frozen=True, kw_only=True, omit_defaults=True):
    """It is in, under a dossier code.  `sealed` hides a `Personal`, `contact` a `Contact`.

    `warnings` are to be looked at by whoever receives it, and no reason to refuse.
    `notices`: by which ways they agree to be told; left out, by SMS.
    `similar_to` is an open application of the same person, procedure and object, if there is one;
    `parent` the interlinked application that this is a child of, if it is one.
    `residence_unit_on` and `object_unit_on` are the days as of which their codes were given, where
    the portal named them; left out, they are of the day of filing.
    `catalogue_version` and `forms_version` say by which rules it was judged; `marks` what more is
    said of documents.  `subject_hash` is empty: it told persons apart, and portals read this.
    """

    TYPE: ClassVar[str] = "application.registered"
    dossier_code: str
    portal: str
    procedure: str
    receiving_unit: str
    residence_unit: str
    channel: str
    applicant_kind: str
    language: str
    copies: int
    documents: tuple[Filed, ...]
    sealed: str
    contact: str
    subject_hash: Annotated[str, GONE]
    submitted_at: Instant
    catalogue_version: str
    forms_version: str = ""
    warnings: tuple[Problem, ...] = ()
    similar_to: str = ""
    object_unit: str = ""
    parent: str = ""
    marks: tuple[Mark, ...] = ()
    residence_unit_on: date | UnsetType = UNSET
    object_unit_on: date | UnsetType = UNSET
    fee_facts: FeeFacts | UnsetType = UNSET
    notices: Consent | UnsetType = UNSET


class Refused(Data, frozen=True, kw_only=True):
    """It cannot be taken in; every problem at once, by the rules of these versions.  `contact` is
    empty if unreadable; `similar_to` is the application that it repeats, where that is the problem.
    """

    TYPE: ClassVar[str] = "application.refused"
    portal: str
    problems: tuple[Problem, ...]
    contact: str = ""
    language: str = "vi"
    similar_to: str = ""
    catalogue_version: str = ""
    forms_version: str = ""
    notices: Consent | UnsetType = UNSET


class Conflicted(Data, frozen=True, kw_only=True):
    """The same id came again with other content, or from another portal; the first stands."""

    TYPE: ClassVar[str] = "application.conflicted"
    portal: str
    message_id: str


class FollowUpRejected(Data, frozen=True, kw_only=True):
    """A supplement, a withdrawal or a correction does not count; `message_id` is its id, nothing
    changed.
    """

    TYPE: ClassVar[str] = "application.follow_up_rejected"
    portal: str
    message_id: str
    problems: tuple[Problem, ...]
    catalogue_version: str = ""
    forms_version: str = ""


class Supplemented(Data, frozen=True, kw_only=True):
    """The citizen brought what was asked for."""

    TYPE: ClassVar[str] = "application.supplemented"
    documents: tuple[Filed, ...]
    marks: tuple[Mark, ...] = ()


class CorrectionAsked(Data, frozen=True, kw_only=True):
    """The citizen wants these fields corrected (JSON pointers); routing says whether it is time."""

    TYPE: ClassVar[str] = "application.correction_asked"
    fields: tuple[str, ...]
    catalogue_version: str
    forms_version: str


class Corrected(Data, frozen=True, kw_only=True):
    """From now on this counts: `sealed` hides a whole `Personal`, `contact` a `Contact`, in place
    of those before; `fields` are those that changed.  `message_id` is the correction's.
    """

    TYPE: ClassVar[str] = "application.corrected"
    message_id: str
    fields: tuple[str, ...]
    sealed: str
    contact: str
    catalogue_version: str
    forms_version: str
    warnings: tuple[Problem, ...] = ()


class Withdrawn(Data, frozen=True, kw_only=True):
    """The citizen took the application back."""

    TYPE: ClassVar[str] = "application.withdrawn"
    reason: str


# --- interlinked applications: a parent for the citizen, a child for each agency
# (docs/interlinked.md).  On intake.inbox, from the parent's lane to the child's and back; taken
# from intake alone.


Standing = Literal[
    "waiting",  # for those that come before it
    "open",
    "stopped",
    "done",
    "returned",
    "refused",
    "not_accepted",
    "withdrawn",
]


class ChildOpened(Strict, frozen=True, kw_only=True):
    """What comes before it is done: register this child.  Sealed for the child at the door.

    `copies` and what is below are not written where they say nothing: a reader of before there were
    these fields refuses unknown ones.
    """

    TYPE: ClassVar[str] = "child.opened"
    name: str
    portal: str
    procedure: str
    receiving_unit: str
    residence_unit: str
    channel: str
    applicant_kind: str
    language: str
    documents: tuple[Document, ...]
    sealed: str
    contact: str
    subject_hash: str
    copies: int | UnsetType = UNSET
    object_unit: str | UnsetType = UNSET
    residence_unit_on: date | UnsetType = UNSET
    object_unit_on: date | UnsetType = UNSET
    fee_facts: FeeFacts | UnsetType = UNSET
    notices: Consent | UnsetType = UNSET


class ChildTakenBack(Strict, frozen=True, kw_only=True):
    """Withdraw this child: `because` names the rule (`<child>/<failure>`), or `citizen`."""

    TYPE: ClassVar[str] = "child.taken_back"
    because: str


class ChildTold(Strict, frozen=True, kw_only=True):
    """How a child stands now; `number` counts what it told.  `too_late`: it is not withdrawn."""

    TYPE: ClassVar[str] = "child.told"
    name: str
    number: int
    standing: Standing
    national_code: int
    dossier_code: str
    too_late: bool = False


# --- on intake.events


class PersonalUnsealed(Strict, frozen=True, kw_only=True):
    """Somebody had the sealed fields at these paths opened, and said why; nothing follows."""

    TYPE: ClassVar[str] = "personal.unsealed"
    operator: str
    reason: str
    fields: tuple[str, ...]


class ChildView(msgspec.Struct, frozen=True, kw_only=True):
    """A child as its parent knows it.

    `standing`: `waiting` for others, `open`, `stopped`, `done` (the result is there) or at its end:
    `returned`, `refused` (at the door), `not_accepted`, `withdrawn`.  `national_code` and
    `dossier_code` are 0 and empty before it is registered.  `by_rule`: what became of it because of
    another (`<child>/<failure>`, or `citizen`): `stands`, `withdraws`, `asks_a_person`.
    `needs_person` says why a person has to look at it: `rule`, `too-late`, `fee`.
    """

    name: str
    application: str
    procedure: str
    receiving_unit: str
    standing: Standing
    national_code: int = 0
    dossier_code: str = ""
    by_rule: dict[str, str] = {}
    needs_person: tuple[str, ...] = ()


class InterlinkedRegistered(Data, frozen=True, kw_only=True, omit_defaults=True):
    """A submission for several agencies is in: the parent has a code of its own, and children.

    `contact` is sealed as in `application.registered`; the children carry the rest.
    """

    TYPE: ClassVar[str] = "interlinked.registered"
    dossier_code: str
    portal: str
    procedure: str
    receiving_unit: str
    language: str
    contact: str
    submitted_at: Instant
    catalogue_version: str
    children: tuple[ChildView, ...]
    forms_version: str = ""
    warnings: tuple[Problem, ...] = ()
    similar_to: str = ""
    notices: Consent | UnsetType = UNSET


class InterlinkedMoved(Data, frozen=True, kw_only=True):
    """A child moved, or a rule did something about another."""

    TYPE: ClassVar[str] = "interlinked.moved"
    children: tuple[ChildView, ...]


class InterlinkedEnded(Data, frozen=True, kw_only=True):
    """All children are at their end.  `outcome` is `done`, `partly_done` or `failed`."""

    TYPE: ClassVar[str] = "interlinked.ended"
    outcome: Literal["done", "partly_done", "failed"]
    needs_person: bool
    children: tuple[ChildView, ...]
