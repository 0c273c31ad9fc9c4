"""What each legal move does to a disbursement."""

from datetime import timedelta
from typing import Any

import msgspec
from msgspec import UNSET

from services.payment.domain.draft import Draft
from services.payment.domain.leaving import Heard, pause_s
from services.payment.domain.state import Disbursement, Leaving
from services.payment.domain.terms import payer
from shared.events.disbursements import (
    DisbursementDone,
    DisbursementFailed,
    DisbursementQueryRequested,
    DisbursementRejected,
    DisbursementRequested,
    DisbursementWaiting,
)
from shared.lanes.table import Timer

TOGETHER = timedelta(weeks=3)  # less than a month: what is paid month by month is not one sum
MIDDLE = ".disbursement."  # between the application and the number, in a disbursement's key


def key_of(application: str, number: int) -> str:
    """Return what a disbursement is called everywhere."""
    return f"{application}{MIDDLE}{number}"


def calls_of(application: str, paid: Disbursement) -> str:
    """Return what the keys of all calls of this try begin with."""
    return f"{application}/disbursement/{paid.number}/{paid.tries}/"


def reference_of(application: str, paid: Disbursement) -> str:
    """Return what a partner knows this try by; none, if none was asked."""
    if not paid.partner:
        return ""
    key = key_of(application, paid.number)
    return key if paid.tries == 1 else f"{key}.{paid.tries}"


def whose(reference: str) -> str:
    """Return the application that a reference names, if it is one of a disbursement."""
    application, middle, _ = reference.partition(MIDDLE)
    return application if middle else ""


def named(draft: Draft, paid: Disbursement) -> dict[str, Any]:
    """Return what every event says of a disbursement."""
    return {
        "disbursement": key_of(draft.application, paid.number),
        "period": paid.period,
        "amount_vnd": paid.amount_vnd,
        "bank": paid.bank,
        "ending": paid.ending,
    }


def submit(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Send it at once, or let a second person look at it: over the limit, or not the first try."""
    if paid.tries == 1 and _with_its_parts_vnd(draft, paid) <= draft.pace.check_over_vnd:
        request(draft, paid, heard)
        return
    _turn(draft, msgspec.structs.replace(paid, is_dear=True), "waiting_for_check")
    draft.events.append(DisbursementWaiting(**named(draft, paid), waits_for="check"))


def request(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Have it paid by who can: without such a partner a person pays it."""
    chosen = payer(draft.terms, paid.bank, paid.amount_vnd, draft.at)
    if chosen is None:
        leave(draft, paid, heard)
        return
    send(draft, msgspec.structs.replace(paid, partner=chosen.partner, asked_at=draft.at), heard)


def send(draft: Draft, paid: Disbursement, _: Heard) -> None:
    """Tell the partner."""
    called = _turn(draft, _called(draft, paid), "requested")
    wanted = DisbursementRequested(**_call(draft, called), payee=paid.payee)
    draft.events.append(wanted)


def ask(draft: Draft, paid: Disbursement, _: Heard) -> None:
    """Ask the partner what became of it."""
    called = _turn(draft, _called(draft, paid), "unknown")
    draft.events.append(DisbursementQueryRequested(**_call(draft, called)))


def ask_first(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Ask the partner what became of it, and only if it surely was not paid pay it anew."""
    ask(draft, msgspec.structs.replace(paid, is_again=True), heard)


def wait(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Ask later, as often as after an order; then a person has to find out."""
    _later(draft, paid, "unknown", heard)


def put_off(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Send it later: it was not sent."""
    _later(draft, paid, "requested", heard)


def leave(draft: Draft, paid: Disbursement, _: Heard) -> None:
    """Leave it to a person, who records what was found or done."""
    _turn(draft, paid, "by_hand")
    waiting = DisbursementWaiting(
        **named(draft, paid), waits_for="person", is_doubtful=paid.is_again or UNSET
    )
    draft.events.append(waiting)


def fail(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Say that it was not paid, or came back; or pay it anew, if its partner had to say so first,
    a bank can, and nothing has ended meanwhile.
    """
    known = msgspec.structs.replace(paid, is_again=False)
    is_wanted = paid.is_again and not heard.by and not draft.state.has_ended
    if is_wanted and (chosen := payer(draft.terms, paid.bank, paid.amount_vnd, draft.at)):
        _anew(draft, known, chosen.partner, heard)
        return
    _turn(draft, known, "failed")
    said = {**named(draft, paid), **_at(draft, paid), "by": heard.by, "unit": draft.unit}
    draft.events.append(DisbursementFailed(**said, code=heard.code))


def reject(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Say that the second person does not agree."""
    _turn(draft, paid, "rejected")
    draft.events.append(
        DisbursementRejected(**named(draft, paid), by=heard.by, reason=heard.reason)
    )


def finish(draft: Draft, paid: Disbursement, heard: Heard) -> None:
    """Say that it was paid out."""
    transaction = heard.transaction or paid.transaction
    _turn(draft, msgspec.structs.replace(paid, transaction=transaction), "done")
    said = {**named(draft, paid), **_at(draft, paid), "by": heard.by, "unit": draft.unit}
    draft.events.append(DisbursementDone(**said, transaction=transaction))


# ---- steps of moves


def _anew(draft: Draft, paid: Disbursement, partner: str, heard: Heard) -> None:
    """Have it paid, by another name: by the one before a bank says what it said."""
    another = msgspec.structs.replace(
        paid,
        partner=partner,
        asked_at=draft.at,
        tries=paid.tries + 1,
        calls=0,
        call_key="",
        transaction="",
    )
    send(draft, another, heard)


def _with_its_parts_vnd(draft: Draft, paid: Disbursement) -> int:
    """Return what leaves with it: of other periods, asked for shortly before."""
    return paid.amount_vnd + sum(
        d.amount_vnd
        for d in draft.state.disbursements
        if d.number != paid.number and d.status != "rejected" and draft.at - d.asked_at < TOGETHER
    )


def _turn(draft: Draft, paid: Disbursement, status: Leaving) -> Disbursement:
    turned = msgspec.structs.replace(paid, status=status)
    draft.put_disbursement(turned)
    return turned


def _called(draft: Draft, paid: Disbursement) -> Disbursement:
    calls = paid.calls + 1
    key = f"{calls_of(draft.application, paid)}{calls}"
    return msgspec.structs.replace(paid, calls=calls, call_key=key)


def _at(draft: Draft, paid: Disbursement) -> dict[str, Any]:
    return {"partner": paid.partner, "reference": reference_of(draft.application, paid)}


def _call(draft: Draft, paid: Disbursement) -> dict[str, Any]:
    told = {**named(draft, paid), **_at(draft, paid)}
    return {**told, "key": paid.call_key, "asked_at": paid.asked_at}


def _later(draft: Draft, paid: Disbursement, status: Leaving, heard: Heard) -> None:
    after_s = pause_s(draft.pace, paid.calls)
    if after_s is None:
        leave(draft, paid, heard)
        return
    known = msgspec.structs.replace(paid, transaction=heard.transaction or paid.transaction)
    waiting = _turn(draft, known, status)
    draft.timers.append(Timer(waiting.timer, draft.at + timedelta(seconds=after_s)))
