"""What was only set going again is not over: not before its money is back, or somebody told."""

from typing import Any

import pytest

from services.operations.domain.actions import ACTIONS
from services.operations.domain.causes import CAUSES
from services.operations.domain.going_on import BECOMES, UNDER_WAY, carried_on
from shared.events import Data, notify, payment, refunds
from tests.services.operations.story import BEGAN, Log, Story

OF = {"partner": "sandbox", "reference": "R1", "transaction": "T1", "amount_vnd": 9_000}
REFUND: dict[str, Any] = {**OF, "refund": "a.refund.1"}
CALL: dict[str, Any] = {
    **REFUND,
    **{"key": "k-1", "paid_vnd": 9_000, "opened_at": BEGAN, "asked_at": BEGAN},
    **{"told": "", "reason": "asked", "by": "o-1"},
}
WAY: dict[str, Any] = {"milestone": "accepted", "channel": "sms"}
PROPOSED = refunds.RefundProposed(**REFUND, reason="asked", by="o-1")
WAITS = refunds.RefundWaiting(**REFUND, waits_for="person")
FAILED = refunds.RefundFailed(**REFUND, code="91")
ASKED = refunds.RefundQueryRequested(**CALL)
DONE = refunds.RefundDone(**REFUND, told="")
OVER = notify.NoticeFailed(**WAY, reason="rejected")
REOPENED = notify.NoticeReopened(**WAY, by="o-1")
HANDED = notify.NoticeSent(**WAY, gateway_id="g-1", sent_at=BEGAN)


def became(story: Story, log: Log, row: str, *datas: Data) -> str | None:
    """Tell the story, and what is so of a row then: under way, a person's, or None, over."""
    cause = story.submitted()
    for data in datas:
        log.pass_time(seconds=1)
        story.decide("notify" if data.TYPE.startswith("notice") else "payment", cause, data)
    found = carried_on(f"{story.application}/{row}", log.entries(story.application))
    if found is None:
        return None
    return "under way" if found[0] else "a person's"


@pytest.mark.parametrize("was", ["refund_failed", "refund_waits"])
@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ([ASKED], "under way"),
        ([ASKED, WAITS], "a person's"),
        ([ASKED, FAILED], "a person's"),
        ([ASKED, DONE], None),
    ],
)
def test_a_refund_is_over_when_it_is_done(
    story: Story, log: Log, was: str, since: list[Data], expected: str | None
) -> None:
    first = [PROPOSED, FAILED if was == "refund_failed" else WAITS]
    assert became(story, log, f"payment/{was}/a.refund.1", *first, *since) == expected


@pytest.mark.parametrize(("since", "expected"), [([], "under way"), ([DONE], None)])
def test_money_that_came_by_another_amount_is_over_when_it_is_back(
    story: Story, log: Log, since: list[Data], expected: str | None
) -> None:
    assert became(story, log, "payment/wrong_amount/T1", PROPOSED, *since) == expected
    assert carried_on("a/payment/wrong_amount/T2", log.entries(story.application)) is None


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ([REOPENED], "under way"),  # by night it is asked for in the morning
        ([REOPENED, OVER], None),  # its own row stands again
        ([REOPENED, HANDED], None),
    ],
)
def test_a_notice_is_over_when_somebody_has_it(
    story: Story, log: Log, since: list[Data], expected: str | None
) -> None:
    row = "notify/notice_failing/accepted~1"
    assert became(story, log, row, OVER, *since) == expected


@pytest.mark.parametrize(
    ("finding", "expected"), [("pending", None), ("deferred", "a person's"), (None, "under way")]
)
def test_a_question_is_over_when_its_partner_answered(
    story: Story, log: Log, finding: Any, expected: str | None
) -> None:
    story.charged()
    order = {"partner": "sandbox", "reference": story.reference}
    asked = payment.QueryRequested(key="q-2", opened_at=BEGAN, **order)
    row = "payment/partner_asked/q-1"
    earlier = payment.QueryRequested(key="q-1", opened_at=BEGAN, **order)
    answers = [payment.Queried(key="q-1", finding="pending", **order)]
    if finding:
        answers.append(payment.Queried(key="q-2", finding=finding, **order))
    for said in (earlier, asked, *answers):
        log.pass_time(seconds=1)
        if isinstance(said, payment.Queried):
            story.external("payment.inbox", "/services/payment", said)
        else:
            story.decide("payment", story.submitted(), said)
    found = carried_on(f"{story.application}/{row}", log.entries(story.application))
    word = None if found is None else ("under way" if found[0] else "a person's")
    assert word == expected


def test_the_table_speaks_of_causes_that_something_is_done_about() -> None:
    about = {cause for action in ACTIONS.values() for cause in action.causes}
    assert set(BECOMES) <= about
    assert UNDER_WAY | {one for causes in BECOMES.values() for one in causes} <= set(CAUSES)
