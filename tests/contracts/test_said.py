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
EDITION = "catalogue_version"
NO_EDITION = {  # decided types, and why no reference data play a part
    "application.conflicted": "another content under the same id",
    "application.supplemented": "passed on; what may be attached is no reference data",
    "application.withdrawn": "passed on",
    "interlinked.moved": "by the set that the parent came in with",
    "interlinked.ended": "by the set that the parent came in with",
    "payment.create.requested": "as the fee was assessed",
    "payment.query.refused": "what an operator asked",
    "payment.query.requested": "a timer",
    "payment.requested": "as the fee was assessed",
    "payment.settled": "what the partner said",
    "payment.failed": "what the partner said",
    "payment.expired": "what the partner said, or nothing",
    "payment.mismatched": "what the partner said",
    "payment.overpaid": "what the partner said",
    "refund.proposed": "what came in, and what is needed",
    "refund.waiting": "what came in, and what is needed",
    "refund.requested": "as it was proposed",
    "refund.query.requested": "a timer",
    "refund.done": "what the partner said",
    "refund.failed": "what the partner said",
    "refund.refused": "what an operator asked",
    "refund.retry_refused": "what operators asked",
    "refund.rejected": "what a person said",
    "disbursement.waiting": "as it was proposed",
    "disbursement.retry_refused": "what operators asked",
    "disbursement.requested": "as it was proposed",
    "disbursement.query.requested": "a timer",
    "disbursement.done": "what the partner said",
    "disbursement.failed": "what the partner said",
    "disbursement.rejected": "what a person said",
    "receipt.issued": "as the fee was assessed",
    "receipt.adjusted": "as the fee was assessed",
    "receipt.replaced": "as the fee was assessed",
    "receipt.invalidated": "what was given back, or as the fee was assessed",
    "fee.overpaid": "as the fee was assessed",
    "fee.reassessment_rejected": "nothing was assessed",
    "notice.requested": "templates",
    "notice.query.requested": "a timer",
    "notice.sent": "what the gateway said",
    "notice.receipt_missing": "a timer",
    "notice.delivered": "what the gateway said",
    "notice.again.refused": "what an operator asked",
    "notice.reopened": "what an operator asked",
    "notice.contradicted": "what the gateway said",
    "notice.failed": "what the gateway said",
    "notice.dropped": "what has become of the application",
    "feedback.recorded": "what the citizen said",
    "feedback.rejected": "what the citizen said",
}
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


def fields(type_: str) -> set[str]:
    return set(CONTRACTS[type_].__struct_fields__)


def lacks(message: dict[str, Any], name: str) -> bool:
    return name in fields(message["type"]) and not message["data"].get(name)


def is_on_demand(message: dict[str, Any]) -> bool:
    """Whether this is a fee that an officer demanded: its amount is no catalogue's."""
    return message["type"] == "fee.assessed" and message["data"]["moment"] == "on_demand"


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


def test_every_decision_says_by_which_edition_or_needs_none() -> None:
    decided = {t for t in CONTRACTS if is_decided(t) and t not in OURS}
    silent = {t for t in decided if EDITION not in fields(t)}
    assert silent == NO_EDITION.keys()


def test_a_decision_names_the_editions_it_was_decided_by(said) -> None:
    told = [m for _, m in said if m["type"] in CONTRACTS and EDITION in fields(m["type"])]
    told = [m for m in told if not is_on_demand(m)]
    names = [name for m in told for name in (EDITION, "forms_version") if name in fields(m["type"])]
    assert names
    nameless = [m["type"] for m in told for n in (EDITION, "forms_version") if lacks(m, n)]
    assert nameless == []


def test_most_of_what_services_can_say_was_said(said) -> None:
    types = {m["type"] for _, m in said}
    assert len(types) > 20
    assert {"application.corrected", "application.correction_allowed"} <= types
