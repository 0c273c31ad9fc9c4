"""The table of legal moves: how an obligation stands, what happened to it, what follows.

Below it: from what was heard to a row of the table.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from services.payment.domain import attempts, moves, watching
from services.payment.domain.assessing import Assessment
from services.payment.domain.draft import Cause, Draft
from services.payment.domain.fees import total_vnd
from services.payment.domain.moves import nothing
from services.payment.domain.state import Attempt, Money, Obligation, Offered, Status
from shared.events.payment import Chosen, Created, Finding, Notified, Queried, Unstated

Trigger = Literal[
    "assessed",  # what is to be paid is known
    "due",  # the moment has come at which it is asked for
    "paid",  # money, as much as was asked for
    "mispaid",  # money, another amount
    "contradicted",  # money of a transaction that counts already, as something else
    "declined",  # the partner is sure that an attempt failed
    "undecided",  # the partner was asked, and nothing is sure
    "hinted",  # the partner tells of an attempt, and nothing is sure
    "silent",  # nobody has said anything for long
    "unstated",  # money that counts, and the partner's statement does not name it
    "ended",  # the application is not accepted, or withdrawn
    "made",  # the partner made the order that it was asked for
    "unmade",  # it did not, or nobody knows
    "paused",  # some time has passed since all partners failed to make one
    "chosen",  # the citizen wants to pay with another partner
    "mute",  # the partner cannot be asked
    "reassessed",  # what is to be paid is another now
]
Move = Callable[[Draft, Cause], None]

_OVER: Mapping[Trigger, Move] = {
    "assessed": nothing,
    "due": nothing,
    "paid": moves.overpay,
    "mispaid": moves.overpay,
    "contradicted": moves.contradict,
    "declined": watching.decline_closed,
    "undecided": watching.wait,
    "hinted": watching.ask_at_once,
    "silent": watching.ask,
    "unstated": watching.ask_anew,
    "ended": nothing,
    "made": nothing,
    "unmade": nothing,
    "paused": nothing,
    "chosen": nothing,
    "mute": watching.wait_in_vain,
    "reassessed": nothing,
}

MOVES: Mapping[Status, Mapping[Trigger, Move]] = {
    "none": {
        "assessed": moves.announce,
        "due": nothing,
        "paid": moves.keep_early,
        "mispaid": moves.keep_early,
        "contradicted": moves.contradict,
        "declined": nothing,
        "undecided": nothing,
        "hinted": nothing,
        "silent": nothing,
        "unstated": nothing,
        "ended": nothing,
        "made": nothing,
        "unmade": nothing,
        "paused": nothing,
        "chosen": nothing,
        "mute": nothing,
        "reassessed": nothing,
    },
    "assessed": {
        "assessed": nothing,
        "due": attempts.open_order,
        "paid": moves.overpay,
        "mispaid": moves.overpay,
        "contradicted": moves.contradict,
        "declined": nothing,
        "undecided": nothing,
        "hinted": nothing,
        "silent": nothing,
        "unstated": nothing,
        "ended": moves.waive,
        "made": nothing,
        "unmade": nothing,
        "paused": nothing,
        "chosen": nothing,
        "mute": nothing,
        "reassessed": moves.supersede,
    },
    "open": {
        "assessed": nothing,
        "due": nothing,
        "paid": moves.settle,
        "mispaid": moves.mispay,
        "contradicted": moves.contradict,
        "declined": attempts.decline,
        "undecided": watching.wait,
        "hinted": watching.ask_at_once,
        "silent": watching.ask,
        "unstated": nothing,  # it is being asked as it is
        "ended": attempts.expire,
        "made": attempts.offer,
        "unmade": attempts.give_up,
        "paused": attempts.open_again,
        "chosen": attempts.choose_partner,
        "mute": watching.wait_in_vain,
        "reassessed": moves.supersede,
    },
    "settled": _OVER,
    "expired": _OVER,
    "waived": _OVER,
    "refunded": _OVER,
}

# an event of routing by which an obligation of this moment becomes due
DUE_ON: Mapping[str, str] = {
    "at_submission": "application.routed",
    "after_acceptance": "application.accepted",
    "with_result": "application.settled",
    "on_demand": "application.payment_due",
}


def step(draft: Draft, trigger: Trigger, cause: Cause) -> None:
    """Make the move of the table for this obligation."""
    known = 0 <= cause.obligation < len(draft.state.obligations)
    status = draft.state.obligations[cause.obligation].status if known else "none"
    MOVES[status][trigger](draft, cause)
    if draft.state.money:
        _bring_early_money(draft)


def assess(draft: Draft, found: Assessment, version: str) -> None:
    """Add an obligation; `found.reason` is why nothing is to be paid, if there are no lines."""
    obligation = Obligation(
        status="none",
        moment=found.moment,
        lines=found.lines,
        total_vnd=total_vnd(found.lines),
        catalogue_version=version,
        illustrative=found.illustrative,
        source=found.source,
        exemption=found.exemption,
    )
    step(draft, "assessed", Cause(draft.add(obligation), reason=found.reason))


def came_about(draft: Draft, event_type: str) -> None:
    """Open what becomes due by this event."""
    for place, obligation in enumerate(draft.state.obligations):
        if DUE_ON.get(obligation.moment) == event_type:
            step(draft, "due", Cause(place))


def ended(draft: Draft) -> None:
    """End what is still under way: the application goes no further."""
    draft.end()
    for place in range(len(draft.state.obligations)):
        step(draft, "ended", Cause(place, reason="application_ended"))


def notified(draft: Draft, said: Notified) -> None:
    """Take in a callback."""
    if said.finding == "paid":
        _receive(draft, said.partner, said.reference, said.transaction, said.amount_vnd)
    elif said.finding == "failed":
        _declined(draft, said.partner, said.reference, said.code)
    else:
        _hinted(draft, said.partner, said.reference)


def queried(draft: Draft, said: Queried) -> None:
    """Take in an answer to a query; one that is not the last one asked may still bring money."""
    if said.finding == "paid":
        _receive(draft, said.partner, said.reference, said.transaction, said.amount_vnd)
    attempt = draft.state.attempt(said.reference)
    if attempt is None or attempt.query_key != said.key:
        return
    if said.finding == "paid":
        watching.heard(draft, attempt)
        return
    if said.finding == "failed":
        _declined(draft, said.partner, said.reference, said.code)
        return
    finding: Finding = said.finding
    trigger: Trigger = "mute" if finding == "unaskable" else "undecided"
    step(draft, trigger, Cause(attempt.obligation, attempt, finding=finding))


def created(draft: Draft, said: Created) -> None:
    """Take in what a partner made of an order; an offer is good whenever it comes."""
    attempt = draft.state.attempt(said.reference)
    if attempt is None or attempt.partner != said.partner:
        return
    if said.finding == "created":
        offered = Offered(pay_url=said.pay_url, deep_link=said.deep_link, qr=said.qr)
        step(draft, "made", Cause(attempt.obligation, attempt, offered=offered))
    elif attempt.create_key == said.key:
        finding: Finding = "unknown" if said.finding == "unknown" else "failed"
        told = Cause(attempt.obligation, attempt, finding=finding, code=said.code)
        step(draft, "unmade", told._replace(reason="not_created"))


def chosen(draft: Draft, choice: Chosen) -> None:
    """Take in a citizen's choice."""
    step(draft, "chosen", Cause(choice.obligation, partner=choice.partner))


