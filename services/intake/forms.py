"""What goes over the portals' edge, with an example of each; all in them is made up."""

from datetime import UTC, datetime

import msgspec

from services.intake.domain.dossier import Status
from shared.edge import APPLICATION
from shared.events.data import Document, Problem
from shared.events.portal import (
    ApplicantKind,
    Channel,
    Copies,
    Documents,
    Language,
    Personal,
    SupplementSubmitted,
    WithdrawalRequested,
)


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An application as a portal fills it in: `Submitted`, its personal fields in the clear."""

    procedure: str
    receiving_unit: str
    personal: Personal
    residence_unit: str = ""
    channel: Channel = "online"
    applicant_kind: ApplicantKind = "citizen"
    language: Language = "vi"
    copies: Copies = 1
    documents: Documents = ()


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


_PAPER = Document(
    name="Request form", sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)
FORM = Form(
    procedure="2.000635",
    receiving_unit="26737",
    residence_unit="26737",
    copies=2,
    documents=(_PAPER,),
    personal=Personal(name="Nguyễn Thử Nghiệm", personal_number="001099000001", phone="0912000001"),
)
SUPPLEMENT = SupplementSubmitted(documents=(_PAPER,))
WITHDRAWAL = WithdrawalRequested(reason="No longer needed")
TAKEN = Taken(application_id=APPLICATION, status_url=f"/v1/applications/{APPLICATION}")
VIEW = View(
    application_id=APPLICATION,
    status="registered",
    national_code=1,
    dossier_code="H29.1-20261120-0000001",
    decided_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
    problems=(),
)
KEYS = Keys(
    keys=[
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "ytNVnuUNLhy-cQ41FeorDD78RrsXEWW7CwkyTXf2Hrs",
            "y": "PykxmwwzZBOQbWEsZ_fnE7xD3V0_-1H8nnHsiMBWkvQ",
            "kid": "made-up",
        }
    ]
)
