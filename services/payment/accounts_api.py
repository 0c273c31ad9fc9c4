"""The edge of accounts: whose one is before money goes there by hand, and whence a payment came.

Asked of a bank at that moment.  Numbers and names of accounts are personal: they stand in bodies
alone, go to who asked, and are logged nowhere and kept nowhere.  Who asked is logged, and may ask
of so many in an hour: nobody collects names unseen.
"""

from collections import Counter
from datetime import datetime
from typing import Annotated

import msgspec
import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.payment.asking import Asking
from services.payment.domain.state import Payment
from services.payment.effects import ANSWER_LIMIT_BYTES
from services.payment.gateways.asked import Accounts, Holder
from services.payment.partners import Registry
from services.payment.refunds_api import refund_for
from services.payment.unanswered import Sentence, refusal, told
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.events.data import Problem
from shared.journal import Journal
from shared.problems import Refusal

Payer = Annotated[Caller, Depends(require("operator", "officer"))]
Operator = Annotated[Caller, Depends(require("operator"))]
END = r"$(?!\n)"  # `$` alone is also before a line's end
Bank = Annotated[str, msgspec.Meta(pattern=f"^[0-9]{{6}}{END}")]
Number = Annotated[str, msgspec.Meta(pattern=f"^[0-9A-Za-z]{{4,34}}{END}")]
BODY_LIMIT_BYTES = 1 << 10
ASKED_LIMIT = 60  # accounts in an hour, by one caller, of one process: more than anybody compares

_log = structlog.get_logger("accounts")


class AccountAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account: the NAPAS BIN of its bank, and its number there."""

    bank: Bank
    number: Number


class HolderView(msgspec.Struct, frozen=True, kw_only=True):
    """The holder's name as the bank has it: compare it before money goes there."""

    name: str


class PayerView(msgspec.Struct, frozen=True, kw_only=True):
    """The account that the money of a refund came from."""

    bank: str
    number: str
    name: str


ASKED = AccountAsked(bank="970499", number="0020100000101")
HOLDER = HolderView(name="TRAN THI THU NGHIEM")
PAYER = PayerView(bank="970499", number="8800000001", name="NGUYEN THU NGHIEM")

NOT_TOLD = Sentence(
    404, "account-not-told",
    "Ngân hàng không cho biết: kiểm tra số liệu, hoặc hỏi trực tiếp ngân hàng giữ tài khoản.",
    "The bank does not say: check what you sent, or ask the bank that keeps the account.",
)  # fmt: skip
NOBODYS = Sentence(
    404, "unknown-account",
    "Ngân hàng không có tài khoản này: kiểm tra mã ngân hàng và số tài khoản, đừng chuyển tiền.",
    "The bank knows no such account: check bank and number, and send no money there.",
)  # fmt: skip
CLOSED = Sentence(
    409, "account-closed",
    "Tài khoản này đã đóng: đừng chuyển tiền vào đó, hỏi người nhận một tài khoản khác.",
    "This account is closed: send no money there, ask its holder for another.",
)  # fmt: skip
TOO_MANY = Sentence(
    429, "too-many-accounts",
    f"Đã hỏi {ASKED_LIMIT} tài khoản trong giờ này: chờ sang giờ sau rồi hỏi tiếp.",
    f"You asked after {ASKED_LIMIT} accounts in this hour: go on in the next one.",
)  # fmt: skip


class AskedLately:
    """How often callers asked in this hour."""

    def __init__(self) -> None:
        self._hour: datetime | None = None
        self._count: Counter[str] = Counter()

    def count(self, caller: Caller, partner: str, at: datetime) -> None:
        """Count a question, and log who asks it, not after what.  Raises `Refusal` 429."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self._count = hour, Counter()
        if self._count[caller.name] >= ASKED_LIMIT:
            raise refusal(TOO_MANY, "/")
        self._count[caller.name] += 1
        number = self._count[caller.name]
        _log.info(
            "an account is asked after",
            by=caller.name,
            role=caller.role,
            partner=partner,
            in_this_hour=number,
        )


def router(
    registry: Registry, journal: Journal[Payment], asking: Asking, clock: Clock
) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["refunds"])
    _add_holder(routes, registry, asking, clock)
    _add_payer(routes, registry, journal, asking, clock)
    return routes


def _add_holder(routes: APIRouter, registry: Registry, asking: Asking, clock: Clock) -> None:
    lately = AskedLately()

    @routes.post(
        "/v1/partners/{name}/accounts",
        summary="Whose an account is, before money goes there",
        description="A bank is asked at this moment. Nothing is logged or kept but who asked.",
        responses=edge.answers(
            200, HolderView, 400, 404, 409, 413, 415, 422, 429, 502, 503, example=HOLDER
        ),
        openapi_extra=edge.described(AccountAsked, ASKED),
    )
    async def account_holder(name: str, request: Request, caller: Payer) -> Response:
        asked = await edge.read(request, AccountAsked, BODY_LIMIT_BYTES)
        bank = _bank(registry, name)
        lately.count(caller, name, clock())
        with told("/number", NOT_TOLD):
            sending = bank.ask_account(asked.bank, asked.number, clock())
            answer = await asking.ask(name, sending, ANSWER_LIMIT_BYTES)
            holder = bank.read_account(answer, asked.bank, asked.number, clock())
        return _shown(HolderView(name=_named(holder)))


def _add_payer(
    routes: APIRouter, registry: Registry, journal: Journal[Payment], asking: Asking, clock: Clock
) -> None:
    @routes.get(
        "/v1/refunds/{key}/payer",
        summary="From which account the money of a refund came that a person gives back",
        description="The bank that took it is asked at this moment. Nothing is logged or kept.",
        responses=edge.answers(200, PayerView, 404, 409, 422, 502, 503, example=PAYER),
    )
    async def payer_account(key: str, caller: Operator) -> Response:
        _, refund = await refund_for(key, journal, caller, "done")
        bank, of = _bank(registry, refund.partner), (refund.reference, refund.transaction)
        with told("/key", NOT_TOLD):
            answer = await asking.ask(
                refund.partner, bank.ask_payer(*of, clock()), ANSWER_LIMIT_BYTES
            )
            account = bank.read_payer(answer, *of, clock())
        return _shown(PayerView(bank=account.bank, number=account.number, name=account.name))


def _bank(registry: Registry, name: str) -> Accounts:
    found = registry.get(name)
    if isinstance(found, Accounts):
        return found
    able = ", ".join(g.partner.name for g in registry if isinstance(g, Accounts)) or "–"
    problem = Problem(
        field="/name",
        code="partner-names-no-accounts",
        remedy_vi=f"Nơi này không trả lời về tài khoản; những nơi trả lời được: {able}.",
        remedy_en=f"This partner says nothing of accounts; those that do: {able}.",
    )
    raise Refusal(404, problem.code, problem.remedy_en, (problem,))


def _named(holder: Holder) -> str:
    """Return the holder's name.  Raises `Refusal`."""
    if holder.state == "closed":
        raise refusal(CLOSED, "/number")
    if holder.state == "unknown":
        raise refusal(NOBODYS, "/number")
    if not holder.name:
        raise refusal(NOT_TOLD, "/number")
    return holder.name


def _shown(view: HolderView | PayerView) -> Response:
    body = msgspec.json.encode(view)
    return Response(body, 200, {"Cache-Control": "no-store"}, "application/json")
