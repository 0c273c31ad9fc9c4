"""What we say to apps, and take from them, is what docs/contracts/push.yaml says."""

from pathlib import Path
from typing import Any

import httpx
import jsonschema
import msgspec
import pytest
import yaml
from openapi_spec_validator import validate

from services.notify.channels import Message
from services.notify.channels.over_http import FINDINGS
from services.notify.channels.push_http import BULK_LIMIT, CODES, PushHttp

PUSH: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "contracts" / "push.yaml").read_text()
)
SCHEMAS = PUSH["components"]["schemas"]
WHOLE = Message(
    key="0198c0de-0000-7000-8000-000000000001/accepted/app/1",
    to="0912345678",
    sender="dvc",
    text="Hồ sơ đã được tiếp nhận.",
    subject="Hồ sơ",
    urgent=True,
)


def schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", "components": PUSH["components"]}


async def said(method: str, *asked: Any) -> tuple[httpx.Request, list[str]]:
    """What we send, and to which operation."""
    seen: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"results": []})

    client = httpx.AsyncClient(base_url="https://app.test", transport=httpx.MockTransport(keep))
    await getattr(PushHttp(client, [b"k" * 32]), method)(asked)
    return seen[0], list(seen[0].headers)


def test_it_is_openapi() -> None:
    validate(PUSH)


@pytest.mark.parametrize(
    ("method", "asked", "name"),
    [
        ("send", WHOLE, "Sending"),
        ("send", WHOLE._replace(urgent=False, subject=""), "Sending"),
        ("ask", WHOLE.key, "Asking"),
    ],
)
async def test_what_we_say_is_of_the_contract(method: str, asked: Any, name: str) -> None:
    request, headers = await said(method, asked)
    operation = PUSH["paths"][request.url.path]["post"]
    assert operation["operationId"] == method
    body = msgspec.json.decode(request.content)
    jsonschema.validate(body, schema(name), jsonschema.Draft202012Validator)
    wanted = {p["name"] for p in PUSH["components"]["parameters"].values()}
    assert wanted <= set(headers)


def test_we_know_every_word_of_theirs_and_no_other() -> None:
    told = SCHEMAS["Said"]["properties"]
    assert told["status"]["enum"] == list(FINDINGS)
    assert told["code"]["anyOf"][0]["enum"] == list(CODES)


def test_the_limits_are_ours() -> None:
    assert SCHEMAS["Sending"]["properties"]["messages"]["maxItems"] == BULK_LIMIT
    assert SCHEMAS["Asking"]["properties"]["references"]["maxItems"] == BULK_LIMIT
