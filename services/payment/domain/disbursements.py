"""Allowances paid out: what may be asked for, and what is heard of it.

Of a procedure that pays one, for an application that was accepted and goes on; at most what the
catalogue says, and each period once: whatever was not turned down stands in its place.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

import msgspec

from services.payment.domain import paying_out
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
from services.payment.domain.state import Disbursement, Payment
from shared.catalogue import Allowance, Catalogue
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementAsked,
    DisbursementChecked,
    DisbursementCorrected,
    DisbursementProposed,
    DisbursementRecorded,
    DisbursementRetried,
    DisbursementRetryRefused,
    WhyNot,
)

ONCE = "once"  # the period of what is paid a single time
NOT_PAID = "not_paid"  # the code of what a person found so
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")

Obstacle = Literal[
    "pays_none",  # the procedure has no allowance
    "not_accepted",
    "ended",
    "wrong_period",
    "period_taken",
    "over_limit",
]

DEEDS: Mapping[Deed, Callable[[Draft, Disbursement, Heard], None]] = {
    "nothing": lambda *_: None,
    "submit": paying_out.submit,
    "request": paying_out.request,
    "reject": paying_out.reject,
    "send": paying_out.send,
    "ask": paying_out.ask,
    "ask_first": paying_out.ask_first,
    "wait": paying_out.wait,
    "put_off": paying_out.put_off,
    "leave": paying_out.leave,
    "fail": paying_out.fail,
    "finish": paying_out.finish,
}


# ---- what may be asked for


def allowance_of(state: Payment, catalogue: Catalogue, on: date) -> Allowance | None:
    """Return what the application's procedure pays on a day, if anything."""
    procedure = catalogue.procedure(state.basis.procedure, on) if state.basis else None
    return procedure.allowance if procedure else None


def obstacle(
    state: Payment, period: str, amount_vnd: int, catalogue: Catalogue, on: date
) -> Obstacle | None:
    """Return why this much cannot be paid out for a period; None: it can."""
    allowance = allowance_of(state, catalogue, on)
    if allowance is None or state.basis is None:
        return "pays_none"
    if state.has_ended:
        return "ended"
    if not state.is_accepted:
        return "not_accepted"
    if not _fits(period, allowance, state.basis.on, on):
        return "wrong_period"
    if any(d.period == period and d.status != "rejected" for d in state.disbursements):
        return "period_taken"
    return None if 0 < amount_vnd <= allowance.limit_vnd else "over_limit"


def _fits(period: str, allowance: Allowance, since: date, on: date) -> bool:
    """Tell whether it is a month from that of the application to this one, or the single time."""
    if allowance.every == "once":
        return period == ONCE
    return _MONTH.fullmatch(period) is not None and f"{since:%Y-%m}" <= period <= f"{on:%Y-%m}"


# ---- what is heard


def accepted(draft: Draft, catalogue: Catalogue) -> None:
    """Remember it where an allowance may follow: of no other application is more to be kept."""
    if not draft.state.is_accepted and allowance_of(draft.state, catalogue, draft.on):
        draft.accept()


def asked(draft: Draft, wish: DisbursementAsked, catalogue: Catalogue) -> None:
    """Take in what is to be paid; what may not be changes nothing."""
    if obstacle(draft.state, wish.period, wish.amount_vnd, catalogue, draft.on):
        return
    paid = Disbursement(
        number=len(draft.state.disbursements) + 1,
        period=wish.period,
        amount_vnd=wish.amount_vnd,
        decision=wish.decision,
        bank=wish.bank,
        ending=wish.ending,
        payee=wish.payee,
        by=wish.by,
        principal=wish.principal,
        asked_at=draft.at,
    )
    draft.put_disbursement(paid)
    draft.events.append(
        DisbursementProposed(
            **paying_out.named(draft, paid),
            decision=wish.decision,
            by=wish.by,
            catalogue_version=catalogue.version,
        )
    )
    step(draft, paid, "submitted", Heard())


def step(draft: Draft, paid: Disbursement, trigger: Trigger, heard: Heard) -> None:
    """Make the move of the table."""
    DEEDS[MOVES[paid.status][trigger]](draft, paid, heard)


