"""What intake decided."""

from typing import ClassVar

import msgspec

from shared.events.data import Data, Document, Instant, Problem


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `contact` seals, as JSON: how the citizen is reached, and nothing else."""

    name: str = ""
    phone: str = ""
    email: str = ""


class Registered(Data, frozen=True, kw_only=True, omit_defaults=True):
    """It is in, under a dossier code.  `sealed` hides a `Personal`, `contact` a `Contact`.

    `warnings` are to be looked at by whoever receives it, and no reason to refuse.
    `similar_to` is an open application of the same person, procedure and object, if there is one.
    `catalogue_version` and `forms_version` say by which rules it was judged.
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
    documents: tuple[Document, ...]
    sealed: str
    contact: str
    subject_hash: str
    submitted_at: Instant
    catalogue_version: str
    forms_version: str = ""
    warnings: tuple[Problem, ...] = ()
    similar_to: str = ""
    object_unit: str = ""


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


class Conflicted(Data, frozen=True, kw_only=True):
    """The same id came again with other content, or from another portal; the first stands."""

    TYPE: ClassVar[str] = "application.conflicted"
    portal: str
    message_id: str


class FollowUpRejected(Data, frozen=True, kw_only=True):
    """A supplement or a withdrawal was not passed on; `message_id` is its id, nothing changed."""

    TYPE: ClassVar[str] = "application.follow_up_rejected"
    portal: str
    message_id: str
    problems: tuple[Problem, ...]


class Supplemented(Data, frozen=True, kw_only=True):
    """The citizen brought what was asked for."""

    TYPE: ClassVar[str] = "application.supplemented"
    documents: tuple[Document, ...]


class Withdrawn(Data, frozen=True, kw_only=True):
    """The citizen took the application back."""

    TYPE: ClassVar[str] = "application.withdrawn"
    reason: str
