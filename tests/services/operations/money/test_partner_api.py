"""A bank partner by itself over HTTP: all of its own, and nothing of another's."""

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.operations import partner_api
from services.operations.money.partner import PartnerDesk
from shared import problems
from shared.access import Access
from tests.services.operations.dead.office import Office
from tests.services.operations.memory import Group, Over, Store
from tests.services.operations.money.partners import DAY, Partners, desk, heard
from tests.services.operations.story import BEGAN, Log, Story

NOW = BEGAN + timedelta(hours=4)
KEYS = {
    "own": {"name": "sandbox", "role": "partner"},
    "person": {"name": "b-lan", "role": "partner", "units": "sandbox"},
    "other": {"name": "an-phat", "role": "partner"},
    "nobody": {"name": "sandbo", "role": "partner"},
    "operator": {"name": "sandbox", "role": "operator"},
}


class Bank:
    """The edge, with something of `sandbox` of each kind behind it."""

    def __init__(self) -> None:
        self.store, self.log = Store(), Log()
        self.story, self.partners = Story(self.log), Partners(self.log)
        self.office = Office(self.store)
        app = FastAPI()
        app.state.access = Access(
            {hashlib.sha256(k.encode()).hexdigest(): row for k, row in KEYS.items()}
        )
        problems.install(app)
        money = desk(self.store, NOW)
        own = PartnerDesk(money, self.store.journeys, self.store.letters())
        self.routes = partner_api.router(own)
        app.include_router(self.routes)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://operations"
        )

    async def lives(self) -> None:
        """A day of it: an order that was paid, breaks, a statement, calls that were refused."""
        self.story.paid()
        own = {"partner": "sandbox", "application": self.story.application}
        self.partners.opens(1, **own, reference=self.story.reference)
        self.partners.opens(2, partner="sandbox", kind="late", cause="other_partner")
        self.partners.closes(self.partners.opens(3, partner="sandbox"))
        self.partners.states("sandbox")
        await self.store.read(Group(list(self.log.records)))
        await heard(self.store, self.log)
        self.office.refuse_call(f"no order has the reference {self.story.reference}9")
        self.office.refuse_call("the signature does not verify", 2)
        records = [r for r in self.office.log.records if r.topic.endswith(".dead")]
        with pytest.raises(Over):
            await self.store.reader("operations-aside").serve(
                Group(records).assignment(self.store.trouble)
            )

    async def get(self, path: str, key: str = "own", **params: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"}
        return await self.http.get(f"/v1/partner{path}", headers=headers, params=params)

    async def told(self, path: str = "", key: str = "own", **params: Any) -> Any:
        answer = await self.get(path, key, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    made = Bank()
    await made.lives()
    yield made
    await made.http.aclose()


async def test_it_sees_what_is_open_how_it_fares_and_its_days(bank: Bank) -> None:
    told = await bank.told()
    assert (told["partner"], told["breaks"], told["is_whole"]) == ("sandbox", 2, True)
    assert {kind["kind"] for kind in told["kinds"]} == {"amount", "late"}
    assert told["fares"]["day"]["paid"] == 1
    assert [(day["day"], day["breaks"]) for day in told["days"]] == [(f"{DAY}", 2)]
    assert told["days"][0]["statement"]["fee_vnd"] == 990
    assert (await bank.told(f"/days/{DAY}"))["statements"][0]["matched"] == 2


async def test_a_person_of_a_bank_with_a_name_of_their_own_sees_the_same(bank: Bank) -> None:
    for path, params in addresses(bank):
        assert await bank.told(path, "person", **params) == await bank.told(path, **params)


async def test_of_a_break_it_sees_the_line_and_neither_application_nor_who_closed_it(
    bank: Bank,
) -> None:
    late, amount = sorted(
        (await bank.told("/breaks"))["items"], key=lambda b: b["kind"] == "amount"
    )
    assert (amount["reference"], amount["line"]) == (bank.story.reference, 1)
    assert late["expected_vnd"] is None  # the order is another partner's
    [closed] = (await bank.told("/breaks", state="closed", day=f"{DAY}"))["items"]
    assert closed["closed_because"] == "person"
    said = json.dumps([amount, late, closed])
    for secret in (bank.story.application, "o-1", "the bank sent 1,000 back"):
        assert secret not in said


@pytest.mark.parametrize("asked", ["MC0000000001", " mc-0000000001 ", "T1", "t 1"])
async def test_it_learns_whether_its_call_came_and_what_was_answered(
    bank: Bank, asked: str
) -> None:
    told = await bank.told("/calls", of=asked)
    assert [line["what"] for line in told["lines"]] == ["opened", "called", "settled"]
    assert [line["answer"] for line in told["lines"]] == ["", "recorded", ""]


async def test_a_refused_call_that_names_an_order_is_found_by_it(bank: Bank) -> None:
    told = await bank.told("/calls", of=f"{bank.story.reference}9")
    assert told["lines"] == []
    assert [(r["field"], r["is_over"]) for r in told["refused"]] == [("reference", False)]


async def test_refused_calls_are_listed_the_newest_first_a_page_at_a_time(bank: Bank) -> None:
    first = await bank.told("/refused", limit=1)
    rest = await bank.told("/refused", limit=1, after=first["next"])
    assert [page["items"][0]["reason"] for page in (first, rest)] == [
        "the signature does not verify",
        f"no order has the reference {bank.story.reference}9",
    ]


def addresses(bank: Bank) -> list[tuple[str, dict[str, str]]]:
    """Every route, asked in each way that would find something of `sandbox`."""
    breaks = "sandbox.2026-06-08.amount.0000000000000000"
    params: dict[str, list[dict[str, str]]] = {
        "/calls": [{"of": bank.story.reference}, {"of": "T1"}, {"of": bank.story.application}],
        "/breaks": [{}, {"state": "closed"}, {"after": breaks}, {"day": f"{DAY}"}],
    }
    out = []
    for route in bank.routes.routes:
        assert isinstance(route, APIRoute)
        path = route.path.removeprefix("/v1/partner").replace("{day}", f"{DAY}")
        out += [(path, asked) for asked in params.get(path, [{}])]
    return out


@pytest.mark.parametrize("key", ["other", "nobody"])
async def test_whoever_has_another_name_finds_nothing_of_it_at_any_route(
    bank: Bank, key: str
) -> None:
    traces = (bank.story.reference, bank.story.application, "sandbox", "T1", "50000", "48000")
    for path, params in addresses(bank):
        own = (await bank.get(path, **params)).text
        answer = await bank.get(path, key, **params)
        assert answer.status_code == 200
        told = json.loads(answer.text)
        told.pop("asked", None)  # what one sends oneself
        assert [t for t in traces if t in json.dumps(told)] == [], path
        if bank.story.application not in params.values():
            assert [t for t in traces if t in own] != [], path  # there is something to be found


async def test_no_route_lets_in_who_is_no_partner_or_has_no_key(bank: Bank) -> None:
    for path, params in addresses(bank):
        assert (await bank.get(path, "operator", **params)).status_code == 403
        assert (await bank.get(path, "unknown", **params)).status_code == 401
