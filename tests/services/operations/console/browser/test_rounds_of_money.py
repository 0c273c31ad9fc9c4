"""What was paid is cancelled, and what was not given back is tried again, in a real browser: from
the group's page to a preview, a second person, and what came of each.

Pictures go to build/console: they are to be looked at, not only made.
"""

from typing import Any

import msgspec
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.rounds.labels import CHECKS
from services.operations.domain.actions import ACTIONS
from shared.events import Event, refunds
from shared.events.cancelling import Cancelled, OperatorCancelled
from tests.browser import axe, needs_axe
from tests.services.operations import scenes
from tests.services.operations.console.browser.seeing import Sight
from tests.services.operations.console.browser.test_rounds import running
from tests.services.operations.scenes import begun
from tests.services.operations.story import BEGAN, Story
from tests.services.operations.windows import NARROW, WIDE, overflow

WHY = "Hồ sơ đã được giải quyết ở hồ sơ khác"
CODE = "17"  # of the payer's bank


def money(story: Story) -> dict[str, Any]:
    paid = {"partner": "sandbox", "reference": story.reference, "transaction": "T1"}
    return {**paid, "amount_vnd": 50_000, "refund": f"{story.application}.refund.1"}


def call(story: Story, number: int, name: str = "") -> dict[str, Any]:
    key = f"{story.application}/refund/1/{number}"
    at = {"opened_at": BEGAN, "asked_at": BEGAN, "paid_vnd": 50_000}
    said = {"told": "", "reason": "cancelled", "by": "", "name": name}
    return {**money(story), **at, **said, "key": key}


def cancels(story: Story, event: Event) -> None:
    """Routing ends it, and payment has its money given back."""
    said = msgspec.json.decode(event.data, type=OperatorCancelled)
    end = Cancelled(
        national_code=3, officer=said.officer, reason=said.note, checked_by=said.checked_by
    )
    (ended,) = story.decide("routing", event, end)
    told = {"reason": "cancelled", "by": "", "checked_by": said.checked_by}
    proposed = refunds.RefundProposed(**money(story), **told)
    story.decide("payment", ended, proposed, refunds.RefundRequested(**call(story, 1)))


def retries(story: Story, event: Event) -> None:
    """Payment asks the partner, and tells it once more: it gives it back."""
    story.decide("payment", event, refunds.RefundQueryRequested(**call(story, 2)))
    answer(story, "failed", refunds.RefundRequested(**call(story, 3, "again")))
    answer(story, "done", refunds.RefundDone(**money(story), told="R1"))


def answer(story: Story, finding: Any, *outcome: Any) -> None:
    said = refunds.RefundAnswered(key="k", refund=money(story)["refund"], finding=finding)
    heard = story.external("payment.inbox", "/services/payment/effects", said)
    story.decide("payment", heard, *outcome)


def not_given_back(story: Story) -> None:
    """Cancelled, and the payer's bank did not take the money."""
    scenes.accepted(story)
    end = scenes.act(story, Cancelled(national_code=3, officer="o1", reason=WHY), "cancelled")
    proposed = refunds.RefundProposed(**money(story), reason="cancelled", by="")
    story.decide("payment", end, proposed, refunds.RefundRequested(**call(story, 1)))
    answer(story, "failed", refunds.RefundFailed(**money(story), code=CODE))


WAYS = {
    "cancel": ("stuck/processing/in_processing?which=all", scenes.processing, cancels),
    "retry_refund": ("stuck/payment/refund_failed", not_given_back, retries),
}
# what is decided about each, once
SAYS = {"cancel": "application.cancelled", "retry_refund": "refund.done"}


@needs_axe
@pytest.mark.parametrize(("width", "night"), [(WIDE, False), (NARROW, True)], ids=["day", "night"])
@pytest.mark.parametrize("action", WAYS)
async def test_money_goes_back_from_the_groups_page_once_another_has_agreed(
    sight: Sight, action: str, width: int, night: bool
) -> None:
    group, scene, service = WAYS[action]
    name, language = f"{width}-{'night' if night else 'day'}", "en" if night else "vi"
    sight.edge.service = service
    for n in (1, 2):
        await sight.edge.read(begun(scene, n))

    def said(label: str, **told: str) -> str:
        words = LABELS[label].told(**told)
        return words.en if night else words.vi

    async def look(at: Any, what: str) -> None:
        assert await overflow(at) == 0, what
        await axe(at)
        await sight.shot(at, f"{action}-{what}-{name}")

    async with sight.page(width, night=night) as page, sight.page(width, night=night) as other:
        await sight.sign_in(page, language=language)
        await page.goto(f"{sight.edge.url}/{group}")
        await page.click(f'button[value="all"][formaction$="/rounds/new/{action}"]')
        await page.wait_for_selector("#reason")
        does = ACTIONS[action].does
        assert (does.en if night else does.vi) in await page.inner_text("main")
        await look(page, "asked")
        await page.fill("#reason", WHY)
        await page.click("main form button")
        await page.wait_for_selector("#do-start")
        assert await page.locator("tbody tr").count() == 2
        vnd = "50,000" if night else "50.000"
        assert await page.locator("tbody").get_by_text(vnd).count() == 2, "how much of each"
        await look(page, "preview")
        await page.click("#do-start")
        await page.wait_for_selector(f"text={said('round_yours')}")
        assert await page.locator("#do-approve").count() == 0
        assert sight.edge.published == [], "nothing before another agrees"

        await sight.sign_in(other, "checker", language)
        await other.goto(page.url)
        await other.fill("#reason", "Đã xem")
        await other.click("#do-approve")
        await other.wait_for_selector("progress")
        async with running(sight.edge):
            await other.wait_for_selector(f"text={said('round_gone', count='2')}")
        gone = CHECKS["gone"].en if night else CHECKS["gone"].vi
        assert await other.locator(f"tbody .mark.is-sent:has-text('{gone}')").count() == 2
        await look(other, "over")
        await other.click("tbody a >> nth=0")
        await other.wait_for_selector("#timeline")
        assert "checker" in await other.inner_text("main")
    assert len(sight.edge.published) == 2
    for story in sight.edge.stories.values():
        decided = [e for e in story.log.entries(story.application) if e.type == SAYS[action]]
        assert len(decided) == 1
