"""What each legal move does to what is owed, and to money; `attempts` has the others."""

from datetime import timedelta

import msgspec
from msgspec import UNSET

from services.payment.domain.attempts import close_attempts
from services.payment.domain.draft import Cause, Draft
from services.payment.domain.state import Attempt, Money, Obligation
from shared.events.payment import (
    FeeAssessed,
    FeeWaived,
    Mismatched,
    Overpaid,
    Settled,
)
from shared.lanes.table import Timer


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
        source=obligation.source or UNSET,
        exemption=obligation.exemption or UNSET,
    )


def waive(draft: Draft, cause: Cause) -> None:
    """Say that nothing is to be paid, and why."""
    obligation = draft.turn(cause.obligation, "waived")
    version = obligation.catalogue_version
    exemption = UNSET if obligation.lines else obligation.exemption or UNSET
    waived = FeeWaived(reason=cause.reason, catalogue_version=version, exemption=exemption)
    draft.events.append(waived)


def settle(draft: Draft, cause: Cause) -> None:
    """The obligation is met; receipts follow."""
    attempt, money = _of(cause)
    obligation = draft.turn(cause.obligation, "settled")
    close_attempts(draft, cause.obligation)
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
            unit=draft.unit,
        )
    )
    with draft.receipts() as desk:
        desk.issue(attempt.number, attempt.reference, obligation.lines)


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
            unit=draft.unit,
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
            unit=draft.unit,
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
            unit=draft.unit,
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


def supersede(draft: Draft, cause: Cause) -> None:
    """Close what was assessed another way since; what is paid for it all the same is overpaid."""
    draft.retire(cause.obligation)
    close_attempts(draft, cause.obligation)


def _of(cause: Cause) -> tuple[Attempt, Money]:
    assert cause.attempt
    assert cause.money
    return cause.attempt, cause.money