def unstated(draft: Draft, said: Unstated) -> None:
    """Take in that a statement does not name money that we hold."""
    attempt = draft.state.attempt(said.reference)
    told = said.partner, said.reference, said.transaction, said.amount_vnd
    if attempt and draft.state.has_money(*told):
        step(draft, "unstated", Cause(attempt.obligation, attempt))


def timer_fired(draft: Draft, name: str) -> None:
    """Take in a timer; one that no attempt and no money waits for is stale."""
    for attempt in draft.state.attempts:
        if attempt.is_watched and attempt.timer == name:
            step(draft, "silent", Cause(attempt.obligation, attempt))
    for place in range(len(draft.state.obligations)):
        if attempts.again_timer(draft, place) == name:
            step(draft, "paused", Cause(place))
    for money in draft.state.money:
        if money.kept_as == "early" and moves.early_timer(money) == name:
            _give_up(draft, money)


def _receive(draft: Draft, partner: str, reference: str, transaction: str, amount_vnd: int) -> None:
    """Take money in, once; the same transaction with another amount is other news."""
    if draft.state.has_money(partner, reference, transaction, amount_vnd):
        return
    _place(
        draft,
        Money(
            partner=partner,
            reference=reference,
            transaction=transaction,
            amount_vnd=amount_vnd,
            kept_as="early",
        ),
    )


def _place(draft: Draft, money: Money) -> None:
    attempt = draft.state.attempt(money.reference)
    cause = Cause(attempt.obligation if attempt else -1, attempt, money)
    step(draft, _told_of(draft, attempt, money), cause)


def _told_of(draft: Draft, attempt: Attempt | None, money: Money) -> Trigger:
    if draft.state.counted(money.partner, money.transaction):
        return "contradicted"
    if attempt is None:
        return "paid"
    as_asked = (money.partner, money.amount_vnd) == (attempt.partner, attempt.amount_vnd)
    return "paid" if as_asked else "mispaid"


def _give_up(draft: Draft, money: Money) -> None:
    """No order came for it in time."""
    counts = draft.state.counted(money.partner, money.transaction)
    (moves.contradict if counts else moves.overpay)(draft, Cause(-1, money=money))


def _bring_early_money(draft: Draft) -> None:
    while early := next((m for m in draft.state.money if _has_order(draft, m)), None):
        _place(draft, early)


def _has_order(draft: Draft, money: Money) -> bool:
    return money.kept_as == "early" and draft.state.attempt(money.reference) is not None


def _declined(draft: Draft, partner: str, reference: str, code: str) -> None:
    attempt = draft.state.attempt(reference)
    if attempt and attempt.partner == partner:
        cause = Cause(attempt.obligation, attempt, code=code, reason="declined")
        step(draft, "declined", cause)


def _hinted(draft: Draft, partner: str, reference: str) -> None:
    attempt = draft.state.attempt(reference)
    if attempt and attempt.partner == partner:
        step(draft, "hinted", Cause(attempt.obligation, attempt))
