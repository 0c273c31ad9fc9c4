"""Who may do what on Kafka, drawn from the topic registry: what is not in the table is denied.

A principal is a service, a portal, whoever imports files, or whoever creates topics; what a
service's edge, effects and timers do, they do in its name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import CreateAclsRequest

from deploy.local.refusals import why
from services.operations.edition import NAMES, Edition
from shared import topics
from shared.errors import Misconfigured
from shared.topics import groups

Operation = Literal["Create", "Read", "Write", "Describe"]
Kind = Literal["topic", "group"]

BOOTSTRAP = "bootstrap"
LIVE_TABLES = "operations-tables"  # Faust: a group, and a topic that it makes for itself
CHANGELOG = f"{LIVE_TABLES}-flow-changelog"

# numbers of Kafka's protocol
_KIND: Mapping[Kind, int] = {"topic": 2, "group": 3}
_OPERATION: Mapping[Operation, int] = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8}
_LITERAL, _ALLOW = 3, 3
_OWN: Sequence[Operation] = ("Create", "Read", "Write")


class Grant(NamedTuple):
    """One permission.  Whoever may read or write a topic may also look at it."""

    principal: str
    operation: Operation
    kind: Kind
    name: str

    def command(self, server: str) -> str:
        """Return the line that grants it with Kafka's own tool."""
        return (
            f"kafka-acls.sh --bootstrap-server {server} --command-config admin.properties --add "
            f"--allow-principal User:{self.principal} --operation {self.operation} "
            f"--{self.kind} {self.name}"
        )


def table(portals: Iterable[str] = ("portal",), importers: Iterable[str] = ()) -> list[Grant]:
    """Return every permission that the system needs, each once, sorted.

    Raises `Misconfigured` for a portal, or an importer, under the name of somebody else.
    """
    named, importing = tuple(portals), tuple(importers)
    taken = (*topics.SERVICES, BOOTSTRAP, *groups(), LIVE_TABLES)
    for name in (*named, *importing):
        if name in taken or not re.fullmatch(r"[\w.-]+", name, re.ASCII):
            raise Misconfigured(
                f"{name!r} cannot be a portal: name an account of its own, in letters, digits, "
                "dots, dashes and underscores."
            )
    return sorted(
        {*_writing(named), *_reading(named), *_own_topics(), *_creating(), *_importing(importing)}
    )


def _writing(portals: Sequence[str]) -> Iterator[Grant]:
    for topic in topics.TOPICS.values():
        for writer in topic.written_by:
            for principal in portals if writer == topics.PORTALS else (_owner(writer),):
                yield Grant(principal, "Write", "topic", topic.name)


def _reading(portals: Sequence[str]) -> Iterator[Grant]:
    for topic in topics.TOPICS.values():
        for reader in topic.read_by:
            for principal in portals if reader == topics.PORTALS else (_owner(reader),):
                yield Grant(principal, "Read", "topic", topic.name)
    for group in {*groups(), *(g for name in NAMES for g in Edition(name).groups), LIVE_TABLES}:
        yield Grant(_owner(group.replace("-", " ")), "Read", "group", group)
    for group in groups():  # an alarm tells who is behind
        yield Grant("operations", "Describe", "group", group)
    for principal in portals:  # a portal's group has its name
        yield Grant(principal, "Read", "group", principal)


def _own_topics() -> Iterator[Grant]:
    """What lanes set aside, and operations reads; and the live tables' own copy."""
    for service in topics.SERVICES:
        for name in topics.reads(service) if service != "operations" else ():
            yield Grant(service, "Write", "topic", topics.dead(name))
            yield Grant(service, "Write", "topic", topics.parked(name))
    for name in topics.aside():
        yield Grant("operations", "Read", "topic", name)
    for topic in topics.TOPICS.values():
        if topic.is_laned:  # what operators did about a dead letter stands behind it
            yield Grant("operations", "Write", "topic", topics.dead(topic.name))
    for operation in _OWN:
        yield Grant("operations", operation, "topic", CHANGELOG)


def _importing(importers: Sequence[str]) -> Iterator[Grant]:
    """`motcua import`: it submits as a portal does, follows the answers, asks how far intake is."""
    for principal in importers:
        yield Grant(principal, "Write", "topic", "portal.submissions")
        yield Grant(principal, "Read", "topic", "intake.events")
        yield Grant(principal, "Describe", "group", "intake")


def _creating() -> Iterator[Grant]:
    """The step that makes topics and first offsets; it writes nothing."""
    for name in topics.all_names():
        yield Grant(BOOTSTRAP, "Create", "topic", name)
        yield Grant(BOOTSTRAP, "Read", "topic", name)
    for group in groups():
        yield Grant(BOOTSTRAP, "Read", "group", group)


def _owner(part: str) -> str:
    """Return the service that a part ("payment edge", "payment effects") belongs to."""
    owner = part.split()[0]
    if owner not in topics.SERVICES:
        raise ValueError(f"nobody in the registry is called {part}")
    return owner


async def grant(kafka_url: str, grants: Sequence[Grant], security: Mapping[str, Any]) -> None:
    """Create these permissions; those that stand already stay.  Raises `Misconfigured`."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url, **security)
    try:
        await admin.start()
        for one in grants:
            # the library has the request and no method for it
            answer = await admin._send_to_controller(_request(one))
            code, message = answer.creation_responses[0]
            if code:
                raise Misconfigured(
                    f"Kafka at {kafka_url} refused {one}: {message or for_code(code).__name__}; "
                    "an authorizer has to be set there, and this account to be a super user."
                )
    except KafkaError as error:
        raise Misconfigured(
            f"Kafka at {kafka_url} did not answer ({why(error)}): see MOTCUA_KAFKA_… and its log."
        ) from error
    finally:
        await admin.close()


def _request(one: Grant) -> CreateAclsRequest:
    return CreateAclsRequest(
        resource_type=_KIND[one.kind],
        resource_name=one.name,
        resource_pattern_type_filter=_LITERAL,
        principal=f"User:{one.principal}",
        host="*",
        operation=_OPERATION[one.operation],
        permission_type=_ALLOW,
    )
