"""What goes over the portals' edge, with an example of each; all in them is made up."""

from datetime import UTC, date, datetime
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from services.intake.domain.dossier import End, Status
from services.intake.domain.receipt import Receipt
from services.intake.domain.saga import Outcome
from shared.catalogue.forms import ProcedureForm
from shared.edge import APPLICATION
from shared.events.data import Consent, Document, FeeFacts, Problem
from shared.events.intake import ChildView
from shared.events.portal import (
    ApplicantKind,
    Channel,
    Copies,
    Correction,
    Documents,
    Language,
    Personal,
    SupplementSubmitted,
    WithdrawalRequested,
    Younger,
    YoungerDay,
)


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An application as a portal fills it in: `Submitted`, its personal fields in the clear."""

    procedure: str
    receiving_unit: str
    personal: Personal
    residence_unit: str = ""
    object_unit: Younger = UNSET
    residence_unit_on: YoungerDay = UNSET
    object_unit_on: YoungerDay = UNSET
    channel: Channel = "online"
    applicant_kind: ApplicantKind = "citizen"
    language: Language = "vi"
    copies: Copies = 1
    documents: Documents = ()
    fee_facts: FeeFacts | UnsetType = UNSET
    notices: Consent | UnsetType = UNSET


class CorrectionForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`CorrectionSubmitted`, its personal fields in the clear."""

    personal: Correction


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """It is in the log.  The dossier code is empty until the application is registered.

    `warnings` are to be looked at; the application is taken all the same.
    """

    application_id: str
    status_url: str
    dossier_code: str = ""
    warnings: tuple[Problem, ...] = ()


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How an application stands at the door; routing and operations tell of what is between.

    `national_code` is 1 until a supplement is asked for (5) or it ends (3, 7, 10).  `end` is empty
    while it is open; `withdrawal`, `supplement` and `correction` say how far the last one has come.

    Of an interlinked application `children` tells how each stands and what the rules did, and
    `outcome`, at the end, `done`, `partly_done` or `failed`; a child names its `parent`.
    """

    application_id: str
    status: Status
    national_code: int | None
    dossier_code: str
    decided_at: datetime
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    end: End = ""
    supplement: Literal["", "asked", "brought", "rejected"] = ""
    withdrawal: Literal["", "asked", "rejected"] = ""
    correction: Literal["", "asked", "made", "rejected"] = ""
    similar: str = ""
    receipt: Receipt | None = None
    children: tuple[ChildView, ...] = ()
    outcome: Outcome = ""
    parent: str = ""


class Look(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the citizen's link has behind its `#`."""

    token: str


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The public key that personal fields are encrypted to, as a JWK set."""

    keys: list[dict[str, str]]


class FormDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document of a procedure: whether it must always be attached, and whether answers to the
    form stand for it.
    """

    name: str
    is_required: bool
    is_the_form: bool


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """What a procedure asks for on a day.  `schema` is a JSON Schema of `personal.answers`.

    `is_written` tells a form written for this procedure from one made of its catalogue row.
    """

    procedure: str
    on: date
    name_vi: str
    name_en: str
    online_level: str
    payment_moment: str
    levels: tuple[str, ...]
    channels: tuple[str, ...]
    documents: tuple[FormDocument, ...]
    is_written: bool
    schema: dict[str, Any]


def form_view(form: ProcedureForm, on: date) -> FormView:
    """Return a form as it is published."""
    procedure = form.procedure
    return FormView(
        procedure=procedure.code,
        on=on,
        name_vi=procedure.name_vi,
        name_en=procedure.name_en,
        online_level=procedure.online_level,
        payment_moment=procedure.payment_moment,
        levels=tuple(sorted(form.levels)),
        channels=tuple(sorted(form.channels)),
        documents=tuple(
            FormDocument(
                name=name, is_required=name in form.documents, is_the_form=name == form.stands_for
            )
            for name in procedure.required_documents
        ),
        is_written=form.is_written,
        schema=dict(form.schema),
    )


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
CORRECTION = CorrectionForm(personal=Correction(phone="0912000002"))
WITHDRAWAL = WithdrawalRequested(reason="No longer needed")
_MADE_UP = "AZmgscLTfk-KW2x9jp8KGwAAAAAAAAAAAAAAAAAAAAA"  # opens nothing
TAKEN = Taken(application_id=APPLICATION, status_url=f"/v1/applications/{APPLICATION}")
VIEW = View(
    application_id=APPLICATION,
    status="registered",
    national_code=1,
    dossier_code="H29.1-20261120-0000001",
    decided_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
    problems=(),
    receipt=Receipt(
        receiving_unit="26737",
        unit_name="Phường Tân Định",
        address="Phường Tân Định, Thành phố Hồ Chí Minh",
        hotline="1800 1096",
        status_link=f"/status#{_MADE_UP}",
        is_address_known=False,
        status_code="7D2K-0MXQ-94ZA",
    ),
)
LOOK = Look(token=_MADE_UP)
PROCEDURE_FORM = FormView(
    procedure="2.000635",
    on=date(2026, 11, 20),
    name_vi="Cấp bản sao trích lục hộ tịch, bản sao Giấy khai sinh",
    name_en="Copy of civil-status extract / birth certificate",
    online_level="full",
    payment_moment="at_submission",
    levels=("commune", "ministry", "province"),
    channels=("direct", "online", "post"),
    documents=(FormDocument(name="Request form", is_required=True, is_the_form=True),),
    is_written=True,
    schema={"type": "object", "properties": {"subject_name": {"type": "string"}}},
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
