"""What an office sends about an allowance, what it is shown, and why something cannot be paid."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Literal, NamedTuple

import msgspec

from services.payment.domain.disbursements import Obstacle
from services.payment.domain.state import Disbursement, Leaving
from shared import edge
from shared.events.data import Problem
from shared.problems import Refusal

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class Recipient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose account it is: the holder's name, the bank's NAPAS number, the account."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f|]{2,70}$")]
    bank: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]
    number: Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{6,19}$")]

    def __repr__(self) -> str:
        return "Recipient()"


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be paid to whom, for a month (`2026-11`) or `once`, and by which decision."""

    period: Annotated[str, msgspec.Meta(min_length=4, max_length=7)]
    amount_vnd: Annotated[int, msgspec.Meta(ge=1)]
    decision: Annotated[str, msgspec.Meta(min_length=3, max_length=60)]
    payee: Recipient


class Checking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a second person agrees, and why."""

    approved: bool
    reason: Reason


class Recording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether it was paid, the bank's number of what shows that, and how it was found out."""

    finding: Literal["paid", "not_paid"]
    transaction: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    reason: Reason


class Correcting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whose account it is tried again, and why."""

    payee: Recipient
    reason: Reason


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """It was taken in: what came of it shows in `disbursements` of the application's payments."""

    application: str


@dataclass(frozen=True)
class DisbursementView:
    """An allowance that is paid out for a period; of its account only the bank and the last four
    digits.  `by` asked for it, `transaction` is the bank's number of it, once it is known.
    """

    number: int
    period: str
    status: Leaving
    amount_vnd: int
    decision: str
    bank: str
    ending: str
    partner: str
    transaction: str
    by: str
    tries: int


RECIPIENT = Recipient(name="TRAN THI THU NGHIEM", bank="970436", number="0020100000101")
ASKING = Asking(
    period="2026-11", amount_vnd=500_000, decision="12/QD-UBND of 3 November 2026", payee=RECIPIENT
)
CHECKING = Checking(approved=True, reason="Agrees with the decision")
RECORDING = Recording(
    finding="not_paid", transaction="FT26324000001", reason="It came back: the account is closed"
)
CORRECTING = Correcting(payee=RECIPIENT, reason="The citizen gave another account")
TAKEN = Taken(application=edge.APPLICATION)
DISBURSEMENT = DisbursementView(
    number=1,
    period="2026-11",
    status="done",
    amount_vnd=500_000,
    decision="12/QD-UBND",
    bank="970436",
    ending="0101",
    partner="song-hong",
    transaction="FT26324000001",
    by="officer-1",
    tries=1,
)


class Said(NamedTuple):
    """How a refusal is answered; `field` is the one to look at, in the body."""

    status: int
    field: str
    vi: str
    en: str


REFUSALS: Mapping[Obstacle | Literal["unknown_bank"], Said] = {
    "pays_none": Said(
        409,
        "/period",
        "Thủ tục này không có khoản chi trả: kiểm tra mã hồ sơ.",
        "This procedure pays no allowance: check the application.",
    ),
    "not_accepted": Said(
        409,
        "/period",
        "Hồ sơ chưa được tiếp nhận: chi trả sau khi tiếp nhận.",
        "The application is not accepted yet: ask once it is.",
    ),
    "ended": Said(
        409,
        "/period",
        "Hồ sơ bị từ chối hoặc đã rút: không chi trả.",
        "The application was turned down or withdrawn: nothing is paid.",
    ),
    "wrong_period": Said(
        422,
        "/period",
        "Kỳ chi trả là tháng (năm-tháng) từ khi nộp hồ sơ đến nay; khoản trả một lần ghi once.",
        "Send a month, from that of the application to this one; `once` for what is paid once.",
    ),
    "period_taken": Said(
        409,
        "/period",
        "Kỳ này đã có lệnh chi trả: xem disbursements của hồ sơ.",
        "This period has a disbursement: see `disbursements` of the payments.",
    ),
    "over_limit": Said(
        422,
        "/amount_vnd",
        "Số tiền vượt mức tối đa của khoản trợ cấp: kiểm tra quyết định.",
        "It is more than the allowance is at most: check the decision.",
    ),
    "unknown_bank": Said(
        422,
        "/payee/bank",
        "Không có ngân hàng với mã NAPAS này: kiểm tra sáu chữ số.",
        "No bank has this NAPAS number: check the six digits.",
    ),
}


def refusal(why: Obstacle | Literal["unknown_bank"]) -> Refusal:
    """Return how it is said that something cannot be paid, and what to look at."""
    said, code = REFUSALS[why], why.replace("_", "-")
    problem = Problem(field=said.field, code=code, remedy_vi=said.vi, remedy_en=said.en)
    return Refusal(said.status, code, said.en, (problem,))


def disbursement_view(paid: Disbursement) -> DisbursementView:
    """Show an allowance."""
    return DisbursementView(
        **{field.name: getattr(paid, field.name) for field in fields(DisbursementView)}
    )
