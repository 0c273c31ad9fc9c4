"""Who may do what stands in one table, and every door of operations asks it."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

import services.operations
from deploy.contracts import edges
from services.operations.domain.roles import MAY, Act
from services.operations.reads.naming import OPEN, TOLD
from shared.access import CONSOLE_ROLES, ROLES, Required

SOURCES = Path(services.operations.__file__).parent
KNOWN = {*ROLES, *CONSOLE_ROLES}
# the same over the API and at the console, by method and path
SAME = [
    ("GET", "/v1/stuck", "/console/stuck"),
    ("GET", "/v1/rounds", "/console/rounds"),
    ("POST", "/v1/rounds", "/console/rounds"),
    ("POST", "/v1/rounds/{round_id}/approve", "/console/rounds/{round_id}/approve"),
    ("POST", "/v1/rounds/{round_id}/abort", "/console/rounds/{round_id}/abort"),
    ("GET", "/v1/dead", "/console/dead"),
    ("POST", "/v1/dead/{group}/redrive", "/console/dead/{group}/redrive"),
    ("GET", "/v1/money", "/console/money"),
    ("POST", "/v1/money/breaks/{break_id}/close", "/console/money/breaks/{break_id}/close"),
    ("POST", "/v1/money/breaks/{break_id}/check", "/console/money/breaks/{break_id}/check"),
    ("GET", "/v1/alarms", "/console/alarms"),
    ("GET", "/v1/incidents", "/console/incidents"),
    ("GET", "/v1/indicators", "/console/indicators"),
    ("POST", "/v1/proofs", "/console/proof"),
    ("GET", "/v1/find", "/console/find"),
    ("GET", "/v1/journeys/{name}", "/console/journeys/{name}"),
    (
        "GET",
        "/v1/journeys/{name}/messages/{topic}/{partition}/{offset}",
        "/console/journeys/{name}/messages/{topic}/{partition}/{offset}",
    ),
    ("GET", "/v1/statistics", "/console/statistics"),
    ("POST", "/v1/find", "/console/find"),  # by person: `find_person`, which both ask within
    ("GET", "/v1/reads", "/console/reads"),
    ("GET", "/v1/sessions", "/console/sessions/everybody"),
    ("POST", "/v1/sessions/end", "/console/sessions/everybody/end"),
    ("GET", "/v1/sessions/own", "/console/sessions"),
    ("POST", "/v1/sessions/own/end", "/console/sessions/end"),
]


def test_no_edge_says_of_itself_which_role_it_needs_where_the_table_says_more() -> None:
    texts = {path.name: path.read_text() for path in SOURCES.glob("*_api.py")}
    stale = {name for name, text in texts.items() if "role operator" in text}
    assert stale == set()


def asked(dependant: Dependant) -> Iterator[tuple[str, ...]]:
    """The roles that a route asks for: of a key, or of a session."""
    call: Any = dependant.call
    if isinstance(call, Required):
        yield call._roles
    elif getattr(call, "__qualname__", "").endswith("Door.seat.<locals>.seated"):
        yield inspect.getclosurevars(call).nonlocals["roles"]
    for each in dependant.dependencies:
        yield from asked(each)


def routes(router: Any) -> Iterator[APIRoute]:
    """All routes of a router and of those that it includes."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes(route.original_router)


def doors() -> dict[tuple[str, str], list[tuple[str, ...]]]:
    return {
        (method, route.path): [*asked(route.dependant)]
        for route in routes(edges.operations())
        for method in route.methods
    }


DOORS = doors()


def test_every_act_has_roles_and_every_role_an_act() -> None:
    assert list(MAY) == list(get_args(Act))
    assert all(roles and set(roles) <= KNOWN for roles in MAY.values())
    assert {role for roles in MAY.values() for role in roles} == KNOWN


def test_every_act_is_asked_for_at_a_door_and_every_door_asks_for_an_act() -> None:
    found = {roles for all_ in DOORS.values() for roles in all_}
    assert found == set(MAY.values())


def test_a_door_that_asks_nobody_is_for_those_who_have_no_role() -> None:
    free = {path for (_, path), roles in DOORS.items() if not roles}
    assert free <= OPEN.keys() - TOLD | {"/console"}  # which leads on, to what each may see


@pytest.mark.parametrize(("method", "api", "page"), SAME)
def test_who_may_over_the_api_may_at_the_console(method: str, api: str, page: str) -> None:
    assert DOORS[method, api] == DOORS[method, page] != []


@pytest.mark.parametrize("verdict", ["accept", "reject"])
@pytest.mark.parametrize("where", ["/{topic}/{partition}/{offset}/edits/{number}", "/{group}"])
def test_what_takes_two_is_agreed_to_at_both_doors_by_the_same(where: str, verdict: str) -> None:
    path = f"{where}/{verdict}"
    assert DOORS["POST", f"/v1/dead{path}"] == DOORS["POST", f"/console/dead{path}"]
    assert DOORS["POST", f"/v1/dead{path}"] == [MAY["agree"]]


@pytest.mark.parametrize(
    "path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES))
)
def test_no_other_place_says_who_may_do_what(path: Path) -> None:
    if path.name == "roles.py":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("seat", "require")):
            named = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            assert named == [], f"{path.name}:{node.lineno} names roles: take a row of MAY"
        if isinstance(node, ast.Tuple) and node.elts:
            values = [e.value for e in node.elts if isinstance(e, ast.Constant)]
            is_list = len(values) == len(node.elts) and set(values) <= KNOWN
            assert not is_list, f"{path.name}:{node.lineno} lists roles: take a row of MAY"
