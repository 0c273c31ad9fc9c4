"""The break queue: what an operator is shown, and what it is when somebody closes it."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.payment import breaks as queue
from services.payment.breaks import ROWS_LIMIT, Breaks, Standing, closed, said
from services.payment.breaks_api import router
from services.payment.closings import Closings
from shared import events, problems
from shared.access import Access
from shared.events.reconciliation import BreakClosed, BreakOpened
from tests.services.payment.office import Rows

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
DAY = date(2026, 11, 20)
KEY = {"authorization": "Bearer operator-key"}


def opened(number: int = 1, kind="amount", partner="a-bank", day=DAY) -> Standing:
    break_id = f"{partner}.{day}.{kind}.{number:016x}"
    return Standing(
        1,
        "f",
        NOW,
        BreakOpened(
            partner=partner,
            day=day,
            break_id=break_id,
            kind=kind,
            cause="order_amount",
            cure="person",
            movement="paid",
            application="",
            reference="DVC1",
            transaction=f"T{number}",
            amount_vnd=15_999,
            expected_vnd=16_000,
            booked_at=NOW - timedelta(hours=23, minutes=59),
            line=number,
        ),
    )


def over(standing: Standing, because="corrected") -> Standing:
    word = BreakClosed(
        partner=standing.opened.partner,
        day=standing.opened.day,
        break_id=standing.id,
        kind=standing.opened.kind,
        amount_vnd=15_999,
        because=because,
    )
    return closed(standing, NOW, word)


class Desk:
    """The edge over a queue in memory."""

    def __init__(self) -> None:
        self.rows, self.open, self.appended = Rows(), Rows(), []
        self.breaks = Breaks(self.rows, self.open)
        app = FastAPI()
        keys = {r: {"name": f"{r}-1", "role": r} for r in ("operator", "portal")}
        app.state.access = Access(
            {hashlib.sha256(f"{r}-key".encode()).hexdigest(): k for r, k in keys.items()}
        )
        problems.install(app)
        closings = Closings(self.breaks, Rows(), 1_000_000, lambda: NOW)
        app.include_router(router(self.breaks, closings, self._append, 1, lambda: NOW))
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge", headers=KEY
        )

    async def _append(self, place, message) -> None:
        assert place == ("payment.reconciliation", 0)
        self.appended.append((message.key, events.decode(message.value)))

    async def list(self, **query):
        answer = await self.http.get("/v1/reconciliation/breaks", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def close(self, break_id, reason="Ngân hàng đã trả lại."):
        return await self.http.post(
            f"/v1/reconciliation/breaks/{break_id}/close", json={"reason": reason}
        )


@pytest.fixture
async def desk():
    made = Desk()
    async with made.http:
        yield made


async def test_an_open_break_is_shown_with_its_age_and_what_we_have(desk) -> None:
    await desk.breaks.put([opened()])
    [found] = (await desk.list())["breaks"]
    assert (found["kind"], found["cause"], found["cure"]) == ("amount", "order_amount", "person")
    assert (found["amount_vnd"], found["expected_vnd"], found["age_h"]) == (15_999, 16_000, 23)
    assert found["is_open"]


async def test_breaks_are_filtered_by_partner_day_and_kind(desk) -> None:
    other = opened(2, "unknown", "b-bank")
    late = opened(3, "late", day=DAY + timedelta(days=1))
    await desk.breaks.put([opened(), other, late, over(opened(4))])

    async def ids(**query) -> list[str]:
        return [b["id"] for b in (await desk.list(**query))["breaks"]]

    assert await ids() == [opened().id, late.id, other.id]
    assert await ids(partner="a-bank") == [opened().id, late.id]
    assert await ids(partner="a-bank", day=f"{DAY}") == [opened().id]
    assert await ids(day=f"{DAY}") == [opened().id, other.id]
    assert await ids(kind="late") == [late.id]
    assert await ids(partner="a") == []


async def test_a_page_goes_on_where_the_one_before_ended(desk) -> None:
    await desk.breaks.put([opened(n) for n in range(7)] + [over(opened(n)) for n in (2, 3)])
    seen, after = [], ""
    while True:
        page = await desk.list(limit=2, after=after)
        seen += [b["line"] for b in page["breaks"]]
        after = page["next"]
        if not after:
            break
    assert seen == [0, 1, 4, 5, 6]


async def test_a_queue_longer_than_is_read_at_once_is_shown_whole(desk) -> None:
    count = ROWS_LIMIT + 3
    await desk.breaks.put([opened(n) for n in range(count)])
    await desk.breaks.put([over(opened(n)) for n in range(1, count, 2)])  # a read ends in one
    page = await desk.breaks.page("", "", (), "", count)
    assert [each.opened.line for each in page.found] == list(range(0, count, 2))
    found = await desk.breaks.since("a-bank", DAY, DAY)
    assert len(found) == count
    assert sum(s.closed is None for s in found.values()) == (count + 1) // 2


class Counted(Rows):
    """A table that counts the rows that it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read = 0

    async def get(self, ids):
        found = await super().get(ids)
        self.read += len(found)
        return found

    async def ranges(self, bounds, limit=0):
        found = await super().ranges(bounds, limit)
        self.read += len(found)
        return found


