"""Everything that the console does is in the API and in `motcua` as well: a table of all of it.

Each command is run against an edge that answers by the description, and writes down what is asked.
"""

import json
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
from typer.testing import CliRunner, Result

from deploy.local.cli import app
from tests.deploy.operating.answers import routes
from tests.deploy.operating.ways import ELSEWHERE, WAYS, Way

ROUTES = routes()
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


class Edge:
    """Answers as the description says, and writes down what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.shown: set[str] = set()  # of keys
        self.url = ""

    async def answer(self, request: Request) -> JSONResponse:
        """Answer the route with the fewest names in it that fits."""
        path, verb = request.url.path, f"{request.method} "
        found = [r for r in ROUTES if r.name.startswith(verb) and r.fits(path)]
        assert found, f"{verb}{path} is no route"
        self.asked.append(found[0].name)
        self.shown.add(request.headers["authorization"])
        return JSONResponse(found[0].answer)


def assert_well(ended: Result, way: Way) -> None:
    """Fail with what a command raised, or said, where it did not get through."""
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    assert ended.exit_code == way.ends, ended.output


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
    console = {route.name for route in ROUTES if " /console" in route.name}
    assert WAYS.keys() | ELSEWHERE.keys() == console
    assert WAYS.keys().isdisjoint(ELSEWHERE)


@pytest.mark.parametrize("page", WAYS)
def test_all_of_it_is_a_route_of_the_api(page: str) -> None:
    assert WAYS[page].api in {route.name for route in ROUTES}


@pytest.fixture
def run(edge: Edge, tmp_path: Path) -> Callable[..., Result]:
    """Run the command of a page against the edge, with words more."""
    keys, report = tmp_path / "clients.json", tmp_path / "report"
    keys.write_text(json.dumps({"api_keys": KEYS}))
    report.write_text("{}")

    def run(page: str, *more: str) -> Result:
        command = [word.replace("@", f"{report}") for word in WAYS[page].command]
        words = [*command, "--at", edge.url, "--keys", f"{keys}", *more]
        edge.asked.clear()
        return CliRunner().invoke(app, words, input=f"{NUMBER}\n")

    return run


ASKING = [page for page, way in WAYS.items() if not way.reads]


@pytest.mark.parametrize("page", ASKING)
def test_all_of_it_is_a_command_that_asks_for_that_route_and_says_its_answer_as_json(
    page: str, edge: Edge, run: Callable[..., Result]
) -> None:
    ended = run(page, "--json")
    assert_well(ended, WAYS[page])
    assert WAYS[page].api in edge.asked
    assert ended.stdout.count("\n") == 1
    assert json.loads(ended.stdout)


@pytest.mark.parametrize("page", ASKING)
def test_all_of_it_is_a_command_that_draws_the_answer(
    page: str, edge: Edge, run: Callable[..., Result]
) -> None:
    ended = run(page)
    assert_well(ended, WAYS[page])
    assert WAYS[page].api in edge.asked
    assert ended.stdout.strip()


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
