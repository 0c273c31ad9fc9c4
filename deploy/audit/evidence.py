"""Reads a whole system from outside: every topic to its end, every journal, what partners say."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec
from motor.motor_asyncio import AsyncIOMotorCollection

from deploy.log.reading import decoded, whole
from shared import topics
from shared.archived import living
from shared.bus import Record
from shared.changes import unfold
from shared.events import Event
from shared.kafka.records import record
from shared.mongo import connect
from shared.store import Row

JOURNALED = ("intake", "routing", "payment", "notify")
RECORDS_LIMIT = 2_000_000
SEALS = "vault."  # its collections hold wrapped keys, nothing of a person


@dataclass(frozen=True, slots=True)
class Heard:
    """A record with its envelope; None: it has none that can be read."""

    record: Record
    event: Event | None

    def data(self) -> dict[str, Any]:
        """Return the event's data as JSON values."""
        assert self.event is not None
        content: dict[str, Any] = msgspec.json.decode(self.event.data)
        return content


@dataclass(frozen=True, slots=True)
class Payment:
    """What a partner moved, by its own books.

    Of what was given back `transaction` is the payment's, empty where it was told by order alone.
    """

    reference: str
    transaction: str
    amount_vnd: int
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was found.  `journals` maps a service to its rows, in order of `_id`."""

    log: Mapping[str, list[Heard]]
    journals: Mapping[str, list[Row]]
    acknowledged: Set[str] = frozenset()  # submissions that a portal was promised
    paid: Collection[Payment] = ()
    given_back: Collection[Payment] | None = None  # of these payments; None: nobody looked
    befell: Mapping[tuple[str, str], int] = field(default_factory=dict)  # partners' calls to us
    paid_out: Collection[Payment] | None = None  # of allowances; None: nobody looked
    handed: Mapping[str, int] = field(default_factory=dict)  # notice key → times handed
    lost: Collection[str] = ()  # of these keys those that no device has, as carriers say
    unasked: Collection[str] = ()  # and those whose carrier cannot be asked
    carried: Mapping[tuple[str, str], int] = field(default_factory=dict)  # what befell carriers
    personal: Collection[str] = ()  # values that must stand nowhere in the clear
    texts: Mapping[str, bytes] = field(default_factory=dict)  # log files and the like
    collections: Mapping[str, list[Row]] = field(default_factory=dict)  # all but journals, vault
    told: Mapping[str, Any] = field(default_factory=dict)  # what operations counts
    unreadable: Set[bytes] = frozenset()  # keys of what was put there for nobody to take
    mended: Set[bytes] = frozenset()  # and of what was put there wrong, to be mended and taken

    def events_of(self, service: str) -> list[Heard]:
        """Return the first occurrence of each event of a service, in log order per lane."""
        first: dict[str, Heard] = {}
        for heard in self.log[f"{service}.events"]:
            if heard.event:
                first.setdefault(heard.event.id, heard)
        return list(first.values())


async def read_log(kafka_url: str, lanes: int) -> dict[str, list[Heard]]:
    """Return every record of every topic, as of now."""
    found: dict[str, list[Heard]] = {name: [] for name in topics.all_names()}
    async for messages in whole(kafka_url, list(found), lanes):
        for message in messages:
            found[message.topic].append(Heard(record(message), decoded(message.value)))
    return found


async def read_journals(mongo_url: str, database: str) -> dict[str, list[Row]]:
    """Return every row of every journal, by service, each with its whole state; of what is archived
    only what stands for it.
    """
    opened = connect(mongo_url, database)
    try:
        return {service: _whole(await _all(opened[f"{service}.journal"])) for service in JOURNALED}
    finally:
        opened.client.close()


def _whole(rows: list[Row]) -> list[Row]:
    each = groupby(rows, key=lambda row: row["_id"].partition("/")[0])
    return [row for _, own in each for row in unfold(living(list(own)))]


async def _all(collection: AsyncIOMotorCollection[Row]) -> list[Row]:
    return await collection.find({}, sort=[("_id", 1)]).to_list(RECORDS_LIMIT)


async def read_collections(mongo_url: str, database: str) -> dict[str, list[Row]]:
    """Return every row of every other collection but the vault's, by name."""
    journals = {f"{service}.journal" for service in JOURNALED}
    opened = connect(mongo_url, database)
    try:
        return {
            name: await opened[name].find({}).to_list(RECORDS_LIMIT)
            for name in sorted(await opened.list_collection_names())
            if name not in journals and not name.startswith((SEALS, "system."))
        }
    finally:
        opened.client.close()
