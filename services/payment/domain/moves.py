"""What each legal move does to a draft."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from services.payment.domain.draft import Cause, Draft
from services.payment.domain.state import Attempt, Money, Obligation
from services.payment.domain.terms import choose
from shared.events.data import FeeLine
from shared.events.payment import (
    Expired,
    Failed,
    FeeAssessed,
    FeeWaived,
    Mismatched,
    Overpaid,
    QueryRequested,
    ReceiptIssued,
    Requested,
    Settled,
)
from shared.lanes.table import Timer

RECEIPT_SUFFIX = {"fee": "P", "charge": "L", "tax": "T"}  # phí, lệ phí, thuế: a receipt each


def nothing(_: Draft, __: Cause) -> None:
    """Change nothing: it is over, or it was so before."""


def announce(draft: Draft, cause: Cause) -> None:
    """Say what is to be paid, or that nothing is."""
    obligation = draft.state.obligations[cause.obligation]
    if not obligation.lines:
        waive(draft, cause)
        return
    draft.turn(cause.obligation, "assessed")
    draft.events.append(_assessed(obligation))


def _assessed(obligation: Obligation) -> FeeAssessed:
    return FeeAssessed(
        lines=obligation.lines,
        total_vnd=obligation.total_vnd,
        moment=obligation.moment,
        catalogue_version=obligation.catalogue_version,
        illustrative=obligation.illustrative,
    )


def waive(draft: Draft, cause: Cause) -> None:
    """Say that nothing is to be paid, and why."""
    obligation = draft.turn(cause.obligation, "waived")
    version = obligation.catalogue_version
    draft.events.append(FeeWaived(reason=cause.reason, catalogue_version=version))


def open_order(draft: Draft, cause: Cause) -> None:
    """Open an attempt with a partner.  Raises `NoPartner`."""
    obligation = draft.turn(cause.obligation, "open")
    terms = choose(draft.terms, obligation.total_vnd, draft.at)
    number = len(draft.state.attempts) + 1
    attempt = Attempt(
        number=number,
        obligation=cause.obligation,
        reference=draft.reference(number),
        partner=terms.partner,
        amount_vnd=obligation.total_vnd,
        opened_at=draft.at,
        expires_at=terms.expires_at(draft.at),
    )
    draft.put(attempt)
    draft.events.append(
        Requested(
            partner=attempt.partner,
            reference=attempt.reference,
            attempt=attempt.number,
            amount_vnd=attempt.amount_vnd,
            expires_at=attempt.expires_at,
        )
    )
    _set_timer(draft, attempt)


def settle(draft: Draft, cause: Cause) -> None:
    """The obligation is met; receipts follow."""
    attempt, money = _of(cause)
    obligation = draft.turn(cause.obligation, "settled")
    _close_attempts(draft, cause.obligation)
    draft.put(
        msgspec.structs.replace(attempt, status="paid", transaction=money.transaction, query_key="")
    )
    draft.keep(money, "settled")
    draft.events.append(
        Settled(
            partner=money.partner,
            reference=money.reference,
            transaction=money.transaction,
            amount_vnd=money.amount_vnd,
            moment=obligation.moment,
        )
    )
    draft.events += receipts(attempt.reference, obligation.lines)


def receipts(reference: str, lines: Sequence[FeeLine]) -> list[ReceiptIssued]:
    """Return a receipt for each kind, its number made from the order's reference."""
    out = []
    for kind, suffix in RECEIPT_SUFFIX.items():
        some = tuple(line for line in lines if line.kind == kind)
        if some:
            amount_vnd = sum(line.amount_vnd for line in some)
            number = f"{reference}-{suffix}"
            out.append(ReceiptIssued(number=number, kind=kind, amount_vnd=amount_vnd, lines=some))
    return out


def overpay(draft: Draft, cause: Cause) -> None:
    """Keep money that no obligation needs, to be refunded."""
    assert cause.money
    draft.keep(cause.money, "overpaid")
    draft.events.append(
        Overpaid(
            partner=cause.money.partner,
            reference=cause.money.reference,
            transaction=cause.money.transaction,
            amount_vnd=cause.money.amount_vnd,
        )
    )


