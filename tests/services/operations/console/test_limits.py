"""How often somebody may ask, of the API as of the console."""

from typing import get_args

import httpx
import pytest

from deploy.contracts.edges import openapi
from services.operations.limits import DATED, LIMITS, OWN, PLAIN, TIGHT, Kind, Limits, kind_of
from services.operations.reads.naming import OPEN
from shared.problems import Refusal
from tests.services.operations.at_intake import NUMBER
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import send, sign_in
from tests.services.operations.status.edge import Ticks


def wear_out(edge: ConsoleEdge, kind: Kind, who: str) -> None:
    """Ask as often as may be, but once."""
    for _ in range(LIMITS[kind].calls - 1):
        edge.limits.take(kind, who)


async def test_over_the_api_too_much_is_429_with_how_long_to_wait_and_then_goes_on(
    edge: ConsoleEdge,
) -> None:
    wear_out(edge, "read", "operator-1")
    async with edge.program() as program, edge.program("checker") as other:
        assert (await program.get("/v1/counts")).status_code == 200
        answer = await program.get("/v1/counts")
        assert answer.status_code == 429
        assert answer.json()["type"] == "urn:motcua:problem:too-many-calls"
        assert answer.headers["Retry-After"] == "60"
        assert (await other.get("/v1/counts")).status_code == 200  # another's are not counted
        edge.ticks.now_s += 60
        assert (await program.get("/v1/counts")).status_code == 200


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "Hãy đợi 60 giây"), ("en", "Wait 60 seconds")]
)
async def test_a_page_says_it_in_both_languages(
    edge: ConsoleEdge, browser: httpx.AsyncClient, language: str, said: str
) -> None:
    await sign_in(browser)
    wear_out(edge, "find", "viewer")
    assert (await browser.get("/console/find")).status_code == 200
    answer = await browser.get("/console/find", params={"lang": language})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert said in answer.text
    assert "viewer" in answer.text  # still signed in
    assert (await browser.get("/console/stuck")).status_code == 200


async def test_it_is_the_person_who_is_counted_not_the_session_or_the_address(
    edge: ConsoleEdge, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser)
    wear_out(edge, "find", "viewer")
    await browser.get("/console/find")
    async with edge.browser("203.0.113.99") as elsewhere:
        await sign_in(elsewhere)
        assert (await elsewhere.get("/console/find")).status_code == 429


async def test_who_is_nobody_is_counted_by_address(
    edge: ConsoleEdge, browser: httpx.AsyncClient
) -> None:
    wear_out(edge, "nobody", "203.0.113.7")
    assert (await browser.get("/console/stuck")).status_code == 303
    assert (await browser.get("/console/stuck")).status_code == 429
    assert (await browser.get("/v1/counts")).status_code == 429
    async with edge.browser("203.0.113.99") as elsewhere:
        assert (await elsewhere.get("/v1/counts")).status_code == 401


async def test_what_changes_something_has_a_limit_of_its_own(
    edge: ConsoleEdge, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, "operator")
    wear_out(edge, "change", "operator")
    for status in (403, 429):
        assert (await send(browser, "/console/alarms/one/own", token="x")).status_code == status


def test_every_route_has_a_limit_or_its_own() -> None:
    there = {
        (method.upper(), path)
        for path, methods in openapi("operations")["paths"].items()
        for method in methods
    }
    paths = {path for _, path in there}
    assert paths | {f"{method} {path}" for method, path in there} >= TIGHT.keys()
    assert paths >= PLAIN.keys() | OWN | DATED
    kinds = {
        kind_of(method, path, {}, is_known=is_known, is_open=path in OPEN)
        for method, path in there - {(m, p) for m, p in there if p in OWN}
        for is_known in (True, False)
    }
    assert kinds == set(get_args(Kind)) == LIMITS.keys()
    assert OPEN.keys() >= OWN


@pytest.mark.parametrize(
    ("method", "route", "asked", "kind"),
    [
        ("GET", "/v1/find", {"q": "x"}, "find_by_key"),
        ("POST", "/v1/find", {}, "find"),
        ("POST", "/console/find/person", {}, "find"),
        ("GET", "/v1/statistics", {"unit": "79"}, "report"),
        ("GET", "/v1/statistics", {"unit": "79", "format": "json"}, "report"),
        ("GET", "/console/statistics", {}, "report"),
        *(
            ("GET", f"/{door}/indicators{more}", asked, kind)
            for door, more in (
                *(("v1", more) for more in ("", "/evidence")),
                *(("console", more) for more in ("", "/{unit}", "/{unit}/{indicator}/{part}")),
            )
            for asked, kind in (({}, "read"), ({"day": "2026-11-01"}, "report"))
        ),
        ("GET", "/v1/indicators/index", {}, "part"),
        ("GET", "/console/indicators/{unit}/index", {}, "part"),
        *(
            ("GET", path, {}, "report")
            for path in ("/v1/money", "/console/money", "/v1/partner", "/console/partner/overview")
        ),
        *(
            (method, f"/{door}/{path}", {}, kind)
            for door in ("v1", "console")
            for path in ("rounds", "incidents")
            for method, kind in (("POST", "part"), ("GET", "read"))
        ),
        ("POST", "/v1/incidents/preview", {}, "part"),
        ("GET", "/console/incidents/new", {}, "part"),
        *(("GET", "/v1/statistics", {"format": kind}, "export") for kind in ("csv", "xlsx", "pdf")),
        ("GET", "/v1/statistics", {"format": ""}, "export"),
        ("GET", "/console/statistics/file", {}, "export"),
        *(
            ("GET", f"/v1/{path}", asked, kind)
            for path in ("money/settlements/{partner}", "partner/settlements")
            for asked, kind in (
                ({}, "report"),
                ({"as": "json"}, "report"),
                ({"as": "csv"}, "export"),
            )
        ),
        ("GET", "/console/money/settlements/{partner}", {}, "report"),
        ("GET", "/console/partner/settlements", {}, "report"),
        ("GET", "/console/partner/settlements/file", {}, "export"),
        *(("GET", path, {}, "part") for path in ("/v1/proof", "/v1/sync", "/console/sync")),
    ],
)
def test_what_costs_or_carries_much_has_a_limit_of_its_own_at_every_door(
    method: str, route: str, asked: dict[str, str], kind: Kind
) -> None:
    assert kind_of(method, route, asked, is_known=True, is_open=False) == kind
    assert kind_of(method, route, asked, is_known=False, is_open=False) == "nobody"


async def test_by_person_a_key_asks_no_oftener_than_a_session(edge: ConsoleEdge) -> None:
    body = {"q": NUMBER, "reason": "The citizen called"}
    wear_out(edge, "find", "operator-1")
    async with edge.program() as program:
        assert (await program.post("/v1/find", json=body)).status_code == 200
        assert (await program.post("/v1/find", json=body)).status_code == 429
        assert (await program.get("/v1/find", params={"q": "77"})).status_code == 200


def test_what_carries_much_away_is_tighter_than_reading() -> None:
    rates = {kind: limit.calls / limit.window_s for kind, limit in LIMITS.items()}
    assert all(rates[kind] < rates["read"] for kind in TIGHT.values())


def test_many_who_ask_once_are_no_one_who_asks_often() -> None:
    limits = Limits(Ticks())
    for n in range(LIMITS["export"].calls * 3):
        limits.take("export", f"somebody {n}")
    for _ in range(LIMITS["export"].calls):
        limits.take("export", "one")
    with pytest.raises(Refusal, match="wait 600 seconds"):
        limits.take("export", "one")
