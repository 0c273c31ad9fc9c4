"""What portals say, over HTTP or straight onto `portal.submissions`."""

from typing import ClassVar, Literal

import msgspec

from shared.events.data import Document, Strict

Channel = Literal["direct", "online", "post"]  # national codes 1, 2, 3
ApplicantKind = Literal["citizen", "enterprise", "household_business"]
Language = Literal["vi", "en"]


class Personal(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Personal fields; they stand nowhere in the clear after the edge."""

    name: str
    personal_number: str
    phone: str
    email: str = ""
    address: str = ""
    answers: dict[str, str] = {}


class Submitted(Strict, frozen=True, kw_only=True):
    """An application.  The envelope's `source` is `/portals/<portal>`, its `subject` the
    application id (UUIDv7).

    `personal` is `Personal` as JSON in a compact JWE (ECDH-ES, A256GCM) to intake's public key.
    """

    TYPE: ClassVar[str] = "application.submitted"
    procedure: str
    receiving_unit: str
    personal: str
    residence_unit: str = ""
    channel: Channel = "online"
    applicant_kind: ApplicantKind = "citizen"
    language: Language = "vi"
    copies: int = 1
    documents: tuple[Document, ...] = ()


class SupplementSubmitted(Strict, frozen=True, kw_only=True):
    """The citizen brought what was asked for."""

    TYPE: ClassVar[str] = "supplement.submitted"
    documents: tuple[Document, ...]


class WithdrawalRequested(Strict, frozen=True, kw_only=True):
    """The citizen takes the application back."""

    TYPE: ClassVar[str] = "withdrawal.requested"
    reason: str = ""
