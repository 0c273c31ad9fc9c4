"""What each legal move does to the attempts of an obligation: opened, made, asked after, ended."""

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
    attempt = _of(cause)
    if attempt.status == "open" and attempt.is_unmade:
        draft.put(msgspec.structs.replace(attempt, offered=cause.offered))


def give_up(draft: Draft, cause: Cause) -> None:
    """Turn to another partner: this one made no order, as far as we know.

    One that makes a single order however often it is asked is asked once more, if nobody knows.
    Money that comes for it all the same counts.  When all partners failed, some time passes first.
    """
    attempt = _of(cause)
    if attempt.status != "open" or not attempt.is_unmade:
        return
    if cause.finding == "unknown" and attempt.create_key == _create_key(draft, attempt.number, 1):
        terms = next((t for t in draft.terms if t.partner == attempt.partner), None)
        if terms is not None and terms.creates_again:
            key = _create_key(draft, attempt.number, 2)
            _create(draft, msgspec.structs.replace(attempt, create_key=key))
            return
    _fail(draft, cause, attempt)
    _next(draft, cause)


def open_again(draft: Draft, cause: Cause) -> None:
    """Open an attempt after a pause."""
    if not _open_ones(draft, cause.obligation):
        open_order(draft, cause)


def again_timer(draft: Draft, obligation: int) -> str:
    """Return the name of the timer at which another attempt of this obligation is opened."""
    return f"{AGAIN}{obligation}.{len(draft.state.attempts)}"


def decline(draft: Draft, cause: Cause) -> None:
    """End an attempt without money; open the next, up to a limit, if none is left to be paid."""
    attempt = _of(cause)
    if attempt.status != "open":
        return
    _fail(draft, cause, attempt)
    if _open_ones(draft, cause.obligation):
        return
    is_left = count_made(draft.state.attempts_of(cause.obligation)) < draft.pace.attempt_limit
    (open_order if is_left else expire)(draft, cause)


def ask(draft: Draft, cause: Cause) -> None:
    """Ask the partner about a silent order; one that cannot be asked was waited for long enough."""
    attempt = _of(cause)
    if not attempt.is_watched:
        return
    if attempt.is_mute:
        _end(draft, cause, attempt)
        return
    _ask(draft, msgspec.structs.replace(attempt, asked=attempt.asked + 1))


def ask_at_once(draft: Draft, cause: Cause) -> None:
    """Ask beside the schedule: the partner hints at news.  Once in each step of it, and never
    while another question is under way: whoever repeats a callback gains nothing by it.
    """
    attempt = _of(cause)
    is_asked = attempt.is_mute or attempt.is_prompted or attempt.query_key
    if attempt.is_watched and not is_asked:
        _ask(draft, msgspec.structs.replace(attempt, prompted=attempt.asked + 1))


def ask_anew(draft: Draft, cause: Cause) -> None:
    """Ask the partner about an order that is over: what it says more of money is taken in."""
    attempt = _of(cause)
    if not attempt.is_mute:
        draft.ask(attempt)


def wait(draft: Draft, cause: Cause) -> None:
    """Ask again later; at the end of its time, when nobody knows of money, the attempt ends."""
    attempt = _of(cause)
    if not attempt.is_watched or _goes_on(draft, attempt):
        return
    is_unpaid = cause.finding == "not_found"
    if (is_unpaid and draft.at >= attempt.expires_at) or attempt.asked >= draft.pace.ask_limit:
        _end(draft, cause, attempt)
        return
    waiting = msgspec.structs.replace(attempt, query_key="")
    draft.put(waiting)
    if is_unpaid and attempt.status == "closed":
        draft.timers.append(Timer(waiting.timer, attempt.expires_at))
    else:
        _set_timer(draft, waiting)


def wait_in_vain(draft: Draft, cause: Cause) -> None:
    """Wait, without asking, until the order's expiry and a grace: this partner answers nobody."""
    attempt = _of(cause)
    if not attempt.is_watched or _goes_on(draft, attempt):
        return
    if attempt.status == "closed":
        _let_go(draft, attempt)
        return
    waiting = msgspec.structs.replace(attempt, query_key="", is_mute=True)
    draft.put(waiting)
    over = attempt.expires_at + timedelta(seconds=draft.pace.grace_s)
    draft.timers.append(Timer(waiting.timer, max(draft.at, over)))


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
    for attempt in _open_ones(draft, obligation):
        if attempt.is_mute:
            _let_go(draft, attempt)
        else:
            draft.put(msgspec.structs.replace(attempt, status="closed"))


def decline_closed(draft: Draft, cause: Cause) -> None:
    """Ask no more after an order that is not offered any more: it failed for good."""
    let_go_closed(draft, _of(cause))


def let_go_closed(draft: Draft, attempt: Attempt) -> None:
    """Ask no more after an order, if it is not offered any more: the partner is sure of it."""
    if attempt.status == "closed":
        _let_go(draft, attempt)


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
    _set_timer(draft, attempt)


def _ask(draft: Draft, attempt: Attempt) -> None:
    draft.put(msgspec.structs.replace(attempt, query_key=draft.ask(attempt)))


def _goes_on(draft: Draft, attempt: Attempt) -> bool:
    """Leave all to the schedule, if what was answered was asked beside it."""
    if attempt.is_prompted:
        draft.put(msgspec.structs.replace(attempt, query_key=""))
    return attempt.is_prompted


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


def _fail(draft: Draft, cause: Cause, attempt: Attempt, status: AttemptStatus = "failed") -> None:
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
    if _open_ones(draft, place):
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


def _end(draft: Draft, cause: Cause, attempt: Attempt) -> None:
    """End an attempt whose time is over, and its obligation, unless another may still be paid."""
    if attempt.status == "closed":
        _let_go(draft, attempt)
    elif len(_open_ones(draft, cause.obligation)) > 1:
        _fail(draft, cause._replace(reason="expired"), attempt, "expired")
    else:
        _let_go(draft, attempt)
        expire(draft, cause)


def _let_go(draft: Draft, attempt: Attempt) -> None:
    draft.put(msgspec.structs.replace(attempt, status="expired", query_key=""))


def _failed(draft: Draft, obligation: int) -> set[str]:
    return {a.partner for a in draft.state.attempts_of(obligation) if a.status == "failed"}


def _open_ones(draft: Draft, obligation: int) -> list[Attempt]:
    return [a for a in draft.state.attempts_of(obligation) if a.status == "open"]


def _set_timer(draft: Draft, attempt: Attempt) -> None:
    due = draft.at + _pause(draft, attempt.asked)
    if draft.at < attempt.expires_at:
        due = min(due, attempt.expires_at)
    draft.timers.append(Timer(attempt.timer, due))


def _pause(draft: Draft, times: int) -> timedelta:
    steps = draft.pace.ask_after_s
    return timedelta(seconds=steps[min(times, len(steps) - 1)])


def _of(cause: Cause) -> Attempt:
    assert cause.attempt
    return cause.attempt
