"""Operations says of payment's books and a partner's statements why they differ, to the đồng."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from deploy.reconciling.command import GRACE
from services.operations.domain.settlement import Period
from services.operations.money.rows import TOPIC
from shared import events
from shared.bus import Record
from shared.clock import VIETNAM
from shared.events.payment import Settled
from tests.deploy.reconciling.conftest import DAY, PARTNER_NAME
from tests.services.operations.memory import Group, Store
from tests.services.operations.money.partners import heard, settler
from tests.services.operations.story import Log
from tests.services.payment.office import AMOUNT_VND, NOW

NEXT = DAY + timedelta(days=1)
MONTH = Period(DAY.replace(day=1), DAY.replace(day=30))
LATE = datetime(DAY.year, DAY.month, DAY.day, 23, 55, tzinfo=VIETNAM).astimezone(UTC)
MORNING = LATE + timedelta(hours=7)  # when the day is reconciled


class Books:
    """Payment's world, and what operations makes of the log that comes of it."""

    def __init__(self, world) -> None:
        self.world, self.is_told = world, 0

    def at(self, when: datetime) -> None:
        """Let what was decided since stand in the log as of then."""
        found = self.world.decided
        for n in range(self.is_told, len(found)):
            event = msgspec.structs.replace(events.decode(found[n]), time=when)
            found[n] = events.encode(event)
        self.is_told = len(found)

    async def run(self, lines, day=DAY) -> None:
        """Reconcile a day in the morning after it."""
        file = self.world.file(*lines, name=f"{day}-{len(self.world.published)}.csv")
        await self.world.run(file, day, grace=GRACE)
        self.at(MORNING + (day - DAY))

    async def check(self, period, without=()):
        """Return by how much they differ, what of that is explained, and whether all is."""
        store, log = Store(), Log()
        for value in self.world.decided:
            if (event := events.decode(value)).id not in without:
                at_ms = int(event.time.timestamp() * 1_000)
                key, offset = event.subject.encode(), len(log.records)
                log.records.append(Record("payment.events", 0, offset, at_ms, key, value))
        await store.read(Group(list(log.records)))
        for event in self.world.published:
            log.append(TOPIC, event.subject.encode(), events.encode(event))
        await heard(store, log)
        report = await settler(store, lambda: NOW).report(PARTNER_NAME, period)
        (books,) = [check for check in report.checks if check.name == "books"]
        return books.one_vnd, books.other_vnd, books.holds

    async def holds(self, *periods) -> bool:
        return all([(await self.check(period))[2] for period in periods])


@pytest.fixture
def books(world) -> Books:
    return Books(world)


ONE, OTHER = Period(DAY, DAY), Period(NEXT, NEXT)


async def test_where_all_is_told_and_named_nothing_differs(books) -> None:
    lines = [await books.world.paid(n) for n in range(3)]
    books.at(NOW)
    await books.run(lines)
    assert await books.check(ONE) == (0, 0, True)


async def test_money_that_our_books_have_lost_is_explained_by_nothing(books) -> None:
    lines = [await books.world.paid(n) for n in range(3)]
    books.at(NOW)
    await books.run(lines)
    settled = [e.id for e in map(events.decode, books.world.decided) if e.type == Settled.TYPE]
    assert await books.check(ONE, without=settled[:1]) == (-AMOUNT_VND, 0, False)


async def test_money_at_midnight_is_in_transit_until_the_next_statement_names_it(books) -> None:
    early = await books.world.paid(1)
    books.at(NOW)
    late = await books.world.paid(2, booked_at=LATE)
    books.at(LATE)
    await books.run([early])
    assert await books.check(ONE) == (AMOUNT_VND, AMOUNT_VND, True)
    await books.run([late], NEXT)
    assert await books.check(ONE) == (AMOUNT_VND, AMOUNT_VND, True)
    assert await books.check(OTHER) == (-AMOUNT_VND, -AMOUNT_VND, True)
    assert await books.check(MONTH) == (0, 0, True)


async def test_money_at_midnight_that_the_next_statement_does_not_name_is_a_break(books) -> None:
    await books.world.paid(1)
    books.at(LATE)
    await books.run([])
    await books.run([], NEXT)
    assert await books.check(ONE) == (AMOUNT_VND, AMOUNT_VND, True)
    assert await books.check(OTHER) == (0, 0, True)


async def test_money_that_was_heard_of_after_midnight_is_named_before(books) -> None:
    line = await books.world.paid(1)
    books.at(MORNING)
    await books.run([line])
    await books.run([], NEXT)
    assert await books.check(ONE) == (-AMOUNT_VND, -AMOUNT_VND, True)
    assert await books.holds(OTHER, MONTH)


async def test_what_another_days_statement_names_is_no_break_any_more(books) -> None:
    line = await books.world.paid(1)
    books.at(NOW)
    await books.run([])
    assert await books.check(ONE) == (AMOUNT_VND, AMOUNT_VND, True)
    await books.run([line], NEXT)
    assert await books.holds(ONE, OTHER, MONTH)


async def test_what_a_correction_no_longer_says_explains_nothing(books) -> None:
    line = await books.world.paid(1)
    books.at(NOW)
    await books.run([books.world.line("DVC0", 2)])
    assert await books.check(ONE) == (0, 0, True)
    await books.run([line])
    assert await books.check(ONE) == (0, 0, True)


async def made(books, n: int, rng: random.Random, day) -> list:
    """Let money come in some way; return the lines that name it."""
    world, booked = books.world, {"booked_at": NOW + (day - DAY)}
    match rng.choice(("told", "silent", "unnamed", "less", "asked", "foreign", "twice", "late")):
        case "told":
            return [await world.paid(n, **booked)]
        case "silent":  # nobody told of it
            return [world.line(await world.order(n), n, **booked)]
        case "unnamed":
            await world.paid(n)
            return []
        case "less":
            line = await world.paid(n, **booked)
            return [line._replace(amount_vnd=AMOUNT_VND - 500)]
        case "asked":
            return [await world.paid(n, amount_vnd=9_000, **booked)]
        case "foreign":
            return [world.line("DVC0", n, **booked)]
        case "twice":
            line = await world.paid(n, **booked)
            return [line, line]
        case _:
            paid = await world.paid(n, **booked)
            return [paid, paid._replace(transaction=f"X{n}")]


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_breaks_the_difference_is_known_to_the_dong(books, seed: int) -> None:
    rng = random.Random(seed)
    for days, day in enumerate((DAY, NEXT)):
        lines = []
        for n in range(days * 6 + 1, days * 6 + 6):
            lines += await made(books, n, rng, day)
            books.at(rng.choice((NOW, LATE)) + (day - DAY))
        rng.shuffle(lines)
        await books.run(lines, day)
        assert await books.holds(ONE, MONTH), day
    assert await books.holds(OTHER)
