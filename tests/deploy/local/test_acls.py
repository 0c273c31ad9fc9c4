"""The table of permissions says what the registry says, and nothing beyond it."""

import shlex
from collections.abc import Sequence

import pytest

from deploy.local import acls
from deploy.local.acls import Grant
from shared import topics
from shared.errors import Misconfigured
from shared.topics import groups

PORTALS = ("province-01", "province-79")
PRINCIPALS = (*PORTALS, *topics.SERVICES, acls.BOOTSTRAP)
TABLE = acls.table(PORTALS)

# as sentences a security officer can check, beside the registry that the table is drawn from
WRITES = {
    "province-01": {"portal.submissions"},
    "province-79": {"portal.submissions"},
    "intake": {"portal.submissions", "intake.inbox", "intake.events"},
    "routing": {"routing.inbox", "routing.events"},
    "payment": {"payment.inbox", "payment.events", "payment.reconciliation"},
    "notify": {"notify.inbox", "notify.events"},
    "operations": {
        *("portal.submissions", "intake.inbox", "routing.inbox", "payment.inbox", "notify.inbox"),
        *("payment.reconciliation", "operations.flow", acls.CHANGELOG),
    },
    "bootstrap": set[str](),
}


def named(principal: str, operation: str, kind: str = "topic") -> set[str]:
    rows = (g for g in TABLE if g.principal == principal)
    return {g.name for g in rows if (g.operation, g.kind) == (operation, kind)}


def breaches(table: Sequence[Grant]) -> list[Grant]:
    """What may never be granted, to whomever."""
    return [
        g
        for g in table
        if g.operation == "Write"
        and (
            (g.name.endswith(".events") and g.name != f"{g.principal}.events")
            or (g.name.endswith(".inbox") and g.principal in PORTALS)
        )
    ]


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_a_principal_writes_what_the_registry_says_and_nothing_else(principal: str) -> None:
    own = {n for n in named(principal, "Write") if not n.endswith((".dead", ".parked"))}
    assert own == WRITES[principal]


@pytest.mark.parametrize("principal", PRINCIPALS)
@pytest.mark.parametrize("topic", topics.TOPICS)
def test_every_operation_on_every_topic_is_as_the_registry_has_it(
    principal: str, topic: str
) -> None:
    row = topics.TOPICS[topic]
    known_as = "portals" if principal in PORTALS else principal
    writes = any(w == known_as or w.startswith(f"{known_as} ") for w in row.written_by)
    reads = any(r == known_as or r.startswith(f"{known_as} ") for r in row.read_by)
    creates = principal == acls.BOOTSTRAP
    assert (topic in named(principal, "Write")) is writes
    assert (topic in named(principal, "Read")) is (reads or creates)
    assert (topic in named(principal, "Create")) is creates


@pytest.mark.parametrize("service", sorted({*topics.SERVICES} - {"operations"}))
def test_a_lane_may_set_aside_what_it_reads_and_only_operations_reads_that(service: str) -> None:
    aside = {n for n in named(service, "Write") if n.endswith((".dead", ".parked"))}
    assert aside == {f(t) for t in topics.reads(service) for f in (topics.dead, topics.parked)}
    assert not named(service, "Read") & set(topics.aside())
    assert named("operations", "Read") >= set(topics.aside())


def test_every_group_belongs_to_one_service() -> None:
    owners = {g: [s for s in topics.SERVICES if g in named(s, "Read", "group")] for g in groups()}
    assert owners == {g: [g.partition("-")[0]] for g in groups()}
    assert all(named(portal, "Read", "group") == {portal} for portal in PORTALS)


def test_nobody_writes_another_service_s_events_and_no_portal_an_inbox() -> None:
    assert breaches(TABLE) == []


def test_who_imports_submits_follows_the_answers_and_joins_no_group() -> None:
    extra = {*acls.table(PORTALS, ["migration"])} - {*TABLE}
    assert extra == {
        Grant("migration", "Write", "topic", "portal.submissions"),
        Grant("migration", "Read", "topic", "intake.events"),
        Grant("migration", "Describe", "group", "intake"),
    }


@pytest.mark.parametrize(
    "planted",
    [
        Grant("routing", "Write", "topic", "payment.events"),
        Grant("operations", "Write", "topic", "payment.events"),
        Grant("province-01", "Write", "topic", "payment.inbox"),
        Grant("province-79", "Write", "topic", "intake.events"),
    ],
)
def test_a_planted_breach_is_seen(planted: Grant) -> None:
    assert breaches([*TABLE, planted]) == [planted]


@pytest.mark.parametrize("name", ["payment", "bootstrap", "a b", "", "x;reboot", "*"])
def test_a_portal_under_the_name_of_somebody_else_is_refused(name: str) -> None:
    for asked in ([[name]], [[], [name]]):
        with pytest.raises(Misconfigured, match="name an account of its own"):
            acls.table(*asked)


def test_a_permission_is_a_command_of_kafka_s_own_tool() -> None:
    line = Grant("payment", "Write", "topic", "payment.events").command("kafka:9092")
    assert shlex.split(line) == [
        *("kafka-acls.sh", "--bootstrap-server", "kafka:9092"),
        *("--command-config", "admin.properties", "--add"),
        *("--allow-principal", "User:payment", "--operation", "Write"),
        *("--topic", "payment.events"),
    ]