def mispay(draft: Draft, cause: Cause) -> None:
    """Keep money of another amount, for a person; the order stays open."""
    attempt, money = _of(cause)
    draft.keep(money, "mismatched")
    draft.events.append(
        Mismatched(
            partner=money.partner,
            reference=money.reference,
            transaction=money.transaction,
            expected_vnd=attempt.amount_vnd,
            amount_vnd=money.amount_vnd,
        )
    )


def contradict(draft: Draft, cause: Cause) -> None:
    """Keep, for a person, what a transaction cannot be beside what it counts as."""
    money = cause.money
    assert money
    counted = draft.state.counted(money.partner, money.transaction)
    assert counted
    draft.keep(money, "mismatched")
    draft.events.append(
        Mismatched(
            partner=money.partner,
            reference=money.reference,
            transaction=money.transaction,
            expected_vnd=counted.amount_vnd,
            amount_vnd=money.amount_vnd,
        )
    )


def keep_early(draft: Draft, cause: Cause) -> None:
    """Keep money until its order is known."""
    assert cause.money
    draft.keep(cause.money, "early")
    due = draft.at + timedelta(seconds=draft.pace.early_s)
    draft.timers.append(Timer(early_timer(cause.money), due))


def early_timer(money: Money) -> str:
    """Return the name of the timer at which early money is given up."""
    return f"money.early.{money.partner}.{money.transaction}"


def decline(draft: Draft, cause: Cause) -> None:
    """End an attempt without money and open the next, up to a limit."""
    attempt = cause.attempt
    assert attempt
    if attempt.status != "open":
        return
    draft.put(msgspec.structs.replace(attempt, status="failed", query_key=""))
    draft.events.append(
        Failed(
            partner=attempt.partner,
            reference=attempt.reference,
            code=cause.code,
            reason=cause.reason,
        )
    )
    tried = [a for a in draft.state.attempts if a.obligation == cause.obligation]
    if len(tried) < draft.pace.attempt_limit:
        open_order(draft, cause)
    else:
        expire(draft, cause)


def ask(draft: Draft, cause: Cause) -> None:
    """Ask the partner about a silent order."""
    attempt = cause.attempt
    assert attempt
    if attempt.status != "open":
        return
    key = draft.next_query()
    draft.put(msgspec.structs.replace(attempt, asked=attempt.asked + 1, query_key=key))
    draft.events.append(
        QueryRequested(
            key=key,
            partner=attempt.partner,
            reference=attempt.reference,
            opened_at=attempt.opened_at,
        )
    )


def wait(draft: Draft, cause: Cause) -> None:
    """Ask again later; at the end of its time, when nobody knows of money, the order expires."""
    attempt = cause.attempt
    assert attempt
    if attempt.status != "open":
        return
    is_over = draft.at >= attempt.expires_at and cause.finding == "not_found"
    if is_over or attempt.asked >= draft.pace.ask_limit:
        expire(draft, cause)
        return
    waiting = msgspec.structs.replace(attempt, query_key="")
    draft.put(waiting)
    _set_timer(draft, waiting)


def expire(draft: Draft, cause: Cause) -> None:
    """End an obligation without money; what comes later is overpaid."""
    obligation = draft.turn(cause.obligation, "expired")
    last = [a for a in draft.state.attempts if a.obligation == cause.obligation][-1]
    _close_attempts(draft, cause.obligation)
    draft.events.append(Expired(reference=last.reference, moment=obligation.moment))


def _close_attempts(draft: Draft, obligation: int) -> None:
    for attempt in draft.state.attempts:
        if attempt.obligation == obligation and attempt.status == "open":
            draft.put(msgspec.structs.replace(attempt, status="expired", query_key=""))


def _set_timer(draft: Draft, attempt: Attempt) -> None:
    steps = draft.pace.ask_after_s
    due = draft.at + timedelta(seconds=steps[min(attempt.asked, len(steps) - 1)])
    if draft.at < attempt.expires_at:
        due = min(due, attempt.expires_at)
    draft.timers.append(Timer(attempt.timer, due))


def _of(cause: Cause) -> tuple[Attempt, Money]:
    assert cause.attempt
    assert cause.money
    return cause.attempt, cause.money