async def test_a_queue_costs_what_is_open_however_much_was() -> None:
    tables = Counted(), Counted()
    breaks = Breaks(*tables)
    for n in range(500):
        await breaks.put([opened(n)])
        if n != 250:
            await breaks.put([over(opened(n))])
    for table in tables:
        table.read = 0
    page = await breaks.page("", "", (), "", 100)
    assert [each.opened.line for each in page.found] == [250]
    assert await breaks.open_in("a-bank", DAY, DAY) == page.found
    assert sum(table.read for table in tables) <= 4
    assert len(tables[1].rows) == 1


async def test_what_is_left_over_of_a_closing_that_was_cut_off_is_shown_to_nobody(desk) -> None:
    await desk.breaks.put([opened(1), opened(2)])
    left = dict(desk.open.rows)
    await desk.breaks.put([over(opened(1))])
    desk.open.rows = left
    assert [b["line"] for b in (await desk.list())["breaks"]] == [2]
    assert [s.opened.line for s in await desk.breaks.open_in("a-bank", DAY, DAY)] == [2]
    assert list(desk.open.rows) == [opened(2).row_id]


async def test_what_is_being_opened_is_not_shown_yet_and_not_forgotten(desk) -> None:
    await desk.open.insert_missing([{"_id": opened(1).row_id}])
    assert (await desk.list())["breaks"] == []
    assert await desk.breaks.open_in("a-bank", DAY, DAY) == ()
    await desk.breaks.put([opened(1)])
    assert [b["line"] for b in (await desk.list())["breaks"]] == [1]


async def test_a_break_that_opens_again_is_shown_again(desk) -> None:
    again = over(opened())._replace(number=3, closed_at=None, closed=None)
    await desk.breaks.put([opened()])
    await desk.breaks.put([over(opened())])
    await desk.breaks.put([again])
    await desk.breaks.put([over(opened())])  # heard late
    assert [s.number for s in await desk.breaks.open_in("a-bank", DAY, DAY)] == [3]


async def test_a_person_closes_a_break_with_a_reason_and_that_is_told(desk) -> None:
    await desk.breaks.put([opened()])
    answer = await desk.close(opened().id)
    assert answer.status_code == 200
    assert answer.json()["closed_by"] == "operator-1"
    assert (await desk.list())["breaks"] == []
    assert [(key, e.type) for key, e in desk.appended] == [
        (b"a-bank", "reconciliation.break_opened"),
        (b"a-bank", "reconciliation.break_closed"),
    ]
    told = msgspec.json.decode(desk.appended[-1][1].data, type=BreakClosed)
    assert (told.because, told.reason) == ("person", "Ngân hàng đã trả lại.")


async def test_closing_again_changes_nothing_and_says_the_same(desk) -> None:
    await desk.breaks.put([opened()])
    first = await desk.close(opened().id)
    again = await desk.close(opened().id, "Something else.")
    assert again.json() == first.json()
    assert {e.id for _, e in desk.appended} == {f"{opened().id}.0001", f"{opened().id}.0002"}
    assert desk.appended[:2] == desk.appended[2:]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "two\nlines"])
async def test_a_reason_is_one_to_five_hundred_letters(desk, reason) -> None:
    await desk.breaks.put([opened()])
    answer = await desk.close(opened().id, reason)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:invalid-reason")
    assert desk.appended == []


async def test_what_is_no_break_is_not_closed(desk) -> None:
    answer = await desk.close(opened().id)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:motcua:problem:unknown-break")


async def test_only_an_operator_sees_and_closes(desk) -> None:
    desk.http.headers["authorization"] = "Bearer portal-key"
    assert (await desk.http.get("/v1/reconciliation/breaks")).status_code == 403
    assert (await desk.close(opened().id)).status_code == 403


def test_a_break_that_opens_again_has_events_of_its_own() -> None:
    again = over(opened())._replace(number=3, closed_at=None, closed=None)
    assert [e.id for e in said(again)] == [f"{again.id}.0003"]
    assert [e.id for e in said(over(again))] == [f"{again.id}.0003", f"{again.id}.0004"]
    assert said(again)[0].source == queue.SOURCE


async def test_nobody_closes_more_than_the_limit_alone(desk) -> None:
    large = opened()
    large = large._replace(opened=msgspec.structs.replace(large.opened, amount_vnd=1_000_001))
    await desk.breaks.put([large])
    answer = await desk.close(large.id)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:motcua:problem:second-person")
    assert [b["id"] for b in (await desk.list())["breaks"]] == [large.id]
    assert desk.appended == []
