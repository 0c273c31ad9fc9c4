"""A fee assessed again, because somebody with a reason says that it rests on other facts.

Nothing is recalculated silently: what was due and what is due now stand in one event, with who
asked and why.  An order of another amount is closed and another opened.  What was paid stays paid:
more is a further obligation, less is money to be refunded, and the receipts say so.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from services.payment.domain import orders
from services.payment.domain.assessing import Assessment, Basis, judge
from services.payment.domain.draft import Cause, Draft
from services.payment.domain.fees import UnknownCase, line, total_vnd
from services.payment.domain.receipts import KINDS, Desk, Receipt
from services.payment.domain.state import Payment, Released
from shared.catalogue import Catalogue
from shared.events.data import FeeLine
from shared.events.reassessments import (
    FeeOverpaid,
    FeeReassessed,
    ReassessmentAsked,
    ReassessmentRejected,
)

ON_DEMAND = "on_demand"  # the moment of what an officer demanded: no fee, and not assessed again
FURTHER = "reassessed"  # the moment of what is due on top of what was paid
MORE_VI = "Thu bổ sung"

REJECTIONS: Mapping[str, tuple[str, str]] = {
    "no_basis": (
        "Its fee was assessed before its facts were kept, or not at all: demand what is due.",
        "Phí của hồ sơ được tính trước khi lưu căn cứ, hoặc chưa được tính: hãy yêu cầu nộp khoản "
        "phải nộp.",
    ),
    "ended": (
        "The application is at its end: nothing more is asked for it.",
        "Hồ sơ đã kết thúc: không thu thêm khoản nào.",
    ),
    "not_yours": (
        "The application was received by a unit that you do not speak for: let that unit ask.",
        "Hồ sơ do đơn vị khác tiếp nhận: đề nghị đơn vị đó yêu cầu.",
    ),
    "unknown_case": (
        "The procedure's fee has no such case: name one that it has, or none for the usual one.",
        "Thủ tục không có trường hợp thu này: ghi một trường hợp có trong quy định, hoặc bỏ trống.",
    ),
    "same": (
        "Nothing else is due on these facts: nothing was changed.",
        "Với các căn cứ này số phải nộp không đổi: không có gì thay đổi.",
    ),
}


class _Books(NamedTuple):
    """What there is of the fee: what is still unpaid, by place; what was paid, by its receipts, and
    what of it operators gave back, by kind: nobody is asked for that again.
    """

    unpaid: Sequence[int]
    paid: Sequence[Receipt]
    given_vnd: Mapping[str, int]
    lines: tuple[FeeLine, ...]  # what is due so far


def reassess(draft: Draft, asked: ReassessmentAsked, catalogue: Catalogue) -> None:
    """Assess the fee again by what is said now, or say why not."""
    basis = draft.state.basis
    why = _obstacle(draft.state, asked, catalogue)
    if why or basis is None:
        _reject(draft, asked, why or "no_basis")
        return
    new_basis = _corrected(basis, asked)
    try:
        found = judge(catalogue, new_basis)
    except UnknownCase:
        _reject(draft, asked, "unknown_case")
        return
    books = _books(draft.state)
    if found.lines == books.lines:
        _reject(draft, asked, "same")
        return
    draft.rests_on(new_basis)
    paid_vnd: dict[str, int] = {kind: _sum_vnd(books.paid, kind) for kind in KINDS}
    ever_vnd: dict[str, int] = {kind: paid_vnd[kind] + books.given_vnd[kind] for kind in KINDS}
    more = tuple(_more(found.lines, ever_vnd))
    less_vnd = {k: paid_vnd[k] - v for k, v in _by_kind(found.lines).items() if v < paid_vnd[k]}
    draft.events.append(
        FeeReassessed(
            by=asked.by,
            reason=asked.reason,
            before=books.lines,
            lines=found.lines,
            before_vnd=total_vnd(books.lines),
            total_vnd=total_vnd(found.lines),
            further_vnd=total_vnd(more),
            overpaid_vnd=sum(less_vnd.values()),
            catalogue_version=catalogue.version,
            exemption=found.exemption or UNSET,
        )
    )
    _ask_for(draft, found, more, books, catalogue.version)
    _give_back(draft, found.lines, less_vnd, asked.reason)


def _obstacle(state: Payment, asked: ReassessmentAsked, catalogue: Catalogue) -> str:
    if state.basis is None:
        return "no_basis"
    if state.has_ended:
        return "ended"
    if asked.for_units and not speaks_for(asked.for_units, state.basis, catalogue):
        return "not_yours"
    return ""


def speaks_for(units: Sequence[str], basis: Basis, catalogue: Catalogue) -> bool:
    """Tell whether who speaks for these units, or whole provinces, received the application."""
    province = catalogue.province_of(basis.unit, basis.on)
    return basis.unit in units or (province is not None and province.code in units)


def _reject(draft: Draft, asked: ReassessmentAsked, code: str) -> None:
    reason, reason_vi = REJECTIONS[code]
    draft.events.append(
        ReassessmentRejected(by=asked.by, code=code, reason=reason, reason_vi=reason_vi)
    )


def _corrected(basis: Basis, asked: ReassessmentAsked) -> Basis:
    """Return what the fee rests on now; what is not said stays, and the day stays in any case."""
    said = {
        name: value
        for name in ("case", "pages", "exemption")
        if (value := getattr(asked, name)) is not UNSET
    }
    facts = msgspec.structs.replace(basis.facts, **said)
    copies = basis.copies if asked.copies is UNSET else asked.copies
    return msgspec.structs.replace(basis, facts=facts, copies=copies)


def _books(state: Payment) -> _Books:
    fees = [n for n, o in enumerate(state.obligations) if o.moment != ON_DEMAND]
    unpaid = [n for n in fees if state.obligations[n].status in ("assessed", "open")]
    attempts = {a.number for a in state.attempts if a.obligation in fees}
    valid = [r for r in state.receipts if r.status == "valid" and r.attempt in attempts]
    paid = [state.with_lines(r) for r in valid]
    lines = [line for r in paid for line in r.lines]
    lines += [line for n in unpaid for line in state.obligations[n].lines]
    given = [r for r in state.released if r.attempt in attempts]
    given_vnd: dict[str, int] = {k: sum(r.amount_vnd for r in given if r.kind == k) for k in KINDS}
    return _Books(unpaid, paid, given_vnd, tuple(lines))


def _sum_vnd(receipts: Sequence[Receipt], kind: str) -> int:
    return sum(r.amount_vnd for r in receipts if r.kind == kind)


def _by_kind(lines: Sequence[FeeLine]) -> dict[str, int]:
    return {k: sum(li.amount_vnd for li in lines if li.kind == k) for k in KINDS}


def _more(lines: Sequence[FeeLine], paid_vnd: Mapping[str, int]) -> Iterator[FeeLine]:
    """Give what is due on top: the lines themselves of a kind of which nothing was paid."""
    for kind, due_vnd in _by_kind(lines).items():
        some = [each for each in lines if each.kind == kind]
        if paid_vnd[kind] == 0:
            yield from some
        elif due_vnd > paid_vnd[kind]:
            yield line(kind, f"{MORE_VI}: {some[0].name_vi}", due_vnd - paid_vnd[kind])


def _ask_for(
    draft: Draft,
    found: Assessment,
    more: tuple[FeeLine, ...],
    books: _Books,
    version: str,
) -> None:
    """Close what is unpaid; open what is due now, or when its moment comes if that was to come."""
    obligations = draft.state.obligations
    is_to_come = bool(books.unpaid) and all(
        obligations[n].status == "assessed" for n in books.unpaid
    )
    for place in books.unpaid:
        orders.step(draft, "reassessed", Cause(place))
    if not more and books.paid:
        return
    moment = FURTHER if books.paid else found.moment
    orders.assess(draft, found._replace(lines=more, moment=moment), version)
    if more and not (is_to_come and moment == found.moment):
        orders.step(draft, "due", Cause(len(draft.state.obligations) - 1))


def _give_back(
    draft: Draft, lines: Sequence[FeeLine], less_vnd: Mapping[str, int], why: str
) -> None:
    """Keep what was paid too much, the latest payment first; let the receipts follow."""
    lowered: dict[int, None] = {}
    paid = _books(draft.state).paid
    with draft.receipts() as desk:
        for kind in KINDS:
            mine = [r for r in paid if r.kind == kind]
            due = tuple(each for each in lines if each.kind == kind)
            lowered |= dict.fromkeys(_lower(desk, mine, due, less_vnd.get(kind, 0), why))
    for attempt in lowered:
        amount_vnd = _spare_vnd(draft.state, attempt)
        if amount_vnd <= 0:
            continue
        draft.release(Released(attempt=attempt, amount_vnd=amount_vnd))
        order = draft.state.attempts[attempt - 1]
        draft.events.append(
            FeeOverpaid(
                partner=order.partner,
                reference=order.reference,
                transaction=order.transaction,
                amount_vnd=amount_vnd,
                reason=why,
            )
        )


def _spare_vnd(state: Payment, attempt: int) -> int:
    """Return what of a payment nothing is due for, beside what was let go before."""
    due_vnd = sum(
        r.amount_vnd for r in state.receipts if r.attempt == attempt and r.status == "valid"
    )
    gone_vnd = sum(r.amount_vnd for r in state.released if r.attempt == attempt)
    return state.attempts[attempt - 1].amount_vnd - due_vnd - gone_vnd


def _lower(
    desk: Desk, paid: Sequence[Receipt], due: tuple[FeeLine, ...], off_vnd: int, why: str
) -> Iterator[int]:
    """Lower receipts of one kind by an amount; give the attempts that this concerns."""
    if len(paid) == 1 and not off_vnd and total_vnd(due) == paid[0].amount_vnd:
        if paid[0].lines != due:
            desk.tell(paid[0], "reworded", why, *due)
        return
    for receipt in reversed(paid):
        part_vnd = min(off_vnd, receipt.amount_vnd)
        if not part_vnd:
            continue
        off_vnd -= part_vnd
        left_vnd = receipt.amount_vnd - part_vnd
        left = due if len(paid) == 1 else (line(receipt.kind, receipt.lines[0].name_vi, left_vnd),)
        if left_vnd:
            desk.tell(receipt, "lowered", why, *left)
        else:
            desk.tell(receipt, "refunded", why)
        yield receipt.attempt
