"""Money given back: what proposes a refund, and what is heard of it.

What came in and no obligation needs is proposed by rule: paid twice, late, another amount once its
order is over, assessed lower since, or not due any more because the application ended.  Operators
may ask for more.  Of a transaction never more is given back than it brought.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from services.payment.domain import giving_back
from services.payment.domain.draft import Draft
from services.payment.domain.leaving import (
    ANSWERS,
    MOVES,
    Deed,
    Heard,
    Trigger,
    agreed_before,
    may_check_it,
    may_record,
)
from services.payment.domain.reassessing import FURTHER, ON_DEMAND
from services.payment.domain.state import (
    Money,
    Payment,
    Refund,
    Released,
    Transaction,
)
from shared.events.refunds import (
    RefundAnswered,
    RefundAsked,
    RefundChecked,
    RefundProposed,
    RefundRecorded,
    RefundRefused,
    RefundRetried,
    RefundRetryRefused,
    WhyNot,
)
from shared.principals import is_another

DEEDS: Mapping[Deed, Callable[[Draft, Refund, Heard], None]] = {
    "nothing": lambda *_: None,
    "submit": giving_back.submit,
    "request": giving_back.request,
    "reject": giving_back.reject,
    "send": giving_back.send,
    "ask": giving_back.ask,
    "ask_first": giving_back.ask_first,
    "wait": giving_back.wait,
    "put_off": giving_back.put_off,
    "leave": giving_back.leave,
    "fail": giving_back.fail,
    "finish": giving_back.finish,
}

End = Literal["not_accepted", "cancelled", "withdrawn"]
_BY_US = {
    "at_submission": True,
    "after_acceptance": True,
    "with_result": True,
    "on_demand": False,  # a tax is given back by who demanded it
}
# how an application ends → of which moments' obligations all that was paid is given back
REFUND_ON: Mapping[End, Mapping[str, bool]] = {
    "not_accepted": _BY_US,
    "cancelled": _BY_US,
    "withdrawn": {
        "at_submission": True,
        "after_acceptance": True,
        "with_result": False,  # the work is done
        "on_demand": False,
    },
}


# ---- what proposes a refund


def ended(draft: Draft, end: End) -> None:
    """Let go of what was paid for an application that goes no further."""
    for place, obligation in enumerate(draft.state.obligations):
        moment = obligation.moment
        if moment == FURTHER:
            moment = _moment_of_fee(draft.state)
        if obligation.status == "settled" and REFUND_ON[end].get(moment, False):
            _let_go(draft, place, end)


def _moment_of_fee(state: Payment) -> str:
    """Return when the fee was due that was assessed again, and more of it asked for."""
    return next(o.moment for o in state.obligations if o.moment not in (ON_DEMAND, FURTHER))


def _let_go(draft: Draft, place: int, reason: str) -> None:
    """Release what is still needed of the money that settled an obligation."""
    (paid,) = [a for a in draft.state.attempts_of(place) if a.status == "paid"]
    before = sum(r.amount_vnd for r in draft.state.released if r.attempt == paid.number)
    left_vnd = paid.amount_vnd - before
    if left_vnd > 0:
        draft.release(Released(attempt=paid.number, amount_vnd=left_vnd, reason=reason))


def propose(draft: Draft) -> None:
    """Propose to give back what no obligation needs and no rule has proposed before."""
    if not draft.state.money:
        return
    _settle_for(draft)
    if not any(m.kept_as == "overpaid" for m in draft.state.money) and not draft.state.released:
        return
    received = draft.state.received()
    left = {
        of: unneeded_vnd - _taken_vnd(draft.state, of)
        for of, unneeded_vnd in draft.state.unneeded().items()
        if received[of].kept_as != "mismatched"
    }
    back = {of: vnd for of, vnd in left.items() if vnd > 0}
    checked_by = draft.agreed.by if sum(back.values()) <= draft.agreed.vnd else ""
    for of, vnd in back.items():
        _add(draft, received[of], vnd, _reason(draft.state, received[of]), checked_by=checked_by)


def _settle_for(draft: Draft) -> None:
    """Count another amount than was asked for, once its order cannot be settled by it any more."""
    if not any(m.kept_as == "mismatched" for m in draft.state.money):
        return
    for money in draft.state.received().values():
        attempt = draft.state.attempt(money.reference)
        if money.kept_as != "mismatched" or attempt is None:
            continue
        if draft.state.obligations[attempt.obligation].status != "open":
            draft.keep(money, "overpaid")


def _taken_vnd(state: Payment, of: Transaction) -> int:
    """Return what is or was under way of a transaction, but for what an operator asked in vain."""
    return sum(
        r.amount_vnd for r in state.refunds if r.of == of and not (r.by and r.status == "rejected")
    )


def _reason(state: Payment, money: Money) -> str:
    attempt = state.attempt(money.reference)
    if money.kept_as == "settled" and attempt:
        return [r.reason for r in state.released if r.attempt == attempt.number][-1]
    return "amount_differs" if attempt and attempt.amount_vnd != money.amount_vnd else "overpaid"


def _add(
    draft: Draft,
    money: Money,
    amount_vnd: int,
    reason: str,
    wish: RefundAsked | None = None,
    checked_by: str = "",
) -> None:
    refund = Refund(
        number=len(draft.state.refunds) + 1,
        partner=money.partner,
        reference=money.reference,
        transaction=money.transaction,
        amount_vnd=amount_vnd,
        reason=reason,
        asked_at=draft.at,
        by=wish.by if wish else "",
        principal=wish.principal if wish else "",
        checked_by=checked_by,
    )
    draft.put_refund(refund)
    draft.events.append(
        RefundProposed(
            **giving_back.named(draft, refund),
            reason=reason,
            by=refund.by,
            checked_by=refund.checked_by,
        )
    )
    step(draft, refund, "submitted", Heard())


# ---- what is heard


def step(draft: Draft, refund: Refund, trigger: Trigger, heard: Heard) -> None:
    """Make the move of the table."""
    DEEDS[MOVES[refund.status][trigger]](draft, refund, heard)


def asked(draft: Draft, wish: RefundAsked) -> None:
    """Take in an operator's request, or say why nothing is given back."""
    of = wish.partner, wish.transaction
    money = draft.state.received().get(of)
    has_counted = money is not None and money.counts and wish.if_mismatched
    left_vnd = 0 if has_counted else refundable_vnd(draft.state, of)
    if money is None or not 0 < wish.amount_vnd <= left_vnd:
        refused = RefundRefused(
            partner=wish.partner,
            transaction=wish.transaction,
            amount_vnd=wish.amount_vnd,
            by=wish.by,
            because="more_than_is_left" if money else "unknown_transaction",
        )
        draft.events.append(refused)
        return
    if money.kept_as == "mismatched":
        draft.keep(money, "overpaid")
        money = draft.state.received()[of]
    _add(draft, money, wish.amount_vnd, "asked", wish, agreed_before(wish))


