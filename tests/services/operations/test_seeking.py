"""Applications are found by unit, partner and days, closed ones as well, page by page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.operations.finding import Finder, Found
from services.operations.seeking import PAGE
from shared.catalogue import Catalogue, load
from shared.events import payment
from tests.services.operations import scenes
from tests.services.operations.memory import Group, Store
from tests.services.operations.scenes import begun
from tests.services.operations.story import BEGAN, Log, Story

WARD = "00004"  # of Hà Nội, where stories happen


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


class Box:
    """The one box, over what was read."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.store = Store()
        self.finder: Finder = self.store.finder(catalogue, lambda: BEGAN + timedelta(days=40))

    async def read(self, *stories: Story) -> None:
        for story in stories:
            await self.store.read(Group(story.log.records))

    async def find(self, typed: str) -> list[str]:
        """All pages of it."""
        found: list[str] = []
        page = await self.finder.find(typed)
        found += ids(page)
        while page.next:
            page = await self.finder.find(typed, page.next)
            found += ids(page)
        assert len(found) == len(set(found))
        return found


def ids(found: Found) -> list[str]:
    return [hit.application for hit in found.found]


@pytest.fixture
def box(catalogue: Catalogue) -> Box:
    return Box(catalogue)


def paid(n: int, partner: str, at: datetime) -> Story:
    """Money came from this partner then, and the application went on to its end."""
    log = Log()
    log.now = at
    story = Story(log, n)
    story.returned()
    moved = {"partner": partner, "reference": story.reference, "transaction": f"T{n}"}
    story.decide("payment", story.submitted(), payment.Overpaid(**moved, amount_vnd=5_000))
    return story


async def test_what_is_closed_is_found_by_its_unit_and_its_province(box: Box) -> None:
    story = begun(scenes.returned)
    await box.read(story)
    for typed in (f"unit:{WARD}", "đơn vị 01", "Phường Ba Đình", f"unit {WARD} 6/2026"):
        assert await box.find(typed) == [story.application], typed
    for typed in ("unit:79", f"unit:{WARD} 7/2026", "Phường Ngọc Hà"):
        assert await box.find(typed) == [], typed


async def test_it_counts_on_the_day_on_which_it_came_to_the_unit(box: Box) -> None:
    story = begun(scenes.processing)
    await box.read(story)
    came = BEGAN.date()
    for day, found in ((came, 1), (came - timedelta(days=1), 0), (came + timedelta(days=1), 0)):
        assert len(await box.find(f"unit:{WARD} {day}")) == found, day
        assert len(await box.find(f"unit:01 {day}")) == found, day


async def test_what_had_to_do_with_a_partner_is_found_by_the_day(box: Box) -> None:
    june, july = (datetime(2026, month, 9, 3, tzinfo=UTC) for month in (6, 7))
    one, two, other = paid(1, "sen-vang", june), paid(2, "sen-vang", july), paid(3, "bank", june)
    await box.read(one, two, other)
    assert set(await box.find("sen-vang")) == {one.application, two.application}
    assert await box.find("Sen Vàng 09/06/2026") == [one.application]
    assert await box.find("sen-vang 7/2026") == [two.application]
    assert await box.find("sen-vang 8/2026") == []
    assert await box.find(f"sen-vang unit:{WARD} 6/2026") == [one.application]
    assert await box.find("sen-vang unit:79 6/2026") == []


async def test_what_was_made_on_a_day_is_found_by_it(box: Box) -> None:
    story = begun(scenes.processing)
    await box.read(story)
    made = datetime.fromtimestamp(int(story.application.replace("-", "")[:12], 16) / 1_000, UTC)
    assert await box.find(f"{made + timedelta(hours=7):%d/%m/%Y}") == [story.application]
    assert await box.find(f"{made - timedelta(days=3):%d/%m/%Y}") == []


async def test_pages_go_on_until_all_were_shown(box: Box) -> None:
    stories = [paid(n, "sen-vang", BEGAN + timedelta(hours=n)) for n in range(1, 2 * PAGE + 6)]
    await box.read(*stories)
    everything = {story.application for story in stories}
    for typed in ("sen-vang", f"unit:{WARD}", "unit:01", "unit:01 6/2026", "5/2026"):
        first = await box.finder.find(typed)
        assert (PAGE - 1 <= len(first.found) <= PAGE, first.is_cut) == (True, True), typed
        assert set(await box.find(typed)) == everything, typed


async def test_the_newest_comes_first(box: Box) -> None:
    stories = [paid(n, "sen-vang", BEGAN + timedelta(days=n)) for n in range(1, 6)]
    await box.read(*stories)
    newest_first = [story.application for story in reversed(stories)]
    assert await box.find("sen-vang") == newest_first
    assert await box.find(f"unit:{WARD}") == newest_first


async def test_a_number_that_is_somebodys_is_that(box: Box) -> None:
    log = Log()
    story = Story(log, 1)
    moved = {"partner": "bank", "reference": story.reference, "transaction": WARD}
    story.registered()
    story.decide("payment", story.submitted(), payment.Overpaid(**moved, amount_vnd=5_000))
    await box.read(story)
    found = await box.finder.find(WARD)
    assert [hit.kind for hit in found.found] == ["transaction"]


async def test_of_nothing_it_is_said_what_was_understood(box: Box) -> None:
    found = await box.finder.find(f"sen-vang {WARD} {date(2026, 11, 20)}")
    assert [u.kind for u in found.understood][-3:] == ["partner", "unit", "days"]
    assert (found.found, found.next) == ([], None)


async def test_reading_the_log_again_finds_no_more(box: Box) -> None:
    story: Any = paid(1, "sen-vang", BEGAN)
    await box.read(story)
    before = dict(box.store.tables["names"].rows)
    await box.read(story)
    assert box.store.tables["names"].rows == before
