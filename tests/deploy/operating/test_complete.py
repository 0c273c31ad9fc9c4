"""Everything that the console does is in the API and in `motcua` as well: a table of all of it.

Each command is run against an edge that answers by the description, and writes down what is asked.
"""

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from typer.main import get_command
from typer.testing import CliRunner

from deploy.contracts.edges import openapi
from deploy.local.cli import app
from tests.deploy.operating.ways import ELSEWHERE, WAYS

PATHS = openapi("operations")["paths"]
COMMANDS: Any = vars(get_command(app))["commands"]
KEYS = {
    "operator": "made-up",
    "operator:second": "made-up-second",
    "checker": "made-up-checker",
    "admin": "made-up",
    "partner:sen-vang": "x",
}
NUMBER = "001099000001"  # made up
AGREED = ("/approve", "/reject", "/accept", "/check")  # pages on which a second person says so


def _answer(told: dict[str, Any]) -> Any:
    """Return the example of a good answer; an empty one where there is none."""
    good = next((of for status, of in told["responses"].items() if status[0] == "2"), {})
    return good.get("content", {}).get("application/json", {}).get("example", {})


ROUTES: list[tuple[str, Callable[[str], Any], Any]] = [
    (f"{method.upper()} {path}", re.compile(re.sub(r"\{\w+\}", "[^/]+", path)).fullmatch, told)
    for path, methods in sorted(PATHS.items(), key=lambda pair: pair[0].count("{"))
    for method, told in methods.items()
]


class Edge:
    """Answers as the description says, and writes down what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.shown: set[str] = set()  # of keys
        self.url = ""

    async def answer(self, request: Request) -> JSONResponse:
        """Answer the route with the fewest names in it that fits."""
        path, verb = request.url.path, f"{request.method} "
        found = [r for r in ROUTES if r[0].startswith(verb) and r[1](path)]
        assert found, f"{verb}{path} is no route"
        self.asked.append(found[0][0])
        self.shown.add(request.headers["authorization"])
        return JSONResponse(_answer(found[0][2]))


@pytest.fixture(scope="module")
def edge() -> Iterator[Edge]:
    made = Edge()
    app = Starlette(routes=[Route("/{path:path}", made.answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        made.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield made
        server.should_exit = True
        thread.join()


def test_everything_of_the_console_stands_in_the_table_and_nothing_else_does() -> None:
    console = {name for name, _, _ in ROUTES if " /console" in name}
    assert WAYS.keys() | ELSEWHERE.keys() == console
    assert WAYS.keys().isdisjoint(ELSEWHERE)


@pytest.mark.parametrize("page", WAYS)
def test_all_of_it_is_a_route_of_the_api(page: str) -> None:
    assert WAYS[page].api in {name for name, _, _ in ROUTES}


@pytest.mark.parametrize("page", [page for page, way in WAYS.items() if not way.reads])
def test_all_of_it_is_a_command_that_asks_for_that_route(
    page: str, edge: Edge, tmp_path: Path
) -> None:
    keys, report = tmp_path / "clients.json", tmp_path / "report"
    keys.write_text(json.dumps({"api_keys": KEYS}))
    report.write_text("{}")
    command = [word.replace("@", f"{report}") for word in WAYS[page].command]
    edge.asked.clear()
    told = ["--at", edge.url, "--keys", f"{keys}", "--json"]
    CliRunner().invoke(app, [*command, *told], input=f"{NUMBER}\n")
    assert WAYS[page].api in edge.asked


@pytest.mark.parametrize("who", ["operator:second", "checker"])
@pytest.mark.parametrize("page", [page for page in WAYS if page.endswith(AGREED)])
def test_what_takes_two_is_agreed_to_with_the_key_of_another(
    page: str, who: str, edge: Edge, tmp_path: Path
) -> None:
    keys = tmp_path / "clients.json"
    keys.write_text(json.dumps({"api_keys": KEYS}))
    edge.asked.clear()
    edge.shown.clear()
    told = ["--at", edge.url, "--keys", f"{keys}", "--as", who, "--json"]
    CliRunner().invoke(app, [*WAYS[page].command, *told])
    assert WAYS[page].api in edge.asked
    assert edge.shown == {f"Bearer {KEYS[who]}"}


@pytest.mark.parametrize("page", [page for page, way in WAYS.items() if way.reads])
def test_a_command_that_asks_no_service_is_there_with_these_words(page: str) -> None:
    name, *words = WAYS[page].command
    assert COMMANDS[name].make_context(name, words)


def test_every_command_of_the_table_says_json() -> None:
    for name in {way.command[0] for way in WAYS.values()}:
        assert "--json" in {o for p in COMMANDS[name].params for o in p.opts}, name