def refundable_vnd(state: Payment, of: Transaction) -> int:
    """Return how much of a transaction may still be given back, whoever needs it."""
    money = state.received().get(of)
    going_vnd = sum(r.amount_vnd for r in state.refunds if r.of == of and r.status != "rejected")
    return money.amount_vnd - going_vnd if money else 0


def checked(draft: Draft, verdict: RefundChecked) -> None:
    """Take in what a second person says, or two: nobody agrees alone to his own wish."""
    refund = find(draft.state, draft.application, verdict.refund)
    if refund is None or not may_check_it(refund, verdict, agrees=verdict.approved):
        return
    trigger: Trigger = "approved" if verdict.approved else "rejected"
    step(draft, refund, trigger, Heard(by=verdict.by, reason=verdict.reason))


def answered(draft: Draft, said: RefundAnswered) -> None:
    """Take in a partner's answer; that it is done is good whenever it comes, but for a try that it
    said was not: a person has to look at that.

    Asked after one of several, a partner may tell of another: its number shows that.  Who tells
    of the last one will not come back to one before it, so a person finds out.
    """
    refund = find(draft.state, draft.application, said.refund)
    if refund is None:
        return
    trigger, heard = ANSWERS[said.finding], Heard(said.transaction, said.code)
    other = _another(draft.state, refund, said.transaction or refund.told)
    if other is not None:
        trigger = "incapable" if other.number > refund.number else "unsure"
        heard = Heard(code=said.code)
    if trigger == "done" and not said.key.startswith(giving_back.calls_of(draft, refund)):
        step(draft, refund, "done_before", heard)
    elif trigger == "done" or said.key == refund.call_key:
        step(draft, refund, trigger, heard)


def _another(state: Payment, refund: Refund, told: str) -> Refund | None:
    """Return the other refund of this partner, if any, that bears the number already."""
    if not told:
        return None
    bearing = [r for r in state.refunds if (r.partner, r.told) == (refund.partner, told)]
    return next((r for r in reversed(bearing) if r.number != refund.number), None)


def recorded(draft: Draft, deed: RefundRecorded) -> None:
    """Take in that a person gave it back."""
    refund = find(draft.state, draft.application, deed.refund)
    if refund is not None and may_record(refund, deed.by, deed.principal):
        step(draft, refund, "recorded", Heard(deed.transaction, by=deed.by))


def retried(draft: Draft, wish: RefundRetried) -> None:
    """Try one again that failed, or ask after one that waits for a person; or say why not."""
    refund = find(draft.state, draft.application, wish.refund)
    if because := _why_not(draft.state, refund, wish):
        refused = RefundRetryRefused(refund=wish.refund, by=wish.by, because=because)
        draft.events.append(refused)
        return
    assert refund
    step(draft, refund, "retried", Heard(by=wish.by, reason=wish.reason))


def _why_not(state: Payment, refund: Refund | None, wish: RefundRetried) -> WhyNot | None:
    if refund is None:
        return "unknown_refund"
    if MOVES[refund.status]["retried"] == "nothing":
        return "not_over"
    attempt = state.attempt(refund.reference)
    if not refund.calls or attempt is None or attempt.partner != refund.partner:
        return "unaskable"
    return None if is_another(wish.principal, wish.checked_principal) else "unchecked"


def timer_fired(draft: Draft, name: str) -> None:
    """Take in a timer; one that no refund waits for is stale."""
    for refund in draft.state.refunds:
        if refund.timer == name:
            step(draft, refund, "silent", Heard())


def find(state: Payment, application: str, key: str) -> Refund | None:
    """Return the refund of this key."""
    whose, _, number = key.partition(giving_back.MIDDLE)
    if whose != application:
        return None
    return next((r for r in state.refunds if f"{r.number}" == number), None)
