"""What the real services say in the simulated world keeps to the published schemas."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from deploy.simulation.host import REAL
from deploy.simulation.services_world import ServicesWorld
from deploy.simulation.world import World
from shared.contracts import CARRIED, event_schema, is_decided
from shared.events import CONTRACTS, UNREADABLE

SEEDS = range(6)
OURS = ("record.dead", "record.parked", "notice.answered", "payment.queried", "timer.fired")


@pytest.fixture(scope="module")
def said() -> list[tuple[str, dict[str, Any]]]:
    """Every message of ours, with its topic; what people send is wrong at times, by design."""
    found = []
    for seed in SEEDS:
        world = World(seed, ServicesWorld(seed), REAL)
        world.run()
        for (topic, _), records in world.log.records.items():
            found += [(topic, m) for r in records if is_ours((m := read(r.value)).get("type", ""))]
    return found


def read(value: bytes) -> dict[str, Any]:
    """The message, empty if it is none."""
    try:
        return msgspec.json.decode(value, type=dict[str, Any])
    except UNREADABLE:
        return {}


def is_ours(type_: str) -> bool:
    return type_ in OURS or (type_ in CONTRACTS and is_decided(type_))


def test_it_keeps_to_the_schema_of_its_type(said) -> None:
    checks = {t: Draft202012Validator(event_schema(t)) for t in CONTRACTS}
    wrong = Counter(
        (m["type"], e.json_path, e.message[:120])
        for _, m in said
        for e in checks[m["type"]].iter_errors(m)
    )
    assert dict(wrong) == {}


def test_it_stands_on_a_topic_that_carries_it(said) -> None:
    assert [(t, m["type"]) for t, m in said if m["type"] not in CARRIED[t]] == []


def test_most_of_what_services_can_say_was_said(said) -> None:
    types = {m["type"] for _, m in said}
    assert len(types) > 20
