"""What FastAPI cannot know of our edges: who may call, and that every error is a problem document.

Routes say what is their own; what holds for all of them is added here, once.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from fastapi import FastAPI

from shared import edge
from shared.events.data import Problem
from shared.problems import RETRY_AFTER_S

Document = dict[str, Any]

PROBLEM_TYPE = "application/problem+json"
PLAIN = {"Successful Response", "Accepted"}  # where a route says no more of its 202
ROLES: Mapping[str, str] = {
    "portal": "A portal's key.",
    "officer": "The key of an officer, or of a provincial system.",
    "operator": "An operator's key.",
    "checker": "The key of who agrees to what operators ask for.",
    "admin": "The key of who looks after accounts and what they read.",
    "partner": "The key of a bank, or of a gateway that reports to us.",
    "viewer": "The key of who sees all of operations and changes nothing.",
    "unit_officer": "The key of who sees what is with his units.",
}
MEANS: Mapping[str, str] = {
    "202": "It is in the log and will be decided, once; the answer says where to look.",
    "400": "This cannot be read: correct what `detail` names.",
    "401": "Send `Authorization: Bearer <key>` with a key that was given to you.",
    "403": "Your key is of another role.",
    "404": "Not known here, not yours, or not decided yet: look again in a moment.",
    "409": "What stands differs, and stays: repeating this changes nothing.",
    "410": "It is archived: ask an operator.",
    "412": "It has changed since you looked: look again, then decide.",
    "413": "Send less.",
    "415": "Send JSON, with `Content-Type: application/json`.",
    "422": "Correct each field that `problems` names, then send again.",
    "429": "Too much at once: finish some of it or wait, as `detail` says, then try again.",
    "502": "A partner that was asked for this answered in a way that cannot be used.",
    "503": "We cannot say whether this was taken in: send the same again, it will count once.",
    "default": "Any other error.",
}
ABOUT = """\
Every error is a problem document (RFC 9457): `type` is stable, `detail` says what to do,
`problems` names each field by a JSON pointer.

202 means that the message is in the log and will be decided once; it is not yet decided. 409 means
that what stands differs from what you send, and stays. After 503, or no answer, send the same again
with the same id or key: it counts once."""


class ProblemDetails(msgspec.Struct):
    """An error (RFC 9457).  `problems` has one entry for each field that is wrong."""

    type: str
    title: str
    status: int
    detail: str
    problems: tuple[Problem, ...] = ()


class DescribedApp(FastAPI):
    """An app that describes itself this way at `/openapi.json`."""

    def openapi(self) -> Document:
        """Return the description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi())
        return self.openapi_schema


def completed(document: Document) -> Document:
    """Return FastAPI's description with what holds for every operation."""
    document["info"]["description"] = ABOUT
    components = document.setdefault("components", {})
    _state_problems(components.setdefault("schemas", {}))
    used = {role for operation in operations(document) for role in _state_callers(operation)}
    if used:
        bearer = {"type": "http", "scheme": "bearer"}
        components["securitySchemes"] = {
            role: {**bearer, "description": ROLES[role]} for role in ROLES if role in used
        }
    for operation in operations(document):
        _state_errors(operation)
        _state_parameters(operation)
    text = msgspec.json.encode(document).replace(f'"{edge.NULL}"'.encode(), b"null")
    as_json: Document = msgspec.json.decode(text)
    return as_json


def operations(document: Document) -> Iterator[Document]:
    """Yield every operation of a document."""
    for methods in document["paths"].values():
        yield from methods.values()


def _state_problems(schemas: Document) -> None:
    """Put our problem document in the place of what FastAPI answers by itself."""
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    template = "#/components/schemas/{name}"
    _, ours = msgspec.json.schema_components([ProblemDetails], ref_template=template)
    schemas |= ours


def _state_callers(operation: Document) -> list[str]:
    """Replace the scheme of `shared.access.Required` by one requirement for each role; any will
    do.
    """
    roles = [
        role for scheme in operation.get("security", ()) for name in scheme for role in name.split()
    ]
    if roles:
        operation["security"] = [{role: []} for role in roles]
    return roles


def _state_parameters(operation: Document) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "application":
            told = {"description": "the application id, a UUID", "example": edge.APPLICATION}
            parameter.update(told)


def _state_errors(operation: Document) -> None:
    responses = operation["responses"]
    if operation.get("security"):
        for status in ("401", "403", "503", "default"):
            responses.setdefault(status, {"content": {PROBLEM_TYPE: {}}})
    for status, response in responses.items():
        is_automatic = "HTTPValidationError" in str(response)
        if is_automatic or _is_ours(response):
            schema = {"$ref": "#/components/schemas/ProblemDetails"}
            others = {} if is_automatic else response["content"]
            response["content"] = others | {PROBLEM_TYPE: {"schema": schema}}
            response["description"] = MEANS[status]
        if status == "202" and response["description"] in PLAIN:
            response["description"] = MEANS[status]
        if status == "503" and operation.get("security"):
            seconds = {"type": "integer", "examples": [RETRY_AFTER_S]}
            response["headers"] = {"Retry-After": {"description": "seconds", "schema": seconds}}
        if status == "401" and operation.get("security"):
            response["headers"] = {"WWW-Authenticate": {"schema": {"const": "Bearer"}}}
    operation["responses"] = dict(sorted(responses.items()))


def _is_ours(response: Document) -> bool:
    """Tell whether an answer is our problem document: a partner's own says what is in it."""
    ours = response.get("content", {}).get(PROBLEM_TYPE)
    return ours is not None and "properties" not in ours.get("schema", {})
