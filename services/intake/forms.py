"""What goes over the portals' edge."""

from datetime import datetime

import msgspec

from services.intake.domain.dossier import Status
from shared.events.data import Document, Problem
from shared.events.portal import ApplicantKind, Channel, Language, Personal


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An application as a portal fills it in: `Submitted`, its personal fields in the clear."""

    procedure: str
    receiving_unit: str
    personal: Personal
    residence_unit: str = ""
    channel: Channel = "online"
    applicant_kind: ApplicantKind = "citizen"
    language: Language = "vi"
    copies: int = 1
    documents: tuple[Document, ...] = ()


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """It is in the log.  The dossier code is empty until the application is registered."""

    application_id: str
    status_url: str
    dossier_code: str = ""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How an application stands at the door; routing and operations tell of what follows."""

    application_id: str
    status: Status
    national_code: int | None
    dossier_code: str
    decided_at: datetime
    problems: tuple[Problem, ...]


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The public key that personal fields are encrypted to, as a JWK set."""

    keys: list[dict[str, str]]
