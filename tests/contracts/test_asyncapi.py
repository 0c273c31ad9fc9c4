"""The AsyncAPI document: valid by the published schema, and true of the code."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from deploy.contracts.published import files
from services.intake import lane as intake
from services.notify import lane as notify
from services.notify.domain import Policy
from services.payment import lane as payment
from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from services.routing import lane as routing
from services.routing.domain.rules import load_rules
from shared.catalogue import load
from shared.contracts import CARRIED, document, producer
from shared.contracts.routes import text
from shared.events import CONTRACTS
from shared.lanes.table import LaneTable
from shared.topics import SERVICES, TOPICS, all_names, reads

PUBLISHED = json.loads((Path(__file__).parent / "published" / "asyncapi-3.0.0.json").read_text())
TERMS = Terms(
    partner="vnpay",
    lifetime_s=3_600,
    min_vnd=1,
    max_vnd=10**9,
    active_from=datetime(2025, 7, 1, tzinfo=UTC),
)
UNUSED: Any = None
TABLES: tuple[LaneTable[Any, Any], ...] = (
    intake.table(UNUSED),
    routing.table(load(), load_rules()),
    payment.table(load(), UNUSED, (TERMS,), Pace(), UNUSED),
    notify.table(Policy()),
)


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(files()["contracts/asyncapi.json"])
    return made


@pytest.fixture(scope="module")
def check() -> Draft7Validator:
    return Draft7Validator(PUBLISHED)


def test_the_document_keeps_to_the_published_schema(whole, check) -> None:
    assert [(list(e.absolute_path), e.message[:200]) for e in check.iter_errors(whole)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("info", "title"), None),
        (("channels", "intake.events", "address"), 7),
        (("operations", "intake.send.intake.events", "action"), "publish"),
        (("operations", "intake.send.intake.events", "channel"), None),
        (("components", "messages", "fee.waived", "payload"), "fee.waived"),
    ],
)
def test_a_planted_mistake_is_seen(whole, check, path, value) -> None:
    broken = deepcopy(whole)
    inner = broken
    for part in path[:-1]:
        inner = inner[part]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    assert not check.is_valid(broken)


def test_whatever_is_referred_to_is_there(whole) -> None:
    def refs(node: Any) -> list[str]:
        if isinstance(node, list):
            return [ref for each in node for ref in refs(each)]
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [ref for each in node.values() for ref in refs(each)]
        return []

    found = refs(whole)
    assert found
    for ref in found:
        target = whole
        for part in ref.removeprefix("#/").split("/"):
            target = target[part]


def test_every_topic_is_a_channel_and_every_message_is_on_one(whole) -> None:
    assert set(whole["channels"]) == set(all_names())
    assert {t for types in CARRIED.values() for t in types} == set(CONTRACTS)
    assert all(CARRIED[name] for name in all_names())


def test_every_writer_sends_and_every_reader_receives(whole) -> None:
    told = {
        (op["action"], name.split(".")[0], op["channel"]["$ref"].removeprefix("#/channels/"))
        for name, op in whole["operations"].items()
    }
    for topic in TOPICS.values():
        for party in topic.written_by:
            assert ("send", party.replace(" ", "-"), topic.name) in told
        for party in topic.read_by:
            assert ("receive", party.replace(" ", "-"), topic.name) in told


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.service)
def test_a_lane_decides_only_what_its_topics_carry(table: LaneTable[Any, Any]) -> None:
    carried = {t for name in reads(table.service) for t in CARRIED[name]}
    assert set(table.decisions) <= carried


def test_a_service_says_what_it_says_on_its_own_topics_only() -> None:
    for service in SERVICES:
        own = {
            name for name, types in CARRIED.items() if any(producer(t) == service for t in types)
        }
        assert {name.split(".")[0] for name in own} == {service}


def test_the_keys_and_the_header_of_a_message_are_told(whole) -> None:
    for name, message in whole["components"]["messages"].items():
        assert "key" in message["bindings"]["kafka"], name
        assert "traceparent" in message["headers"]["properties"]
    assert all(channel["x-partition"] for channel in whole["channels"].values())


def test_every_message_has_its_recorded_example(whole) -> None:
    examples = {
        name: [e["payload"]["type"] for e in message["examples"]]
        for name, message in whole["components"]["messages"].items()
    }
    assert examples == {name: [name] * len(types) for name, types in examples.items()}


def test_what_is_served_differs_from_what_is_kept_by_the_examples_only(whole) -> None:
    for message in whole["components"]["messages"].values():
        del message["examples"]
    assert whole == json.loads(text(document()))
