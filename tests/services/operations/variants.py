"""The same states in other circumstances, as citizens find them; all of it made up."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from shared.events import handover, intake, notify, payment, portal, routing
from shared.events.data import NOTE_LIMIT
from tests.services.operations.families import family_failed
from tests.services.operations.scenes import (
    DUE,
    SCENES,
    act,
    apologised,
    bring,
    came_back,
    cancelled,
    fee_due,
    paid_out,
    processing,
    settled,
    supplement_requested,
)
from tests.services.operations.story import Story

LINE = "Bổ sung bản chính giấy tờ còn thiếu, nộp tại bộ phận một cửa.\n"
LONG = (LINE * NOTE_LIMIT)[: NOTE_LIMIT - 4] + "Hết."


def asked_at_length(story: Story) -> None:
    processing(story)
    act(story, routing.SupplementRequested(national_code=5, officer="o1", content=LONG))


def withdrawing(story: Story) -> None:
    """A withdrawal waits for its answer, and a correction after it does not count."""
    processing(story)
    wish = story.external("intake.inbox", "/portals/sandbox", portal.WithdrawalRequested())
    story.decide("intake", wish, intake.Withdrawn(reason="x"))
    no = intake.FollowUpRejected(portal="sandbox", message_id="another", problems=())
    story.decide("intake", story.submitted(), no)


def demanded_beside_the_fee(story: Story) -> None:
    """A fee of after the acceptance and a demand of the same amount: the order of each is open."""
    registered = story.registered()
    story.told(registered, "registered")
    fee = payment.FeeAssessed(
        lines=(), total_vnd=50_000, moment="after_acceptance", catalogue_version="2026-06"
    )
    story.decide("payment", story.routed(registered), fee)
    taken = act(story, routing.Accepted(national_code=2, officer="", due=DUE), "accepted")
    story.told(story.decide("payment", taken, order(story, 0))[0], "payment_requested")
    due = act(story, routing.PaymentDue(national_code=6, officer="o1", amount_vnd=50_000))
    demand = msgspec.structs.replace(fee, moment="on_demand")
    story.decide("payment", due, demand, order(story, 1))


def fee_over_beside_a_demand(story: Story) -> None:
    """Nobody paid the fee in time; the demand can still be paid."""
    demanded_beside_the_fee(story)
    story.log.pass_time(days=9, hours=23)
    over = payment.Expired(reference=f"{story.reference}-1", moment="after_acceptance")
    story.decide("payment", story.submitted(), over)


def order(story: Story, obligation: int) -> payment.Requested:
    """Ask for 50,000 đồng of this obligation, within ten days."""
    return payment.Requested(
        partner="sandbox",
        reference=f"{story.reference}-{obligation + 1}",
        attempt=obligation + 1,
        amount_vnd=50_000,
        expires_at=story.log.now + timedelta(days=10),
        obligation=obligation,
    )


def refused_by_a_rule(story: Story) -> None:
    registered = story.registered()
    story.told(registered, "registered")
    no = routing.NotAccepted(
        national_code=3,
        officer="",
        reason="nơi cư trú thuộc tỉnh khác",
        reason_vi="nơi cư trú thuộc tỉnh khác: hãy nộp tại một điểm tiếp nhận của tỉnh đó",
        reason_en="the residence is in another province: file it at a point of that province",
    )
    story.decide("routing", registered, no)


def kept_while_stopped(story: Story) -> None:
    """What was asked for comes when work has stopped: it stays so."""
    supplement_requested(story)
    act(story, routing.Suspended(national_code=8, officer="o1", reason="Chờ kết luận kiểm tra"))
    kept = routing.Suspended(national_code=8, officer="", reason="Đã nhận / It came")
    story.decide("routing", bring(story), kept)


def settled_again(story: Story) -> None:
    settled(story)
    act(story, routing.Processing(national_code=4, officer="o1", due=DUE))
    ready = act(story, routing.Settled(national_code=9, officer="o1", on_time=True))
    story.told(ready, "result_ready", occasion=2, words="~again")


def moved_when_ready(story: Story) -> None:
    """The result waits at another unit now: it is the same one."""
    settled(story)
    elsewhere = handover.Readdressed(
        national_code=9,
        officer="o1",
        reason="r",
        receiving_unit="00004",
        competent_unit="00004",
        returning_unit="00008",
        rule="r",
        catalogue_version="2026-06",
    )
    story.told(act(story, elsewhere), "result_ready", occasion=2)


def told_to_many(story: Story) -> None:
    processing(story)
    told = notify.BroadcastTold(
        broadcast="20260610-3f9ac1d2e4",
        vi="Hồ sơ {dossier_code}: ngân hàng xác nhận thanh toán chậm.",
        en="Application {dossier_code}: the bank confirms payments late.",
    )
    source = "/services/notify/broadcasts/20260610-3f9ac1d2e4"
    heard = story.external("notify.inbox", source, told)
    story.told(heard, "broadcast-20260610-3f9ac1d2e4")


VARIANTS: Mapping[str, Callable[[Story], None]] = {
    "asked_at_length": asked_at_length,
    "came_back": came_back,
    "cancelled": cancelled,
    "demanded_beside_the_fee": demanded_beside_the_fee,
    "family_failed": family_failed,
    "fee_over_beside_a_demand": fee_over_beside_a_demand,
    "kept_while_stopped": kept_while_stopped,
    "moved_when_ready": moved_when_ready,
    "refused_by_a_rule": refused_by_a_rule,
    "settled_again": settled_again,
    "told_to_many": told_to_many,
    "withdrawing": withdrawing,
}
EVERY: Mapping[str, Callable[[Story], None]] = {
    **SCENES,
    **VARIANTS,
    "apologised": apologised,
    "fee_due": fee_due,
    "paid_out": paid_out,
}
