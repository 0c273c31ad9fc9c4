"""What a round only set going again is looked at until it ends, and is not said to be gone."""

import pytest

from services.operations.domain.rounds import Item
from services.operations.journeys import read
from services.operations.rounds.runner import CHECK_LIMIT
from shared.events import Data, Event, notify
from tests.services.operations.rounds.office import Office
from tests.services.operations.story import BEGAN, Story

REOPENED = notify.NoticeReopened(milestone="accepted", channel="sms", by="o-1")
FAILED = notify.NoticeFailed(milestone="accepted", channel="sms", reason="rejected")
SENT = notify.NoticeSent(milestone="accepted", channel="sms", gateway_id="g", sent_at=BEGAN)


class Notify(Office):
    """A round about notices: notify sets each going again, and no more."""

    def __init__(self) -> None:
        super().__init__(1)
        self.one, self.story = self.runner(), Story(self.log)

    def _item(self, n: int) -> Item:
        item = super()._item(n)
        return Item(
            key=f"{item.application}/notify/notice_failing/accepted~1",
            application=item.application,
            since_ms=item.since_ms,
        )

    async def publish(self, topic: str, event: Event) -> None:
        await super().publish(topic, event)
        await self.happen(REOPENED)
        self.situations.rows.clear()

    async def happen(self, data: Data) -> None:
        """Notify says something, and it is read."""
        self.log.now, before = self.now, len(self.log.records)
        self.story.decide("notify", self.story.submitted(), data)
        await self.store.journeys.append([read(r) for r in self.log.records[before:]])

    async def sent(self) -> None:
        """All of it, and half a minute later."""
        await self.begin()
        await self.do("start")
        for _ in range(30):
            await self.turn(self.one)

    async def finish(self, seconds: float) -> None:
        for _ in range(4):
            await self.turn(self.one, seconds)


@pytest.fixture
def office() -> Notify:
    return Notify()


async def test_a_notice_that_is_on_its_way_is_not_said_to_be_gone(office: Notify) -> None:
    await office.sent()
    assert await office.results() == [("sent", None)]

    await office.happen(SENT)
    await office.finish(10)

    assert await office.results() == [("sent", "gone")]
    assert (await office.round()).status == "done"


async def test_what_fails_again_is_back(office: Notify) -> None:
    await office.sent()
    office.now += CHECK_LIMIT / 2
    await office.happen(FAILED)
    (item,) = await office.rows.items(await office.round(), 1, 1)
    since_ms = int(office.now.timestamp() * 1_000)
    office.situations.rows[item.key] = {"_id": item.key, "since_ms": since_ms, "stuck_ms": 0}

    await office.finish(10)

    assert await office.results() == [("sent", "came_back")]


async def test_what_has_not_ended_after_a_while_is_said_to_be_under_way(office: Notify) -> None:
    await office.sent()
    office.now += CHECK_LIMIT

    await office.finish(10)

    assert await office.results() == [("sent", "under_way")]
    (item,) = await office.items()
    assert item.there_since_ms is not None
    assert (await office.round()).status == "done"
