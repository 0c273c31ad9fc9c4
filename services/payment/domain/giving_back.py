"""What each legal move does to a refund."""

from datetime import timedelta
from typing import Any

import msgspec

from services.payment.domain.draft import Draft
from services.payment.domain.fees import line
from services.payment.domain.leaving import Heard, pause_s
from services.payment.domain.state import Attempt, Leaving, Refund, Released
from shared.events.refunds import (
    RefundDone,
    RefundFailed,
    RefundQueryRequested,
    RefundRejected,
    RefundRequested,
    RefundWaiting,
)
from shared.lanes.table import Timer

MIDDLE = ".refund."  # between the application and the number, in a refund's key


def key_of(draft: Draft, refund: Refund) -> str:
    """Return what a refund is called everywhere."""
    return f"{draft.application}{MIDDLE}{refund.number}"


def named(draft: Draft, refund: Refund) -> dict[str, Any]:
    """Return what every event says of a refund."""
    return {
        "refund": key_of(draft, refund),
        "partner": refund.partner,
        "reference": refund.reference,
        "transaction": refund.transaction,
        "amount_vnd": refund.amount_vnd,
    }


def submit(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Send it at once, or let a second person look at it, unless one agreed before: it comes to
    more than the limit.
    """
    if _with_its_parts_vnd(draft, refund) <= draft.pace.check_over_vnd:
        request(draft, refund, heard)
        return
    dear = msgspec.structs.replace(refund, is_dear=True)
    if refund.checked_by:
        request(draft, dear, heard)
        return
    _turn(draft, dear, "waiting_for_check")
    draft.events.append(RefundWaiting(**named(draft, refund), waits_for="check"))


def request(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Have it given back.  What is asked for beyond what nobody needs is not needed from now on,
    and the receipts say so.
    """
    others_vnd = sum(
        r.amount_vnd
        for r in draft.state.refunds
        if r.of == refund.of and r.number != refund.number and r.status != "rejected"
    )
    spare_vnd = draft.state.unneeded().get(refund.of, 0) - others_vnd
    paid = next((a for a in draft.state.attempts if _is_of(a, refund)), None)
    if paid is not None and refund.amount_vnd > spare_vnd:
        more_vnd = refund.amount_vnd - max(0, spare_vnd)
        _let_go(draft, paid, more_vnd, refund.reason)
    send(draft, refund, heard)


def send(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Tell the partner, if it is one that opened this order; else a person gives it back."""
    attempt = draft.state.attempt(refund.reference)
    if attempt is None or attempt.partner != refund.partner:
        leave(draft, refund, heard)
        return
    called = _turn(draft, _called(draft, refund), "requested")
    draft.events.append(RefundRequested(**_call(draft, called, attempt)))


def ask(draft: Draft, refund: Refund, _: Heard) -> None:
    """Ask the partner what became of it."""
    attempt = draft.state.attempt(refund.reference)
    assert attempt
    called = _turn(draft, _called(draft, refund), "unknown")
    draft.events.append(RefundQueryRequested(**_call(draft, called, attempt)))


def ask_first(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Ask the partner what became of it, and only if it surely was not done send it anew."""
    ask(draft, msgspec.structs.replace(refund, is_again=True), heard)


def wait(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Ask later, as often as after an order; then a person has to find out."""
    _later(draft, refund, "unknown", heard)


def put_off(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Send it later: it was not sent."""
    _later(draft, refund, "requested", heard)


def leave(draft: Draft, refund: Refund, _: Heard) -> None:
    """Leave it to a person, who records it when it is done."""
    _turn(draft, msgspec.structs.replace(refund, is_again=False), "by_hand")
    draft.events.append(RefundWaiting(**named(draft, refund), waits_for="person"))


def fail(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Say that the partner did not do it; or send it anew, if that was to be known first."""
    if refund.is_again:
        _anew(draft, refund, heard)
        return
    _turn(draft, refund, "failed")
    draft.events.append(RefundFailed(**named(draft, refund), code=heard.code))


def reject(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Say that the second person does not agree."""
    _turn(draft, refund, "rejected")
    rejected = RefundRejected(**named(draft, refund), by=heard.by, reason=heard.reason)
    draft.events.append(rejected)


def finish(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Say that it was given back; of an obligation given back in whole no receipt counts."""
    told = heard.transaction or refund.told
    _turn(draft, msgspec.structs.replace(refund, told=told), "done")
    done = RefundDone(**named(draft, refund), told=told, by=heard.by, unit=draft.unit)
    draft.events.append(done)
    paid = next((a for a in draft.state.attempts if _is_of(a, refund)), None)
    if paid is None:
        return
    back_vnd = sum(
        r.amount_vnd for r in draft.state.refunds if r.of == refund.of and r.status == "done"
    )
    if back_vnd >= paid.amount_vnd:
        draft.turn(paid.obligation, "refunded")
        with draft.receipts() as desk:
            for receipt in draft.state.receipts:
                if receipt.attempt == paid.number:
                    desk.tell(receipt, "refunded", refund.reason)


# ---- steps of moves


def _let_go(draft: Draft, paid: Attempt, amount_vnd: int, why: str) -> None:
    """Release a part of a payment and lower its receipts, the last one first; of the whole they
    count until it is given back.
    """
    gone_vnd = sum(r.amount_vnd for r in draft.state.released if r.attempt == paid.number)
    valid = [r for r in draft.state.receipts if (r.attempt, r.status) == (paid.number, "valid")]
    left_vnd = amount_vnd
    with draft.receipts() as desk:
        for receipt in reversed(valid if gone_vnd + amount_vnd < paid.amount_vnd else []):
            part_vnd = min(left_vnd, receipt.amount_vnd)
            if not part_vnd:
                break
            left_vnd -= part_vnd
            still_vnd = receipt.amount_vnd - part_vnd
            name = draft.state.with_lines(receipt).lines[0].name_vi
            if still_vnd:
                desk.tell(receipt, "lowered", why, line(receipt.kind, name, still_vnd))
            else:
                desk.tell(receipt, "refunded", why)
            draft.release(
                Released(attempt=paid.number, amount_vnd=part_vnd, reason=why, kind=receipt.kind)
            )
    if left_vnd:
        draft.release(Released(attempt=paid.number, amount_vnd=left_vnd, reason=why))


def _with_its_parts_vnd(draft: Draft, refund: Refund) -> int:
    """Return what goes back with it: of the same payment, and of any that operators asked for."""
    return refund.amount_vnd + sum(
        r.amount_vnd
        for r in draft.state.refunds
        if r.number != refund.number
        and r.status != "rejected"
        and (r.of == refund.of or (r.by and refund.by))
    )


def _is_of(attempt: Attempt, refund: Refund) -> bool:
    return attempt.status == "paid" and (attempt.partner, attempt.transaction) == refund.of


def _turn(draft: Draft, refund: Refund, status: Leaving) -> Refund:
    turned = msgspec.structs.replace(refund, status=status)
    draft.put_refund(turned)
    return turned


def calls_of(draft: Draft, refund: Refund) -> str:
    """Return what the keys of all calls of this try begin with."""
    first = f"{draft.application}/refund/{refund.number}/"
    return first if refund.tries == 1 else f"{first}{refund.tries}/"


def _anew(draft: Draft, refund: Refund, heard: Heard) -> None:
    """Tell the partner by another name: by the one before it would say again what it said."""
    another = msgspec.structs.replace(
        refund, tries=refund.tries + 1, is_again=False, calls=0, told="", asked_at=draft.at
    )
    send(draft, another, heard)


def _called(draft: Draft, refund: Refund) -> Refund:
    calls = refund.calls + 1
    key = f"{calls_of(draft, refund)}{calls}"
    return msgspec.structs.replace(refund, calls=calls, call_key=key)


def _call(draft: Draft, refund: Refund, attempt: Attempt) -> dict[str, Any]:
    return {
        **named(draft, refund),
        "key": refund.call_key,
        "paid_vnd": draft.state.received()[refund.of].amount_vnd,
        "opened_at": attempt.opened_at,
        "asked_at": refund.asked_at,
        "told": refund.told,
        "reason": refund.reason,
        "by": refund.by,
        "name": "" if refund.tries == 1 else f"{key_of(draft, refund)}.{refund.tries}",
    }


def _later(draft: Draft, refund: Refund, status: Leaving, heard: Heard) -> None:
    after_s = pause_s(draft.pace, refund.calls)
    if after_s is None:
        leave(draft, refund, heard)
        return
    told = heard.transaction or refund.told
    waiting = _turn(draft, msgspec.structs.replace(refund, told=told), status)
    draft.timers.append(Timer(waiting.timer, draft.at + timedelta(seconds=after_s)))
