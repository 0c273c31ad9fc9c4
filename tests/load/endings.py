"""How far made-up applications have come, in what share of all: each as the services would tell it.

A tenth is stuck a minute after it is read, for eleven causes; of the others some wait as they
should, and most have what they came for.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared.events import Event, handover, kernel, notify, payment, refunds, routing
from tests.services.operations.story import BEGAN, Story

FEE_VND = 50_000
LESS_VND = 49_000
OFFICER = "o1"
IN_TIME = timedelta(days=3)


class Ending(NamedTuple):
    """`share`: how many of a thousand; `tell` writes one, as of an instant; `stuck`: for what it is
    a minute later; `is_paid`: money came for it.
    """

    share: int
    tell: Callable[[Story, datetime], object]
    stuck: tuple[str, ...] = ()
    is_paid: bool = True


def _submitted(story: Story, _: datetime) -> None:
    story.submitted()


def _registered(story: Story, _: datetime) -> None:
    story.registered()


def _routed(story: Story, _: datetime) -> None:
    story.routed()


def _needs_choice(story: Story, _: datetime) -> None:
    choice = routing.ChoiceNeeded(national_code=1, candidates=(), reason="split")
    story.decide("routing", story.registered(), choice)


def _held(story: Story, _: datetime) -> None:
    story.registered()
    parked = kernel.RecordParked(
        service="routing", topic="intake.events", partition=0, offset=0, reason="a mistake"
    )
    story.external("intake.events.parked", "/services/routing", parked)


def _charged(story: Story, now: datetime) -> Event:
    """The citizen has a day to pay."""
    routed = story.routed()
    assessed = payment.FeeAssessed(
        lines=(), total_vnd=FEE_VND, moment="before", catalogue_version="2026-06"
    )
    requested = payment.Requested(
        **_order(story), attempt=1, amount_vnd=FEE_VND, expires_at=now + timedelta(days=1)
    )
    return story.decide("payment", routed, assessed, requested)[1]


def _partner_silent(story: Story, now: datetime) -> None:
    requested = _charged(story, now)
    key = f"{story.application}/create/1"
    order: dict[str, Any] = {"key": key, **_order(story)}
    asked = payment.CreateRequested(
        **order, amount_vnd=FEE_VND, opened_at=BEGAN, expires_at=now + timedelta(days=1)
    )
    cause = story.decide("payment", requested, asked)[0]
    answer = payment.Created(**order, finding="unknown")
    story.external("payment.inbox", "/services/payment/effects", answer, cause.id)


def _mispaid(story: Story, now: datetime) -> None:
    called = _called(story, _charged(story, now), LESS_VND)
    other = payment.Mismatched(
        **_order(story), transaction="T1", expected_vnd=FEE_VND, amount_vnd=LESS_VND
    )
    story.decide("payment", called, other)


def _expired(story: Story, now: datetime) -> Event:
    over = payment.Expired(reference=story.reference, partner="sandbox")
    return story.decide("payment", _charged(story, now), over)[0]


def _paid_late(story: Story, now: datetime) -> Event:
    """Nothing is due any more: it is to go back."""
    called, refund = _called(story, _expired(story, now), FEE_VND), _refund(story)
    asked = refunds.RefundRequested(
        **refund,
        key=f"{refund['refund']}/1",
        paid_vnd=FEE_VND,
        opened_at=BEGAN,
        asked_at=BEGAN,
        told="",
        reason="overpaid",
        by="",
    )
    return story.decide(
        "payment",
        called,
        payment.Overpaid(**_order(story), transaction="T1", amount_vnd=FEE_VND),
        refunds.RefundProposed(**refund, reason="overpaid", by=""),
        asked,
    )[-1]


def _given_back(story: Story, now: datetime) -> None:
    answered = _answered(story, _paid_late(story, now), "done")
    story.decide("payment", answered, refunds.RefundDone(**_refund(story), told="B1"))


def _not_given_back(story: Story, now: datetime) -> None:
    answered = _answered(story, _paid_late(story, now), "failed")
    story.decide("payment", answered, refunds.RefundFailed(**_refund(story), code="99"))


def _paid(story: Story, now: datetime) -> Event:
    return story.paid(_charged(story, now))


def _taken_up(story: Story, due: datetime) -> Event:
    accepted = routing.Accepted(national_code=2, officer=OFFICER, due=due)
    return story.acted(routing.OfficerAccepted, accepted)


def _to_accept(story: Story, now: datetime) -> None:
    story.told(_paid(story, now), "paid")


def _refused(story: Story, now: datetime) -> None:
    story.told(_paid(story, now), "paid")
    no = routing.NotAccepted(national_code=3, officer=OFFICER, reason="x")
    story.acted(routing.OfficerRefused, no)


def _accepted(story: Story, now: datetime) -> None:
    story.told(_paid(story, now), "paid")
    _taken_up(story, now + IN_TIME)


def _overdue(story: Story, now: datetime) -> None:
    story.told(_paid(story, now), "paid")
    _taken_up(story, now - IN_TIME)


def _not_told(story: Story, now: datetime) -> None:
    failed = notify.NoticeFailed(milestone="paid", channel="sms", reason="blocked")
    story.decide("notify", _paid(story, now), failed)
    _taken_up(story, now + IN_TIME)


def _supplement(story: Story, now: datetime) -> None:
    _paid(story, now)
    _taken_up(story, now + IN_TIME)
    asked = routing.SupplementRequested(national_code=5, officer=OFFICER, content="x")
    story.told(story.acted(routing.OfficerAskedSupplement, asked), "supplement_requested")


def _unsigned(story: Story, now: datetime) -> None:
    _paid(story, now)
    expired = handover.CertificateExpired(
        national_code=4, competent_unit="00004", signer="s1", certificate_expires=BEGAN.date()
    )
    story.decide("routing", _taken_up(story, now + IN_TIME), expired)


def _returned(story: Story, now: datetime) -> None:
    _paid(story, now)
    _taken_up(story, now + IN_TIME)
    settled = routing.Settled(national_code=9, officer=OFFICER, on_time=True)
    story.acted(routing.OfficerSettled, settled)
    returned = routing.Returned(national_code=10, officer=OFFICER)
    story.told(story.acted(routing.OfficerReturned, returned), "returned")


def _order(story: Story) -> dict[str, str]:
    return {"partner": "sandbox", "reference": story.reference}


def _refund(story: Story) -> dict[str, Any]:
    order = {**_order(story), "transaction": "T1", "amount_vnd": FEE_VND}
    return {"refund": f"{story.application}/refund/1", **order}


def _called(story: Story, requested: Event, vnd: int) -> Event:
    notified = payment.Notified(
        **_order(story), transaction="T1", amount_vnd=vnd, finding="paid", code="00"
    )
    return story.external("payment.inbox", "/partners/sandbox", notified, requested.id)


def _answered(story: Story, asked: Event, finding: Any) -> Event:
    refund = f"{story.application}/refund/1"
    answered = refunds.RefundAnswered(key=f"{refund}/1", refund=refund, finding=finding)
    return story.external("payment.inbox", "/services/payment/effects", answered, asked.id)


ENDINGS: Mapping[str, Ending] = {
    "accepted": Ending(550, _accepted),  # a unit works on it
    "returned": Ending(150, _returned),  # it has come to its end
    "refused": Ending(20, _refused),
    "paid late": Ending(20, _given_back),
    # waits as it should
    "to pay": Ending(70, _charged, is_paid=False),
    "not paid": Ending(20, _expired, is_paid=False),  # it is for the unit to refuse it
    "to accept": Ending(40, _to_accept),
    "supplement": Ending(30, _supplement),
    # is stuck
    "unanswered": Ending(5, _submitted, ("unanswered",), is_paid=False),
    "unrouted": Ending(10, _registered, ("unrouted",), is_paid=False),
    "needs choice": Ending(10, _needs_choice, ("needs_choice",), is_paid=False),
    "held": Ending(5, _held, ("held", "unrouted"), is_paid=False),
    "unassessed": Ending(10, _routed, ("unassessed",), is_paid=False),
    "partner silent": Ending(15, _partner_silent, ("partner_silent",), is_paid=False),
    "wrong amount": Ending(10, _mispaid, ("wrong_amount",)),
    "not given back": Ending(5, _not_given_back, ("refund_failed",)),
    "not told": Ending(10, _not_told, ("notice_failing",)),
    "overdue": Ending(15, _overdue, ("in_processing",)),
    "unsigned": Ending(5, _unsigned, ("certificate_expired",)),
}
