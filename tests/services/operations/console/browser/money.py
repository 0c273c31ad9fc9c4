"""Applications whose money waits, and what payment does about the commands of operators."""

from typing import Any, TypeVar

import msgspec

from shared.events import Data, Event, payment, refunds
from shared.events import disbursements as allowances
from shared.events.cancelling import Cancelled
from shared.events.queries import QueryAsked
from tests.services.operations import scenes
from tests.services.operations.story import BEGAN, Story

Said = TypeVar("Said", bound=Data)

CODE = "17"  # a bank's, for an account that takes nothing


def told(event: Event, contract: type[Said]) -> Said:
    """Return what a command says."""
    return msgspec.json.decode(event.data, type=contract)


# ---- a partner that does not answer


def ask(story: Story, cause: Event, number: int, finding: payment.Finding) -> Event:
    of = {"key": f"{story.application}/query/{number}", "partner": "sandbox"}
    of["reference"] = story.reference
    (asked,) = story.decide("payment", cause, payment.QueryRequested(**of, opened_at=BEGAN))
    found = {"transaction": "T1", "amount_vnd": 50_000} if finding == "paid" else {}
    answer = payment.Queried(**of, finding=finding, **found)
    return story.external("payment.inbox", "/services/payment/effects", answer, asked.id)


def silent(story: Story) -> None:
    ask(story, story.charged(), 1, "unknown")


def asks(story: Story, event: Event) -> None:
    """Payment asks, and the partner has the money."""
    of = {"partner": "sandbox", "reference": told(event, QueryAsked).reference}
    answer = ask(story, event, 2, "paid")
    story.decide("payment", answer, payment.Settled(**of, transaction="T1", amount_vnd=50_000))


# ---- money that goes back


def back(story: Story, vnd: int = 50_000) -> dict[str, Any]:
    paid = {"partner": "sandbox", "reference": story.reference, "transaction": "T1"}
    return {**paid, "amount_vnd": vnd, "refund": f"{story.application}.refund.1"}


def call(story: Story, number: int, name: str = "", vnd: int = 50_000) -> dict[str, Any]:
    key = f"{story.application}/refund/1/{number}"
    at = {"opened_at": BEGAN, "asked_at": BEGAN, "paid_vnd": vnd}
    said = {"told": "", "reason": "cancelled", "by": "", "name": name}
    return {**back(story, vnd), **at, **said, "key": key}


def refunded(story: Story, finding: Any, *outcome: Data) -> None:
    said = refunds.RefundAnswered(key="k", refund=back(story)["refund"], finding=finding)
    answer = story.external("payment.inbox", "/services/payment/effects", said)
    story.decide("payment", answer, *outcome)


def mismatched(story: Story) -> None:
    of = {name: back(story)[name] for name in ("partner", "reference", "transaction")}
    came = payment.Mismatched(**of, amount_vnd=9_000, expected_vnd=50_000)
    story.decide("payment", story.charged(), came)


def gives_back(story: Story, event: Event) -> None:
    """Payment has the partner give back all of it."""
    said = told(event, refunds.RefundAsked)
    by = {"reason": "asked", "by": said.by, "checked_by": said.checked_by}
    proposed = refunds.RefundProposed(**back(story, said.amount_vnd), **by)
    requested = refunds.RefundRequested(**call(story, 1, vnd=said.amount_vnd))
    story.decide("payment", event, proposed, requested)
    refunded(story, "done", refunds.RefundDone(**back(story, said.amount_vnd), told="R1"))


def not_given_back(story: Story) -> None:
    """Cancelled, and the payer's bank did not take the money."""
    scenes.accepted(story)
    end = scenes.act(story, Cancelled(national_code=3, officer="o1", reason="…"), "cancelled")
    proposed = refunds.RefundProposed(**back(story), reason="cancelled", by="")
    story.decide("payment", end, proposed, refunds.RefundRequested(**call(story, 1)))
    refunded(story, "failed", refunds.RefundFailed(**back(story), code=CODE))


def tries_refund(story: Story, event: Event) -> None:
    """Payment asks the partner, and tells it once more: it gives it back."""
    story.decide("payment", event, refunds.RefundQueryRequested(**call(story, 2)))
    refunded(story, "failed", refunds.RefundRequested(**call(story, 3, "again")))
    refunded(story, "done", refunds.RefundDone(**back(story), told="R1"))


def refund_unchecked(story: Story) -> None:
    scenes.accepted(story)
    proposed = refunds.RefundProposed(**back(story), reason="asked", by="officer-7")
    waiting = refunds.RefundWaiting(**back(story), waits_for="check")
    story.decide("payment", story.submitted(), proposed, waiting)


def refunds_checked(story: Story, event: Event) -> None:
    """Payment has the partner give it back, as two have looked at it."""
    assert told(event, refunds.RefundChecked).approved
    story.decide("payment", event, refunds.RefundRequested(**call(story, 1)))
    refunded(story, "done", refunds.RefundDone(**back(story), told="R1"))


# ---- allowances


def allowance(story: Story) -> dict[str, Any]:
    whose = {"bank": "970436", "ending": "0101", "period": "2026-06", "amount_vnd": 500_000}
    return {**whose, "disbursement": f"{story.application}.disbursement.1"}


def told_to(story: Story, number: int) -> dict[str, Any]:
    key = f"{story.application}/disbursement/1/{number}"
    return {**allowance(story), **bank(number), "key": key, "asked_at": BEGAN}


def bank(number: int) -> dict[str, Any]:
    return {"partner": "sandbox", "reference": f"D{number}"}


def disbursed(story: Story, finding: Any, *outcome: Data) -> None:
    name = allowance(story)["disbursement"]
    said = allowances.DisbursementAnswered(key="k", disbursement=name, finding=finding)
    answer = story.external("payment.inbox", "/services/payment/effects", said)
    story.decide("payment", answer, *outcome)


def proposed(story: Story) -> allowances.DisbursementProposed:
    scenes.processing(story)
    why = {"decision": "QĐ 12/2026", "by": "social-office", "catalogue_version": "2026-06"}
    return allowances.DisbursementProposed(**allowance(story), **why)


def allowance_unchecked(story: Story) -> None:
    waiting = allowances.DisbursementWaiting(**allowance(story), waits_for="check")
    story.decide("payment", story.submitted(), proposed(story), waiting)


def pays(story: Story, event: Event) -> None:
    """Payment has a bank pay it, as two have looked at it."""
    assert told(event, allowances.DisbursementChecked).approved
    paying = allowances.DisbursementRequested(**told_to(story, 1), payee="sealed")
    story.decide("payment", event, paying)
    done = allowances.DisbursementDone(**allowance(story), **bank(1), transaction="T8")
    disbursed(story, "done", done)


def not_paid(story: Story) -> None:
    paying = allowances.DisbursementRequested(**told_to(story, 1), payee="sealed")
    story.decide("payment", story.submitted(), proposed(story), paying)
    failed = allowances.DisbursementFailed(**allowance(story), **bank(1), code=CODE)
    disbursed(story, "failed", failed)


def tries_allowance(story: Story, event: Event) -> None:
    """Payment asks the bank, and tells it once more: it pays."""
    story.decide("payment", event, allowances.DisbursementQueryRequested(**told_to(story, 1)))
    again = allowances.DisbursementRequested(**told_to(story, 2), payee="sealed")
    disbursed(story, "failed", again)
    done = allowances.DisbursementDone(**allowance(story), **bank(2), transaction="T8")
    disbursed(story, "done", done)
