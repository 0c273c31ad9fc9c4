"""What each legal move does to ask after an order: by schedule, beside it, and when to give up."""

from datetime import timedelta

import msgspec

from services.payment.domain.attempts import (
    attempt_of,
    expire,
    fail,
    let_go,
    open_ones,
    set_timer,
)
from services.payment.domain.draft import Cause, Draft
from services.payment.domain.state import Attempt
from shared.lanes.table import Timer


def ask(draft: Draft, cause: Cause) -> None:
    """Ask the partner about a silent order; one that cannot be asked was waited for long enough."""
    attempt = attempt_of(cause)
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
    attempt = attempt_of(cause)
    is_asked = attempt.is_mute or attempt.is_prompted or attempt.query_key
    if attempt.is_watched and not is_asked:
        _ask(draft, msgspec.structs.replace(attempt, prompted=attempt.asked + 1))


def ask_anew(draft: Draft, cause: Cause) -> None:
    """Ask the partner about an order that is over: what it says more of money is taken in."""
    attempt = attempt_of(cause)
    if not attempt.is_mute:
        draft.ask(attempt)


def wait(draft: Draft, cause: Cause) -> None:
    """Ask again later; at the end of its time, when nobody knows of money, the attempt ends."""
    attempt = attempt_of(cause)
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
        set_timer(draft, waiting)


def wait_in_vain(draft: Draft, cause: Cause) -> None:
    """Wait, without asking, until the order's expiry and a grace: this partner answers nobody."""
    attempt = attempt_of(cause)
    if not attempt.is_watched or _goes_on(draft, attempt):
        return
    if attempt.status == "closed":
        let_go(draft, attempt)
        return
    waiting = msgspec.structs.replace(attempt, query_key="", is_mute=True)
    draft.put(waiting)
    over = attempt.expires_at + timedelta(seconds=draft.pace.grace_s)
    draft.timers.append(Timer(waiting.timer, max(draft.at, over)))


def heard(draft: Draft, attempt: Attempt) -> None:
    """Go on after a partner told of money: one that waits for another amount is asked on."""
    if attempt.status == "closed":
        let_go(draft, attempt)
    elif attempt.status == "open":
        wait(draft, Cause(attempt.obligation, attempt, finding="not_found"))


def decline_closed(draft: Draft, cause: Cause) -> None:
    """Ask no more after an order that is not offered any more: it failed for good."""
    attempt = attempt_of(cause)
    if attempt.status == "closed":
        let_go(draft, attempt)


def _ask(draft: Draft, attempt: Attempt) -> None:
    draft.put(msgspec.structs.replace(attempt, query_key=draft.ask(attempt)))


def _goes_on(draft: Draft, attempt: Attempt) -> bool:
    """Leave all to the schedule, if what was answered was asked beside it."""
    if attempt.is_prompted:
        draft.put(msgspec.structs.replace(attempt, query_key=""))
    return attempt.is_prompted


def _end(draft: Draft, cause: Cause, attempt: Attempt) -> None:
    """End an attempt whose time is over, and its obligation, unless another may still be paid."""
    if attempt.status == "closed":
        let_go(draft, attempt)
    elif len(open_ones(draft, cause.obligation)) > 1:
        fail(draft, cause._replace(reason="expired"), attempt, "expired")
    else:
        let_go(draft, attempt)
        expire(draft, cause)
