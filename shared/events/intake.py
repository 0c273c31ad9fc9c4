"""What intake decided."""

from datetime import datetime
from typing import ClassVar

from shared.events.data import Data, Document, Problem


class Registered(Data, frozen=True, kw_only=True):
    """The application is in, under a dossier code.  `sealed` is `Personal`, `contact` name and addresses only."""

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
    submitted_at: datetime
    catalogue_version: str


class Refused(Data, frozen=True, kw_only=True):
    """The application cannot be taken in; every problem at once."""

    TYPE: ClassVar[str] = "application.refused"
    portal: str
    problems: tuple[Problem, ...]


class Conflicted(Data, frozen=True, kw_only=True):
    """The same id came again with other content, or from another portal; the first stands."""

    TYPE: ClassVar[str] = "application.conflicted"
    portal: str
    message_id: str


class Supplemented(Data, frozen=True, kw_only=True):
    """The citizen brought what was asked for."""

    TYPE: ClassVar[str] = "application.supplemented"
    documents: tuple[Document, ...]


class Withdrawn(Data, frozen=True, kw_only=True):
    """The citizen took the application back."""

    TYPE: ClassVar[str] = "application.withdrawn"
    reason: str