def checked(draft: Draft, verdict: DisbursementChecked) -> None:
    """Take in what a second person says, or two: nobody agrees alone to his own wish."""
    paid = find(draft.state, draft.application, verdict.disbursement)
    if paid is None or (verdict.approved and draft.state.has_ended):
        return
    if not may_check_it(paid, verdict, agrees=verdict.approved):
        return
    trigger: Trigger = "approved" if verdict.approved else "rejected"
    step(draft, paid, trigger, Heard(by=verdict.by, reason=verdict.reason))


def corrected(draft: Draft, wish: DisbursementCorrected) -> None:
    """Try one that surely was not paid again, to this account; as another one to every bank."""
    paid = find(draft.state, draft.application, wish.disbursement)
    if paid is None or draft.state.has_ended or MOVES[paid.status]["corrected"] == "nothing":
        return
    again = msgspec.structs.replace(
        paid,
        bank=wish.bank,
        ending=wish.ending,
        payee=wish.payee,
        by=wish.by,
        principal=wish.principal,
        partner="",
        tries=paid.tries + 1,
        calls=0,
        call_key="",
        transaction="",
        is_again=False,
    )
    step(draft, again, "corrected", Heard(by=wish.by, reason=wish.reason))


def answered(draft: Draft, said: DisbursementAnswered) -> None:
    """Take in a partner's answer.  That it is done is good whenever it comes, but for what has
    failed since, or was said to have: a person has to look at that.
    """
    paid = find(draft.state, draft.application, said.disbursement)
    if paid is None:
        return
    heard = Heard(said.transaction, said.code)
    if said.finding == "done":
        is_own = said.key.startswith(paying_out.calls_of(draft.application, paid))
        _done(draft, paid, heard, is_news=is_own and paid.status != "failed" and not paid.is_again)
    elif said.key == paid.call_key:
        step(draft, paid, ANSWERS[said.finding], heard)


def _done(draft: Draft, paid: Disbursement, heard: Heard, *, is_news: bool) -> None:
    if is_news:
        step(draft, paid, "done", heard)
        return
    doubtful = msgspec.structs.replace(paid, is_again=True)
    if paid.status == "by_hand" and not paid.is_again:
        paying_out.leave(draft, doubtful, heard)  # who sees to it has to know
    else:
        step(draft, doubtful, "done_before", heard)


def retried(draft: Draft, wish: DisbursementRetried) -> None:
    """Ask after one that waits for a person, or pay one again that surely was not paid, to the same
    account; or say why not.
    """
    paid = find(draft.state, draft.application, wish.disbursement)
    if because := _why_not(paid, wish):
        refused = DisbursementRetryRefused(
            disbursement=wish.disbursement, by=wish.by, because=because
        )
        draft.events.append(refused)
        return
    assert paid
    step(draft, paid, "retried", Heard(by=wish.by, reason=wish.reason))


def _why_not(paid: Disbursement | None, wish: DisbursementRetried) -> WhyNot | None:
    if paid is None:
        return "unknown_disbursement"
    if MOVES[paid.status]["retried"] == "nothing":
        return "not_over"
    if paid.is_again:
        return "doubtful"
    if not paid.partner or not paid.calls:
        return "unaskable"
    return None if agreed_before(wish) else "unchecked"


def recorded(draft: Draft, deed: DisbursementRecorded) -> None:
    """Take in what a person did, or found."""
    paid = find(draft.state, draft.application, deed.disbursement)
    if paid is None:
        return
    if deed.finding == "paid":
        if may_record(paid, deed.by, deed.principal):
            step(draft, paid, "recorded", Heard(deed.transaction, by=deed.by))
    else:
        step(draft, paid, "not_done", Heard(deed.transaction, NOT_PAID, deed.by))


def timer_fired(draft: Draft, name: str) -> None:
    """Take in a timer; one that no disbursement waits for is stale."""
    for paid in draft.state.disbursements:
        if paid.timer == name:
            step(draft, paid, "silent", Heard())


def find(state: Payment, application: str, key: str) -> Disbursement | None:
    """Return the disbursement of this key."""
    whose, _, number = key.partition(paying_out.MIDDLE)
    if whose != application:
        return None
    return next((d for d in state.disbursements if f"{d.number}" == number), None)
