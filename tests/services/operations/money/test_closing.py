"""A break is closed by what operators say, payment does, and operations hears of."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.operations import money_api
from shared import problems
from tests.services.operations.memory import Store
from tests.services.operations.money.partners import Partners, Payment, desk, heard
from tests.services.operations.story import BEGAN, Log, Story
from tests.shared.callers import access

NOW = BEGAN + timedelta(hours=4)
WHY = {"reason": "the bank sent it back"}
LARGE = {"amount_vnd": 2_500_000}


class Office:
    """Two operators, payment and operations, over one log."""

    def __init__(self, log: Log) -> None:
        self.store, self.partners, self.payment = Store(), Partners(log), Payment(log)
        app = FastAPI()
        app.state.access = access({name: (name, "operator") for name in ("o-1", "o-2")})
        problems.install(app)
        app.include_router(money_api.router(desk(self.store, NOW, self.payment.append)))
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://operations"
        )

    async def read(self) -> None:
        await self.payment.act()
        await heard(self.store, self.payment.log)

    async def says(self, name: str, path: str, key: str = "a-key-of-it", **body: Any) -> Any:
        headers = {"authorization": f"Bearer {name}", "idempotency-key": key}
        return await self.http.post(f"/v1/money/breaks/{path}", json=body, headers=headers)

    async def shown(self, break_id: str) -> Any:
        headers = {"authorization": "Bearer o-1"}
        return (await self.http.get(f"/v1/money/breaks/{break_id}", headers=headers)).json()


@pytest.fixture
async def office(log: Log) -> AsyncIterator[Office]:
    made = Office(log)
    async with made.http:
        yield made


def what(shown: Any) -> list[str]:
    return [step["what"] for step in shown["steps"]]


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def test_an_operator_closes_a_break_and_it_leaves_the_board_and_stands_in_the_timeline(
    office: Office, log: Log
) -> None:
    application = Story(log).application
    one = office.partners.opens(application=application)
    await office.read()
    said = await office.says("o-1", f"{one.break_id}/close", **WHY)
    assert said.status_code == 202
    assert (await office.shown(one.break_id))["break"]["is_open"]

    await office.read()

    shown = await office.shown(one.break_id)
    assert (shown["break"]["is_open"], shown["break"]["closed_by"]) == (False, "o-1")
    assert what(shown) == ["opened", "asked", "closed"]
    assert said.json()["id"] in {step["id"] for step in shown["steps"]}
    assert office.store.tables["situations"].rows == {}
    entries, _ = await office.store.journeys.of(application)
    assert [e.type.partition(".")[2] for e in entries] == [
        "break_opened",
        "close_asked",
        "break_closed",
    ]


async def test_a_large_one_is_closed_when_another_agrees(office: Office) -> None:
    one = office.partners.opens(**LARGE)
    await office.read()
    await office.says("o-1", f"{one.break_id}/close", **WHY)
    await office.read()
    waits = await office.shown(one.break_id)
    assert (waits["asked"]["by"], waits["asked"]["is_waiting"]) == ("o-1", True)

    own = await office.says("o-1", f"{one.break_id}/check", approved=True, reason="seen it")
    assert refusal(own) == (409, "same-person")
    said = await office.says("o-2", f"{one.break_id}/check", approved=True, reason="seen it")
    assert said.status_code == 202
    await office.read()
    shown = await office.shown(one.break_id)
    assert (shown["break"]["closed_by"], shown["break"]["closed_checked_by"]) == ("o-1", "o-2")
    assert what(shown) == ["opened", "asked", "waiting", "approved", "closed"]
    assert shown["asked"] is None


async def test_what_another_does_not_agree_to_stays_open(office: Office) -> None:
    one = office.partners.opens(**LARGE)
    await office.read()
    await office.says("o-1", f"{one.break_id}/close", **WHY)
    await office.read()
    await office.says("o-2", f"{one.break_id}/check", approved=False, reason="not on the list")
    await office.read()
    shown = await office.shown(one.break_id)
    assert shown["break"]["is_open"]
    assert (shown["asked"], what(shown)[-2:]) == (None, ["rejected", "refused"])
    assert (shown["steps"][-1]["because"], shown["steps"][-1]["by"]) == ("rejected", "o-2")
    again = await office.says("o-2", f"{one.break_id}/check", approved=True, reason="seen it")
    assert refusal(again) == (409, "nothing-waits")


async def test_the_same_word_again_is_one_word(office: Office) -> None:
    one = office.partners.opens()
    await office.read()
    first, second = [await office.says("o-1", f"{one.break_id}/close", **WHY) for _ in range(2)]
    assert first.json() == second.json()
    other = await office.says("o-1", f"{one.break_id}/close", key="another-key", **WHY)
    assert other.json() != first.json()
    await office.read()
    await office.read()
    assert what(await office.shown(one.break_id)).count("closed") == 1


async def test_what_payment_does_not_know_it_refuses_and_the_wish_is_over(office: Office) -> None:
    one = office.partners.opens()
    await heard(office.store, office.payment.log)
    office.payment.log.records.pop(0)  # payment has no such break
    await office.says("o-1", f"{one.break_id}/close", **WHY)
    await office.read()
    shown = await office.shown(one.break_id)
    assert (shown["asked"], shown["steps"][-1]["because"]) == (None, "unknown_break")


@pytest.mark.parametrize("reason", ["", "  x ", "two\nlines", "x" * 501])
async def test_without_a_reason_that_can_be_read_nothing_is_said(
    office: Office, reason: str
) -> None:
    one = office.partners.opens()
    await office.read()
    before = len(office.payment.log.records)
    answer = await office.says("o-1", f"{one.break_id}/close", reason=reason)
    assert refusal(answer) == (422, "invalid-reason")
    assert len(office.payment.log.records) == before


async def test_what_is_closed_or_unknown_is_refused_at_once(office: Office) -> None:
    one = office.partners.opens()
    office.partners.closes(one)
    await office.read()
    assert refusal(await office.says("o-1", f"{one.break_id}/close", **WHY)) == (409, "break-over")
    other = one.break_id[:-1] + "9"
    assert refusal(await office.says("o-1", f"{other}/close", **WHY)) == (404, "unknown-break")
