"""Every topic: who writes it, who reads it, what it is for.  `docs/flow.md` is drawn from here."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["external", "events", "flow", "report"]
PORTALS = "portals"  # the only ones from outside that write to a topic themselves
WITH_EFFECTS = ("payment", "notify")  # those that call partners
SERVICES = ("intake", "routing", "payment", "notify", "operations")


@dataclass(frozen=True, slots=True)
class Topic:
    """A record of the registry.

    `external`: messages from outside the lanes, identified by (source, id); `events`: what one
    service decided, numbered 1, 2, 3 … per application; `flow`: counts for live tables, which may
    be approximate; `report`: what was found of partners' statements, keyed by partner.
    """

    name: str
    kind: Kind
    written_by: tuple[str, ...]
    read_by: tuple[str, ...]
    purpose: str

    @property
    def is_laned(self) -> bool:
        """Tell whether its key is an application: lanes read it."""
        return self.kind in ("external", "events")


TOPICS: dict[str, Topic] = {
    t.name: t
    for t in (
        Topic(
            "portal.submissions",
            "external",
            (PORTALS, "intake edge", "operations"),
            ("intake", "operations"),
            "what portals hand in: applications and what follows on them, encrypted to intake;"
            " dead letters sent again",
        ),
        Topic(
            "intake.inbox",
            "external",
            ("intake edge", "intake", "intake timers", "operations"),
            ("intake", "operations"),
            "supplements, corrections, withdrawals, parents' and children's letters, fired timers,"
            " releases, and that operators had sealed fields opened",
        ),
        Topic(
            "intake.events",
            "events",
            ("intake",),
            ("routing", "payment", "notify", "operations", PORTALS),
            "registered, refused, supplemented, corrected, withdrawn; parents moved, ended",
        ),
        Topic(
            "routing.inbox",
            "external",
            ("routing edge", "routing timers", "operations"),
            ("routing", "operations"),
            "what officers and provincial systems do, fired timers, releases",
        ),
        Topic(
            "routing.events",
            "events",
            ("routing",),
            ("intake", "payment", "notify", "operations"),
            "routed, accepted, in processing, settled, returned and the rest of the dossier's life",
        ),
        Topic(
            "payment.inbox",
            "external",
            (
                *("payment edge", "payment effects", "payment timers", "payment reconciliation"),
                "operations",
            ),
            ("payment", "operations"),
            "bank callbacks, orders made, answers to queries, citizens' choices, statements' words,"
            " refunds and allowances asked, checked and answered, operators' questions, fired"
            " timers, releases",
        ),
        Topic(
            "payment.events",
            "events",
            ("payment",),
            (
                *("routing", "notify", "operations"),
                *("payment effects", "payment edge", "payment webhooks"),
            ),
            "fees assessed or waived, orders, questions to partners, settlements, receipts,"
            " refunds, allowances",
        ),
        Topic(
            "payment.reconciliation",
            "report",
            ("payment reconciliation", "payment edge", "payment breaks", "operations"),
            ("payment breaks", "operations money"),
            "partners' statements reconciled, breaks opened and closed, operators' words to close"
            " them",
        ),
        Topic(
            "notify.inbox",
            "external",
            ("notify edge", "notify effects", "notify timers", "operations"),
            ("notify", "operations"),
            "what providers said of a notice, citizens' preferences, feedback and petitions, what"
            " officers do about these, what is told to many, or again, fired timers, releases",
        ),
        Topic(
            "notify.events",
            "events",
            ("notify",),
            ("operations", "notify effects"),
            "notices requested, sent, delivered, failed, tried again, dropped, receipts missing;"
            " feedback recorded; petitions received, answered, disputed, closed",
        ),
        Topic(
            "operations.flow",
            "flow",
            ("operations",),
            ("operations tables",),
            "counts per stage, unit and second for the live tables",
        ),
    )
}


def dead(topic: str) -> str:
    """Return the topic that keeps what `topic` brought and nobody can read, and what operators did
    about it.
    """
    return f"{topic}.dead"


def parked(topic: str) -> str:
    """Return the topic that tells operators of what a lane holds from `topic`."""
    return f"{topic}.parked"


def reads(service: str) -> tuple[str, ...]:
    """Return the topics that a service's lanes read."""
    return tuple(t.name for t in TOPICS.values() if service in t.read_by and t.is_laned)


def aside() -> tuple[str, ...]:
    """Return the topics of what lanes could not read or decide; operations reads them."""
    read = [t.name for t in TOPICS.values() if t.is_laned]
    return (*(dead(t) for t in read), *(parked(t) for t in read))


def groups() -> dict[str, tuple[str, ...]]:
    """Return every consumer group with the topics it reads; the live tables' is Faust's own."""
    lanes = {service: reads(service) for service in SERVICES}
    effects = {f"{service}-effects": (f"{service}.events",) for service in WITH_EFFECTS}
    more = {
        "payment-webhooks": ("payment.events",),
        "payment-breaks": ("payment.reconciliation",),
        "operations-aside": aside(),
        "operations-money": ("payment.reconciliation",),
    }
    return lanes | effects | more


def all_names() -> tuple[str, ...]:
    """Return every topic to be created, notices to operators included."""
    return (*TOPICS, *aside())
