"""The OpenAPI documents: valid, complete, and their examples true."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.contracts.compare import inlined
from deploy.contracts.edges import all_openapi
from services.payment.gateways.families import FAMILIES
from shared.openapi import MEANS, PROBLEM_TYPE, ROLES
from shared.topics import SERVICES

SERVICES_FOLDER = Path(__file__).resolve().parents[2] / "services"
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
DOCUMENTS = all_openapi()
FORMATS = Draft202012Validator.FORMAT_CHECKER
# of these a signature, or nothing, is asked
FREE = {"check_receipt", "keys", "form", "form_by_link"} | {
    f"{way}_{family}" for way in ("callback", "return") for family in FAMILIES
}
PRESSED = "/v1/forms/{form}"  # by a citizen, whose browser shows the refusal
CALLBACKS = "/v1/callbacks/"


def operations(service: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    whole = DOCUMENTS[service]
    for path, methods in inlined(whole["paths"], whole).items():
        for method, operation in methods.items():
            yield method, path, operation


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each parameter, body and answer, with what they are called in a failing test."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"body {media_type}", content
    for parameter in operation.get("parameters", ()):
        if "example" in parameter:
            yield f"parameter {parameter['name']}", parameter
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            yield f"{status} {media_type}", content


def examples(content: dict[str, Any]) -> Iterator[Any]:
    if "example" in content:
        yield content["example"]
    yield from (named["value"] for named in content.get("examples", {}).values())
    yield from content.get("schema", {}).get("examples", ())


@pytest.mark.parametrize("service", SERVICES)
class TestTheDocumentOfAService:
    def test_is_valid_openapi_3_1(self, service: str) -> None:
        assert DOCUMENTS[service]["openapi"].startswith("3.1")
        assert list(OpenAPIV31SpecValidator(DOCUMENTS[service]).iter_errors()) == []

    def test_has_a_summary_a_tag_and_a_name_of_its_own_for_every_operation(
        self, service: str
    ) -> None:
        names = [operation["operationId"] for _, _, operation in operations(service)]
        assert len(names) == len(set(names))
        for _, path, operation in operations(service):
            assert len(operation["summary"]) > 8, path
            assert operation["tags"], path
            assert "Request" not in operation["summary"]

    def test_says_who_may_call_what(self, service: str) -> None:
        schemes = DOCUMENTS[service]["components"]["securitySchemes"]
        assert all(s["type"] == "http" and s["scheme"] == "bearer" for s in schemes.values())
        for _, path, operation in operations(service):
            roles = {role for requirement in operation.get("security", ()) for role in requirement}
            is_open = not path.startswith("/v1") or operation["operationId"] in FREE
            assert bool(roles) is not is_open, path
            assert roles <= set(schemes) <= set(ROLES)

    def test_answers_every_error_with_a_problem_document(self, service: str) -> None:
        for _, path, operation in operations(service):
            for status, response in operation["responses"].items():
                if status[0] in "2d" or not path.startswith("/v1") or path.startswith(CALLBACKS):
                    continue
                page = {"text/html"} if path == PRESSED else set()
                assert set(response["content"]) - page == {PROBLEM_TYPE}, (path, status)
                assert response["description"] == MEANS[status]
            if operation.get("security"):
                assert {"401", "403", "503", "default"} <= set(operation["responses"])
        assert "HTTPValidationError" not in json.dumps(DOCUMENTS[service])

    def test_says_when_to_come_again(self, service: str) -> None:
        for _, path, operation in operations(service):
            if operation.get("security"):
                assert "Retry-After" in operation["responses"]["503"]["headers"], path

    def test_describes_every_answer_in_json(self, service: str) -> None:
        for _, path, operation in operations(service):
            for where, content in contents(operation):
                assert content.get("schema"), (path, where)

    def test_has_an_example_of_every_body(self, service: str) -> None:
        for _, path, operation in operations(service):
            for where, content in contents(operation):
                if where.startswith("body"):
                    assert list(examples(content)), (path, where)

    def test_has_examples_that_keep_to_their_schemas(self, service: str) -> None:
        for _, path, operation in operations(service):
            for where, content in contents(operation):
                check = Draft202012Validator(content["schema"], format_checker=FORMATS)
                for example in examples(content):
                    assert [e.message for e in check.iter_errors(example)] == [], (path, where)

    def test_names_no_host(self, service: str) -> None:
        text = json.dumps(DOCUMENTS[service])
        assert "servers" not in DOCUMENTS[service]
        assert "cdn" not in text
        assert "http://" not in text


def test_the_callback_of_every_family_is_described_in_its_own_words() -> None:
    paths = {p: o for _, p, o in operations("payment") if p.startswith(CALLBACKS)}
    assert set(paths) == {f"{CALLBACKS}{family}" for family in FAMILIES}
    assert "ProblemDetails" not in json.dumps(list(paths.values()))
    assert all(text not in json.dumps(list(paths.values())) for text in MEANS.values())
    answers = {path.removeprefix(CALLBACKS): list(o["responses"]) for path, o in paths.items()}
    assert answers["momo"] == ["204", "400", "503"]
    assert not any("content" in r for r in paths[f"{CALLBACKS}momo"]["responses"].values())
    assert answers["neutral"] == ["200", "401", "404", "409", "422", "503"]
    assert answers["casso"] == ["200", "400", "401", "503"]


def test_a_callback_of_a_bank_is_described_with_its_parameters_and_answers() -> None:
    [callback] = [o for _, p, o in operations("payment") if p == "/v1/callbacks/vnpay"]
    assert {p["name"] for p in callback["parameters"]} >= {"vnp_TxnRef", "vnp_SecureHash"}
    [content] = callback["responses"]["200"]["content"].values()
    assert content["schema"]["properties"]["RspCode"]["enum"] == [
        "00",
        "01",
        "02",
        "04",
        "97",
        "99",
    ]


def declared(service: str) -> Iterator[str]:
    """The routes in a service's source, by their functions; not those it names as it runs."""
    for path in sorted((SERVICES_FOLDER / service).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                calls = [d for d in node.decorator_list if isinstance(d, ast.Call)]
                if any(is_route(call) for call in calls):
                    yield node.name


def is_route(call: ast.Call) -> bool:
    is_named = any(keyword.arg == "name" for keyword in call.keywords)
    return isinstance(call.func, ast.Attribute) and call.func.attr in METHODS and not is_named


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_in_the_source_is_published(service: str) -> None:
    names = {operation["operationId"] for _, _, operation in operations(service)}
    found = set(declared(service))
    assert found
    assert found - names == set()


def test_a_planted_mistake_is_seen() -> None:
    broken = json.loads(json.dumps(DOCUMENTS["intake"]))
    broken["paths"]["/v1/applications"]["post"]["responses"]["202"].pop("description")
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())
