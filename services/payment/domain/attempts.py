"""What each legal move does to the attempts of an obligation: opened, made, ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from services.payment.domain.draft import Cause, Draft
from services.payment.domain.state import Attempt, AttemptStatus
from services.payment.domain.terms import Terms, choose
from shared.events.payment import (
    CreateRequested,
    Expired,
    Failed,
    Requested,
)
from shared.lanes.table import Timer

TIMES_UNMADE = 4  # so many times the limit are opened for choices, made or not
AGAIN = "order.again."  # begins the name of a timer at which another order is opened


def open_order(draft: Draft, cause: Cause) -> None:
    """Open an attempt, with a partner that has not failed if one is left.  Raises `NoPartner`."""
    total_vnd = draft.state.obligations[cause.obligation].total_vnd
    failed = _failed(draft, cause.obligation)
    _open(draft, cause.obligation, choose(draft.terms, total_vnd, draft.at, failed))


def choose_partner(draft: Draft, cause: Cause) -> None:
    """Open an attempt with the partner that the citizen chose; earlier ones stay payable."""
    total_vnd = draft.state.obligations[cause.obligation].total_vnd
    mine = draft.state.attempts_of(cause.obligation)
    terms = next((t for t in draft.terms if t.partner == cause.partner), None)
    if (
        terms is not None
        and terms.takes(total_vnd, draft.at)
        and not payable_with(mine, cause.partner, draft.at)
        and may_choose(mine, draft.pace.attempt_limit)
    ):
        _open(draft, cause.obligation, terms)


def payable_with(attempts: Sequence[Attempt], partner: str, at: datetime) -> Attempt | None:
    """Return the attempt with this partner that may be paid now, or soon."""
    return next(
        (a for a in attempts if a.partner == partner and a.status == "open" and at < a.expires_at),
        None,
    )


def count_made(attempts: Sequence[Attempt]) -> int:
    """Return how many count against the limit: not those that a partner never made."""
    return sum(not a.is_unmade for a in attempts)


def may_choose(attempts: Sequence[Attempt], attempt_limit: int) -> bool:
    """Tell whether a citizen may choose once more: too many that nobody made end it as well."""
    return count_made(attempts) < attempt_limit and len(attempts) < TIMES_UNMADE * attempt_limit


def offer(draft: Draft, cause: Cause) -> None:
    """Keep what a citizen needs to pay: the partner made the order."""
    attempt = attempt_of(cause)
    if attempt.status == "open" and attempt.is_unmade:
        draft.put(msgspec.structs.replace(attempt, offered=cause.offered))


def give_up(draft: Draft, cause: Cause) -> None:
    """Turn to another partner: this one made no order, as far as we know.

    One that makes a single order however often it is asked is asked once more, if nobody knows.
    Money that comes for it all the same counts.  When all partners failed, some time passes first.
    """
    attempt = attempt_of(cause)
    if attempt.status != "open" or not attempt.is_unmade:
        return
    if cause.finding == "unknown" and attempt.create_key == _create_key(draft, attempt.number, 1):
        terms = next((t for t in draft.terms if t.partner == attempt.partner), None)
        if terms is not None and terms.creates_again:
            key = _create_key(draft, attempt.number, 2)
            _create(draft, msgspec.structs.replace(attempt, create_key=key))
            return
    fail(draft, cause, attempt)
    _next(draft, cause)


def open_again(draft: Draft, cause: Cause) -> None:
    """Open an attempt after a pause."""
    if not open_ones(draft, cause.obligation):
        open_order(draft, cause)


def again_timer(draft: Draft, obligation: int) -> str:
    """Return the name of the timer at which another attempt of this obligation is opened."""
    return f"{AGAIN}{obligation}.{len(draft.state.attempts)}"


def decline(draft: Draft, cause: Cause) -> None:
    """End an attempt without money; open the next, up to a limit, if none is left to be paid."""
    attempt = attempt_of(cause)
    if attempt.status != "open":
        return
    fail(draft, cause, attempt)
    if open_ones(draft, cause.obligation):
        return
    is_left = count_made(draft.state.attempts_of(cause.obligation)) < draft.pace.attempt_limit
    (open_order if is_left else expire)(draft, cause)


def expire(draft: Draft, cause: Cause) -> None:
    """End an obligation without money; what comes later is overpaid."""
    obligation = draft.turn(cause.obligation, "expired")
    last = draft.state.attempts_of(cause.obligation)[-1]
    close_attempts(draft, cause.obligation)
    draft.events.append(
        Expired(reference=last.reference, moment=obligation.moment, partner=last.partner)
    )


def close_attempts(draft: Draft, obligation: int) -> None:
    """Offer nothing more of an obligation that is over.

    Who has the link may have paid, or pay still, and the partner's call may be lost: it is asked
    as the schedule has it, and at the end of the order's time.  One that nobody can ask calls.
    """
    for attempt in open_ones(draft, obligation):
        if attempt.is_mute:
            let_go(draft, attempt)
        else:
            draft.put(msgspec.structs.replace(attempt, status="closed"))


# ---- steps of moves


def _open(draft: Draft, obligation: int, terms: Terms) -> None:
    total_vnd = draft.turn(obligation, "open").total_vnd
    number = len(draft.state.attempts) + 1
    attempt = Attempt(
        number=number,
        obligation=obligation,
        reference=draft.reference(number),
        partner=terms.partner,
        amount_vnd=total_vnd,
        opened_at=draft.at,
        expires_at=terms.expires_at(draft.at),
        create_key=_create_key(draft, number, 1) if terms.asks_first else "",
    )
    draft.put(attempt)
    draft.events.append(
        Requested(
            partner=attempt.partner,
            reference=attempt.reference,
            attempt=attempt.number,
            amount_vnd=attempt.amount_vnd,
            expires_at=attempt.expires_at,
            obligation=obligation,
        )
    )
    if attempt.create_key:
        _create(draft, attempt)
    set_timer(draft, attempt)


def _create(draft: Draft, attempt: Attempt) -> None:
    draft.put(attempt)
    draft.events.append(
        CreateRequested(
            key=attempt.create_key,
            partner=attempt.partner,
            reference=attempt.reference,
            amount_vnd=attempt.amount_vnd,
            opened_at=attempt.opened_at,
            expires_at=attempt.expires_at,
        )
    )


def _create_key(draft: Draft, number: int, time: int) -> str:
    return f"{draft.application}/create/{number}/{time}"


def fail(draft: Draft, cause: Cause, attempt: Attempt, status: AttemptStatus = "failed") -> None:
    """End an attempt without money, and say so."""
    draft.put(msgspec.structs.replace(attempt, status=status, query_key=""))
    draft.events.append(
        Failed(
            partner=attempt.partner,
            reference=attempt.reference,
            code=cause.code,
            reason=cause.reason,
        )
    )


def _next(draft: Draft, cause: Cause) -> None:
    """Open another attempt at once where a partner is left that has not failed, else later."""
    place = cause.obligation
    if open_ones(draft, place):
        return
    total_vnd, failed = draft.state.obligations[place].total_vnd, _failed(draft, place)
    mine = draft.state.attempts_of(place)
    unmade = len(mine) - count_made(mine)
    if any(t.takes(total_vnd, draft.at) and t.partner not in failed for t in draft.terms):
        open_order(draft, cause)
    elif unmade < draft.pace.ask_limit:
        draft.timers.append(Timer(again_timer(draft, place), draft.at + _pause(draft, unmade - 1)))
    else:
        expire(draft, cause)


def let_go(draft: Draft, attempt: Attempt) -> None:
    """End an attempt without a word: nobody waits for it."""
    draft.put(msgspec.structs.replace(attempt, status="expired", query_key=""))


def _failed(draft: Draft, obligation: int) -> set[str]:
    return {a.partner for a in draft.state.attempts_of(obligation) if a.status == "failed"}


def open_ones(draft: Draft, obligation: int) -> list[Attempt]:
    """Return the attempts of an obligation that may be paid."""
    return [a for a in draft.state.attempts_of(obligation) if a.status == "open"]


def set_timer(draft: Draft, attempt: Attempt) -> None:
    """Ask after an attempt when the schedule has it, and at its expiry at the latest."""
    due = draft.at + _pause(draft, attempt.asked)
    if draft.at < attempt.expires_at:
        due = min(due, attempt.expires_at)
    draft.timers.append(Timer(attempt.timer, due))


def _pause(draft: Draft, times: int) -> timedelta:
    steps = draft.pace.ask_after_s
    return timedelta(seconds=steps[min(times, len(steps) - 1)])


def attempt_of(cause: Cause) -> Attempt:
    """Return the attempt that a move is about."""
    assert cause.attempt
    return cause.attempt
