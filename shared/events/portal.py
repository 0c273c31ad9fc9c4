"""What portals say, over HTTP or straight onto `portal.submissions`."""

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from shared.events.data import Consent, Document, FeeFacts, Strict, Text, published

Channel = Literal["direct", "online", "post"]  # national codes 1, 2, 3
ApplicantKind = Literal["citizen", "enterprise", "household_business"]
Language = Literal["vi", "en"]

# three of its five parts are never empty; the key's is, as ECDH-ES agrees on a key directly
Jwe = Annotated[
    str,
    published(
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        maxLength=65_536,
    ),
]
Documents = Annotated[tuple[Document, ...], published(maxItems=50)]
# not written where it is not given: a reader of before there was the field refuses unknown ones
Younger = str | UnsetType
YoungerDay = date | UnsetType
Copies = Annotated[int, published(minimum=1, maximum=100)]
Answers = Annotated[
    dict[str, Annotated[str, published(maxLength=4_000)]], published(maxProperties=200)
]


class Representative(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Who acts for the citizen, and is told beside them: a lawyer, a child of old parents."""

    name: Annotated[str, published(minLength=1, maxLength=500)]
    phone: Annotated[str, published(pattern=r"^((\+84|0)[35789][0-9]{8})?$")] = ""
    email: Annotated[str, published(maxLength=254)] = ""


class Personal(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Personal fields; they stand nowhere in the clear after the edge."""

    name: Annotated[str, published(minLength=1, maxLength=500)]
    personal_number: Annotated[str, published(pattern="^[0-9]{12}$")]
    phone: Annotated[str, published(pattern=r"^(\+84|0)[35789][0-9]{8}$")]
    email: Annotated[str, published(maxLength=254)] = ""
    address: Text = ""
    answers: Answers = {}
    representative: Representative | UnsetType = UNSET


class Submitted(Strict, frozen=True, kw_only=True):
    """An application.  The envelope's `source` is `/portals/<portal>`, its `subject` the
    application id (UUIDv7).

    `personal` is `Personal` as JSON in a compact JWE (ECDH-ES, A256GCM) to intake's public key.
    `object_unit` is where the land, the house, the business or the property is that it is about.
    `residence_unit_on` and `object_unit_on` are the days as of which these codes are given, for a
    code of an earlier day; left out, they are of the day of filing.  `fee_facts` is what the fee
    depends on besides; what is said of the person there travels in the clear, without a name.
    `notices` are the ways by which the citizen, and a representative, agree to be told; left out,
    the citizen by SMS.
    """

    TYPE: ClassVar[str] = "application.submitted"
    procedure: str
    receiving_unit: str
    personal: Jwe
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


class SupplementSubmitted(Strict, frozen=True, kw_only=True):
    """The citizen brought what was asked for."""

    TYPE: ClassVar[str] = "supplement.submitted"
    documents: Annotated[tuple[Document, ...], published(minItems=1, maxItems=50)]


class Correction(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What of the personal fields is corrected: what is left out, or empty, stays as it is.

    `answers` are all answers to the form and take the place of those before; `removed` names what
    is no longer to be known.
    """

    phone: Annotated[str, published(pattern=r"^(\+84|0)[35789][0-9]{8}$")] = ""
    email: Annotated[str, published(maxLength=254)] = ""
    address: Text = ""
    answers: Answers = {}
    removed: Annotated[tuple[Literal["email", "address"], ...], published(maxItems=2)] = ()


class CorrectionSubmitted(Strict, frozen=True, kw_only=True):
    """The citizen corrects contact data or answers, before a unit accepts the application.

    `personal` is `Correction` as JSON in a compact JWE, as that of an application.
    """

    TYPE: ClassVar[str] = "correction.submitted"
    personal: Jwe


class WithdrawalRequested(Strict, frozen=True, kw_only=True):
    """The citizen takes the application back."""

    TYPE: ClassVar[str] = "withdrawal.requested"
    reason: Text = ""
