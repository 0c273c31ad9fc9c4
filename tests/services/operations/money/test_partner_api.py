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

from services.operations import partner_api, settlement_api
from services.operations.money.partner import PartnerDesk
from shared import problems
from shared.access import Access
from tests.services.operations.dead.office import Office
from tests.services.operations.memory import Group, Over, Store
from tests.services.operations.money.partners import DAY, Partners, desk, heard, settler
from tests.services.operations.story import BEGAN, Log, Story

NOW = BEGAN + timedelta(hours=4)
KEYS = {
    "own": {"name": "sandbox", "role": "partner", "units": "sandbox"},
    "person": {"name": "an-phat", "role": "partner", "units": "sandbox"},
    "other": {"name": "an-phat", "role": "partner", "units": "an-phat"},
    "nobody": {"name": "sandbo", "role": "partner", "units": "sandbo"},
    "named": {"name": "sandbox", "role": "partner"},
    "both": {"name": "sandbox", "role": "partner", "units": "an-phat sandbox"},
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
        settling = settlement_api.router(settler(self.store, lambda: NOW))
        self.routes = [*partner_api.router(own).routes, *settling.routes]
        app.include_router(partner_api.router(own))
        app.include_router(settling)
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


async def test_a_person_of_a_bank_who_is_called_like_another_sees_the_same(bank: Bank) -> None:
    for path, params in addresses(bank):
        own = await bank.get(path, **params)
        assert (await bank.get(path, "person", **params)).text == own.text
        assert own.status_code == 200


@pytest.mark.parametrize("key", ["named", "both"])
async def test_a_key_that_names_no_one_bank_sees_none_whatever_it_is_called(
    bank: Bank, key: str
) -> None:
    for path, params in addresses(bank):
        answer = await bank.get(path, key, **params)
        assert (answer.status_code, answer.json()["title"]) == (403, "not a partner"), path
        assert "`units`" in answer.json()["detail"]


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


async def test_how_operations_keeps_what_moved_is_no_name_of_a_call(bank: Bank) -> None:
    rows = [id_ for id_ in bank.store.tables["names"].rows if id_.startswith("=sandbox/")]
    assert [(await bank.told("/calls", of=id_))["lines"] for id_ in rows] == [[]]


async def test_its_settlement_says_what_moved_and_what_is_not_equal(bank: Bank) -> None:
    told = await bank.told("/settlements", period="2026-06")
    assert (told["moved"]["settled_vnd"], told["stated"]["paid_vnd"]) == (50_000, 48_000)
    assert (told["differs_vnd"], told["breaks"]["open"], told["holds"]) == (2_000, 2, False)
    # two lines match, and there is no money for them; breaks are of the other three
    (books,) = [check for check in told["checks"] if not check["holds"]]
    assert (books["name"], books["one_vnd"], books["other_vnd"]) == ("books", -48_000, -45_006)
    assert (told["outcome"], told["untold_days"]) == ("differs", 1)
    answer = await bank.get("/settlements", period="2026-06", **{"as": "csv"})
    assert answer.headers["content-disposition"].endswith('"sandbox-2026-06-01-2026-06-09.csv"')
    titles, stated, moved, whole, _ = answer.content.decode("utf-8-sig").split("\r\n")
    rows = [dict(zip(titles.split(","), row.split(","), strict=True)) for row in (stated, moved)]
    assert [row["day"] for row in rows] == [f"{DAY}", "2026-06-09"]
    assert [row["net_vnd"] for row in rows] == ["0", "50000"]
    assert whole.startswith("together,1,50000,0,50000,")


@pytest.mark.parametrize("period", ["2026-13", "2026-02-30", "2026", "2027-01", ""])
async def test_a_period_that_is_none_or_to_come_is_refused(bank: Bank, period: str) -> None:
    answer = await bank.get("/settlements", period=period)
    assert answer.status_code == 422


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
        "/settlements": [{"period": "2026-06"}, {"period": "2026-06-09", "as": "csv"}],
        "/breaks": [{}, {"state": "closed"}, {"after": breaks}, {"day": f"{DAY}"}],
    }
    out = []
    for route in bank.routes:
        assert isinstance(route, APIRoute)
        if not route.path.startswith("/v1/partner"):
            continue  # an operator's
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
        said = answer.text
        if "as" not in params:
            told = json.loads(answer.text)
            told.pop("asked", None)  # what one sends oneself
            said = json.dumps(told)
        assert [t for t in traces if t in said] == [], path
        if bank.story.application not in params.values():
            assert [t for t in traces if t in own] != [], path  # there is something to be found


async def test_no_route_lets_in_who_is_no_partner_or_has_no_key(bank: Bank) -> None:
    for path, params in addresses(bank):
        assert (await bank.get(path, "operator", **params)).status_code == 403
        assert (await bank.get(path, "unknown", **params)).status_code == 401
