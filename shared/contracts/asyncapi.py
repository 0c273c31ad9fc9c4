"""The AsyncAPI 3.0 document: topics, who sends and receives on them, and every message.

It describes the whole system at once, so an operation is named after who does it:
`payment-effects.send.payment.inbox`.  Examples are given from outside: they are recorded messages.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.contracts.carried import CARRIED
from shared.contracts.schemas import TRACEPARENT, UUID, Schema, data_schema, envelope_schema
from shared.events import CONTRACTS
from shared.topics import SERVICES, TOPICS, Topic, aside, dead, parked

Examples = Mapping[str, Sequence[Mapping[str, Any]]]

BINDING = "0.5.0"
PARTITION = "(murmur2(key) & 0x7fffffff) % partitions"  # as the Java client's default has it
ABOUT = """\
The record-processing backbone of a public-service portal. Every message is a CloudEvents 1.0 event
in JSON, structured mode.

Order: a message's key is the application id, a UUID in lower case with hyphens; all topics have the
same number of partitions, so one application has one order. A service numbers its events of one
application 1, 2, 3 … in `sequence`. Delivery is at least once: drop what you have seen, by `source`
and `id`.

Writing: `acks=all`. Unknown fields in messages from outside are refused; ignore those that you do
not know in what you read."""
KINDS = {
    "external": "Messages from outside the lanes, told apart by `source` and `id`.",
    "events": "What one service decided, numbered for each application.",
    "flow": "Counts for live tables; approximate.",
    "report": "Told apart by `source` and `id`; the key is the partner.",
}


def document(examples: Examples | None = None) -> dict[str, Any]:
    """Return the document; `examples` are whole messages, by type."""
    components: dict[str, Schema] = {}
    for type_ in sorted(CONTRACTS):
        data, parts = data_schema(type_, "#/components/schemas/{name}")
        components |= {type_: envelope_schema(type_, data), **parts}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:motcua",
        "info": {
            "title": "motcua",
            "version": "1",
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {name: _channel(name) for name in CARRIED},
        "operations": dict(sorted(_operations())),
        "components": {
            "messages": {t: _message(t, (examples or {}).get(t, ())) for t in sorted(CONTRACTS)},
            "schemas": dict(sorted(components.items())),
        },
    }


def _channel(name: str) -> dict[str, Any]:
    refs = {t: {"$ref": f"#/components/messages/{t}"} for t in CARRIED[name]}
    return {
        "address": name,
        "description": _purpose(name),
        "messages": refs,
        "bindings": {"kafka": {"topic": name, "bindingVersion": BINDING}},
        "x-partition": PARTITION,
    }


def _purpose(name: str) -> str:
    if name in TOPICS:
        topic = TOPICS[name]
        return f"{topic.purpose[0].upper()}{topic.purpose[1:]}. {KINDS[topic.kind]}"
    source, _, kind = name.rpartition(".")
    if kind == "dead":
        return f"What `{source}` brought and nobody can read, sealed, with the reason."
    return f"What a lane holds from `{source}` until an operator releases it."


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for topic in TOPICS.values():
        yield from (_operation(party, "send", topic.name) for party in topic.written_by)
        yield from (_operation(party, "receive", topic.name) for party in topic.read_by)
        if not topic.is_laned:
            continue
        for name in (dead(topic.name), parked(topic.name)):
            yield from (_operation(lane, "send", name) for lane in _lanes(topic))
        yield _operation("operations", "send", dead(topic.name))
    yield from (_operation("operations aside", "receive", name) for name in aside())


def _lanes(topic: Topic) -> Iterator[str]:
    """Yield the services whose lanes read a topic: operations decides nothing."""
    return (party for party in topic.read_by if party in SERVICES and party != "operations")


def _operation(party: str, action: str, name: str) -> tuple[str, dict[str, Any]]:
    """Return an operation under its name; who reads does so as a consumer group of that name."""
    who = party.replace(" ", "-")
    told: dict[str, Any] = {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": f"{party} {'writes' if action == 'send' else 'reads'} {name}",
        "tags": [{"name": party.split()[0]}],
    }
    if action == "receive":
        group = {"type": "string", "const": who}
        told["bindings"] = {"kafka": {"groupId": group, "bindingVersion": BINDING}}
    return f"{who}.{action}.{name}", told


def _message(type_: str, examples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    contract = CONTRACTS[type_]
    key = {"type": "string", "pattern": f"^{UUID}$", "description": "the application id"}
    told: dict[str, Any] = {
        "name": type_,
        "title": contract.__name__,
        "summary": " ".join((contract.__doc__ or "").partition("\n\n")[0].split()),
        "contentType": "application/cloudevents+json",
        "headers": {
            "type": "object",
            "properties": {"traceparent": {"type": "string", "pattern": f"^{TRACEPARENT}$"}},
        },
        "payload": {"$ref": f"#/components/schemas/{type_}"},
        "bindings": {"kafka": {"key": _KEYS.get(type_, key), "bindingVersion": BINDING}},
    }
    if examples:
        told["examples"] = [{"name": type_, "payload": payload} for payload in examples]
    return told


_PARTNER: Schema = {"type": "string", "description": "the partner"}
_PERHAPS: Schema = {
    "type": ["string", "null"],
    "description": "the application id, null where it is not known",
}
_KEYS: Mapping[str, Schema] = {
    **dict.fromkeys(CARRIED["payment.reconciliation"], _PARTNER),
    "flow.counted": {"type": "string", "description": "the stage"},
    **dict.fromkeys(("record.dead", "record.answered"), _PERHAPS),
}
