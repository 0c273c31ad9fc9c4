"""The edge of operators: whose an order number is, or a partner's number of a transaction.

An order's number has a row.  A partner's number has none: it is looked for in the log, in what was
decided on a day, for as long as a page of the log is read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from services.payment.domain.state import Attempt, AttemptStatus, Payment
from services.payment.gateways.transfers.text import DIGITS, PREFIX
from services.payment.gateways.transfers.text import references as named_in
from services.payment.partner_api import PLACE_LIMIT, place
from services.payment.partners import Registry
from services.payment.references import References
from services.payment.replay.log import Replay
from services.payment.views import SHOWN, Shown
from shared import edge
from shared.access import Caller, require
from shared.clock import VIETNAM, Clock
from shared.edge import APPLICATION
from shared.events.data import Problem
from shared.journal import Journal
from shared.problems import Refusal

LENGTH_LIMIT = 200
ONE = 1  # order: a transaction that is named twice is a break, and stands in that queue

Operator = Annotated[Caller, Depends(require("operator"))]
Name = Annotated[str, Path(max_length=LENGTH_LIMIT)]
Partner = Annotated[str, Query(max_length=50, description="whose number of a transaction it is")]
On = Annotated[date | None, Query(description="the day in Vietnam that it was told on: today")]
After = Annotated[str, Query(max_length=PLACE_LIMIT, description="`next` of the answer before")]
Status = Literal["open", "paid", "failed", "expired", "not_kept"]

STATUSES: Mapping[AttemptStatus, Status] = {
    "open": "open",
    "closed": "expired",  # nobody can pay it any more; that we still ask is ours to know
    "paid": "paid",
    "failed": "failed",
    "expired": "expired",
}

_APART = re.compile(r"[\W_]+")
_OURS = re.compile(rf"({PREFIX})?[0-9]{{{DIGITS}}}")


@dataclass(frozen=True)
class FoundView:
    """An order.  `not_kept`: its number was claimed, and nothing of it stands here, not yet or not
    any more; `payments` says how the application's payments stand as a whole.
    """

    reference: str
    application: str
    dossier: str
    partner: str
    transaction: str
    amount_vnd: int
    status: Status
    payments: Shown


@dataclass(frozen=True)
class FoundPage:
    """What was found; `more`: the day was not read to its end, ask again with `next` as `after`."""

    items: Sequence[FoundView]
    next: str
    more: bool


EXAMPLE = FoundPage(
    items=[
        FoundView(
            reference="DVC041212345678908",
            application=APPLICATION,
            dossier="H29.1-20261120-0000001",
            partner="sen-vang",
            transaction="14700001",
            amount_vnd=16_000,
            status="paid",
            payments="settled",
        )
    ],
    next="",
    more=False,
)


def router(
    registry: Registry,
    references: References,
    journal: Journal[Payment],
    replay: Replay,
    clock: Clock,
) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["payment"])

    @routes.get(
        "/v1/references/{name:path}",
        summary="Whose an order number is; or, with `partner`, a number of theirs",
        description="Blanks, dashes and small letters do not matter.",
        responses=edge.shown(200, EXAMPLE, 404, 422),
    )
    async def find_reference(
        name: Name, _: Operator, partner: Partner = "", day: On = None, after: After = ""
    ) -> FoundPage:
        if not partner:
            reference = ours(name)
            found = await references.find([reference])
            if not found:
                raise _unknown()
            return FoundPage([await _view(journal, reference, found[reference])], "", False)
        if registry.get(partner) is None:
            raise _no_partner(registry)
        on = day or clock().astimezone(VIETNAM).date()
        page = await replay.page(
            partner,
            since=_begin(on),
            to=_begin(on + timedelta(days=1)),
            after=place(after, "/query/after", replay.lanes),
            limit=ONE,
            holds=lambda data: same(f"{data.get('transaction', '')}", name),
        )
        items = [
            await _view(journal, each.event.data["reference"], each.event.id.partition("/")[0])
            for each in page.items
        ]
        if not items and not page.more:
            raise _unknown()
        is_found = bool(items)
        return FoundPage(items, "" if is_found else page.next, page.more and not is_found)

    return routes


def plain(text: str) -> str:
    """Return a number as it is compared: without what people put between, in capitals."""
    return _APART.sub("", text).upper()


def same(one: str, other: str) -> bool:
    """Tell whether two numbers are the same, whoever wrote them."""
    return plain(one) == plain(other) != ""


def ours(name: str) -> str:
    """Return the order number that a text is, or has in it.  Raises `Refusal`."""
    digits = plain(name)
    found = named_in(PREFIX + digits if digits.isdecimal() else name)
    if len(found) == 1:
        return found.pop()
    if _OURS.fullmatch(digits):
        raise _refusal(
            "wrong-check-digit",
            "/name",
            "Mã này có một chữ số sai: đối chiếu lại với nơi ghi mã.",
            "A digit of this number is wrong: compare it with where it stands.",
        )
    raise _refusal(
        "not-a-reference",
        "/name",
        f"Gửi mã lệnh ({PREFIX} và {DIGITS} chữ số), hoặc mã giao dịch kèm `partner` và `day`.",
        f"Send an order number ({PREFIX} and {DIGITS} digits), or a partner's number of a"
        " transaction with `partner` and `day`.",
    )


async def _view(journal: Journal[Payment], reference: str, application: str) -> FoundView:
    latest = await journal.latest(application)
    state = latest.state if latest else None
    attempt = state.attempt(reference) if state else None
    return _shown(reference, application, state or Payment(), attempt)


def _shown(reference: str, application: str, state: Payment, attempt: Attempt | None) -> FoundView:
    return FoundView(
        reference=reference,
        application=application,
        dossier=state.basis.dossier_code if state.basis else "",
        partner=attempt.partner if attempt else "",
        transaction=attempt.transaction if attempt else "",
        amount_vnd=attempt.amount_vnd if attempt else 0,
        status=STATUSES[attempt.status] if attempt else "not_kept",
        payments=SHOWN[state.status],
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def _unknown() -> Refusal:
    return Refusal(
        404,
        "unknown-reference",
        "No order has this number: compare it; a partner's own is found on the day it was told.",
    )


def _no_partner(registry: Registry) -> Refusal:
    names = ", ".join(gateway.partner.name for gateway in registry)
    vi, en = f"Chọn một trong: {names}.", f"Name one of: {names}."
    return _refusal("unknown-partner", "/query/partner", vi, en)


def _refusal(code: str, field: str, vi: str, en: str) -> Refusal:
    return Refusal(422, code, en, (Problem(field=field, code=code, remedy_vi=vi, remedy_en=en),))
