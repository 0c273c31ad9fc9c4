"""Applications at every point of their life, as citizens find them; all of it made up."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from shared.events import (
    Event,
    cancelling,
    disbursements,
    feedback,
    handover,
    intake,
    notify,
    payment,
    portal,
    refunds,
    routing,
)
from shared.events.data import Document, Problem
from tests.services.operations.families import UNIT, family, family_partly_done
from tests.services.operations.story import BEGAN, Log, Story

DUE = BEGAN + timedelta(days=6)
NEW_DUE = BEGAN + timedelta(days=13)
MISSING = "Thiếu trang hai của tờ khai; liên hệ 0912000001"


def submitted(story: Story) -> None:
    registered = story.registered()
    story.told(registered, "registered")
    story.routed(registered)


def fee_due(story: Story) -> None:
    registered = story.registered()
    story.told(registered, "registered")
    routed = story.routed(registered)
    assessed = payment.FeeAssessed(
        lines=(), total_vnd=50_000, moment="at_submission", catalogue_version="2026-06"
    )
    requested = payment.Requested(
        partner="sandbox",
        reference=story.reference,
        attempt=1,
        amount_vnd=50_000,
        expires_at=BEGAN + timedelta(days=1),
        obligation=0,
    )
    order = story.decide("payment", routed, assessed, requested)[1]
    story.told(order, "payment_requested")


def accepted(story: Story) -> None:
    fee_due(story)
    story.log.pass_time(minutes=12)
    notified = payment.Notified(
        partner="sandbox",
        reference=story.reference,
        transaction="T1",
        amount_vnd=50_000,
        finding="paid",
        code="00",
    )
    callback = story.external("payment.inbox", "/partners/sandbox", notified)
    settled = payment.Settled(
        partner="sandbox",
        reference=story.reference,
        transaction="T1",
        amount_vnd=50_000,
        moment="at_submission",
    )
    receipt = payment.ReceiptIssued(
        number="0000012",
        kind="charge",
        amount_vnd=50_000,
        lines=(),
        series="L26",
        unit=UNIT,
        year=2026,
        issued_on=date(2026, 6, 9),
    )
    paid = story.decide("payment", callback, settled, receipt)[0]
    story.told(paid, "payment_settled")
    act(story, routing.Accepted(national_code=2, officer="", due=DUE), "accepted")


def act(story: Story, outcome: Any, milestone: str = "") -> Any:
    event = story.acted(routing.OfficerStarted, outcome)
    if milestone:
        story.told(event, milestone)
    return event


def processing(story: Story) -> None:
    accepted(story)
    act(story, routing.Processing(national_code=4, officer="o1", due=DUE))


def supplement_requested(story: Story) -> None:
    processing(story)
    asked = routing.SupplementRequested(national_code=5, officer="o1", content=MISSING)
    act(story, asked, "supplement_requested")


def resubmitted(story: Story) -> None:
    submitted(story)
    act(story, routing.SupplementRequested(national_code=5, officer="o1", content=MISSING))
    due = BEGAN + timedelta(days=2)
    brought = bring(story)
    story.decide("routing", brought, routing.Resubmitted(national_code=5, acceptance_due=due))
    correct(story)


def bring(story: Story) -> Event:
    """Bring what was asked for."""
    documents = (Document(name="Tờ khai", sha256="0" * 64),)
    page = portal.SupplementSubmitted(documents=documents)
    more = story.external("portal.submissions", "/portals/sandbox", page)
    return story.decide("intake", more, intake.Supplemented(documents=()))[0]


def correct(story: Story) -> None:
    """Ask for a correction, which is allowed and made."""
    wish = story.submitted()
    what: dict[str, Any] = {"catalogue_version": "2026-06", "forms_version": "2026-06"}
    what["fields"] = ("/personal/phone",)
    asked = story.decide("intake", wish, intake.CorrectionAsked(**what))[0]
    allowed = story.decide("routing", asked, routing.CorrectionAllowed(national_code=5))[0]
    made = intake.Corrected(message_id=wish.id, sealed="sealed", contact="sealed", **what)
    story.decide("intake", allowed, made)


def payment_due(story: Story) -> None:
    processing(story)
    due = act(story, routing.PaymentDue(national_code=6, officer="o1", amount_vnd=1_200_000))
    assessed = payment.FeeAssessed(
        lines=(), total_vnd=1_200_000, moment="on_demand", catalogue_version="2026-06"
    )
    order = payment.Requested(
        partner="sandbox",
        reference=f"{story.reference}-2",
        attempt=2,
        amount_vnd=1_200_000,
        expires_at=story.log.now + timedelta(days=10),
        obligation=1,
    )
    story.told(story.decide("payment", due, assessed, order)[1], "payment_requested")


def stopped(story: Story) -> None:
    processing(story)
    act(story, routing.Suspended(national_code=8, officer="o1", reason="Chờ kết luận kiểm tra"))


def apologised(story: Story) -> None:
    processing(story)
    story.log.pass_time(days=6)
    act(story, routing.Overdue(national_code=4, competent_unit=UNIT, due=DUE))
    sorry = routing.Apologised(
        national_code=4, officer="o1", reason="Hệ thống bận", due_before=DUE, due=NEW_DUE
    )
    act(story, sorry, "apologised")


def settled(story: Story) -> None:
    processing(story)
    act(story, routing.Settled(national_code=9, officer="o1", on_time=True), "result_ready")


def in_post(story: Story) -> None:
    settled(story)
    act(story, handover.Posted(national_code=9, officer="o1", tracking="VN123456789"))


def came_back(story: Story) -> None:
    in_post(story)
    back = handover.PostCameBack(
        national_code=9, officer="o1", tracking="VN123456789", reason="vắng nhà"
    )
    act(story, back)


def returned(story: Story) -> None:
    settled(story)
    end = act(story, routing.Returned(national_code=10, officer="o1"), "returned")
    given = feedback.FeedbackRecorded(milestone="returned", score=4)
    story.decide("notify", end, given)


def withdrawn(story: Story) -> None:
    accepted(story)
    asked = story.decide("intake", story.submitted(), intake.Withdrawn(reason="không cần nữa"))[0]
    closed = routing.Closed(national_code=7, reason="withdrawn")
    end = story.decide("routing", asked, closed)[0]
    story.told(end, "withdrawn")
    money: dict[str, Any] = {"partner": "sandbox", "transaction": "T1"}
    money |= {"reference": story.reference, "amount_vnd": 50_000}
    money["refund"] = f"{story.application}/r/1"
    receipt = {"number": "0000012", "series": "L26", "unit": UNIT, "kind": "charge"}
    story.decide("payment", end, refunds.RefundProposed(**money, reason="withdrawn", by=""))
    story.log.pass_time(hours=2)
    told = refunds.RefundAnswered(key="k", refund=money["refund"], finding="done")
    story.decide(
        "payment",
        story.external("payment.inbox", "/services/payment/effects", told),
        refunds.RefundDone(**money, told="R1"),
        payment.ReceiptInvalidated(**receipt, amount_vnd=50_000, reason="withdrawn"),
    )


def cancelled(story: Story) -> None:
    accepted(story)
    words = {"officer": "operator-1", "reason": "Hồ sơ đã được giải quyết ở hồ sơ khác"}
    end = act(story, cancelling.Cancelled(national_code=3, **words), "cancelled")
    money: dict[str, Any] = {"partner": "sandbox", "transaction": "T1"}
    money |= {"reference": story.reference, "amount_vnd": 50_000}
    money["refund"] = f"{story.application}/r/1"
    story.decide("payment", end, refunds.RefundProposed(**money, reason="cancelled", by=""))


def not_accepted(story: Story) -> None:
    submitted(story)
    no = routing.NotAccepted(national_code=3, officer="o1", reason="Không thuộc thẩm quyền")
    act(story, no, "not_accepted")


def refused(story: Story) -> None:
    problem = Problem(
        field="/copies",
        code="invalid-copies",
        remedy_vi="Số bản từ 1 đến 100.",
        remedy_en="The number of copies is from 1 to 100.",
    )
    no = intake.Refused(portal="sandbox", problems=(problem,))
    story.decide("intake", story.submitted(), no)


def paid_out(story: Story) -> None:
    processing(story)
    done = disbursements.DisbursementDone(
        disbursement=f"{story.application}/d/1",
        period="2026-06",
        amount_vnd=2_000_000,
        bank="970000",
        ending="1234",
        partner="sandbox",
        reference="D1",
        transaction="T9",
    )
    story.decide("payment", story.submitted(), done)


def unreachable(story: Story) -> None:
    submitted(story)
    cause = story.submitted()
    lost = {"milestone": "accepted", "channel": "email"}
    story.decide(
        "notify",
        cause,
        notify.NoticeFailed(**lost, reason="bounced"),
        notify.NoticeDropped(milestone="accepted", channel="zalo", reason="no_contact"),
        notify.NoticeDelivered(milestone="accepted", channel="portal"),
        notify.NoticeDelivered(milestone="accepted", channel="sms@representative"),
        notify.NoticeDelivered(milestone="transferred", channel="email@unit"),
    )


# by the state that each is to be found in
SCENES: Mapping[str, Callable[[Story], None]] = {
    "submitted": submitted,
    "accepted": accepted,
    "not_accepted": not_accepted,
    "processing": processing,
    "supplement_requested": supplement_requested,
    "resubmitted": resubmitted,
    "payment_due": payment_due,
    "withdrawn": withdrawn,
    "stopped": stopped,
    "settled": settled,
    "in_post": in_post,
    "returned": returned,
    "refused": refused,
    "family": family,
    "family_partly_done": family_partly_done,
}


def begun(scene: Callable[[Story], None], n: int = 1) -> Story:
    """Return an application of which this has happened, on a log of its own."""
    story = Story(Log(), n)
    scene(story)
    return story
