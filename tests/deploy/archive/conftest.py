"""Applications as they stand in the journals of a real database, each of another kind."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import bson
import msgspec
import pytest

from deploy.archive.books import Book, decode, open_books
from deploy.archive.closed import TABLE
from services.intake.domain.dossier import Application
from services.notify.domain.moves import Dossier as Notices
from services.notify.domain.moves import Notice
from services.payment.domain.state import Attempt, Money, Obligation, Payment
from services.routing.domain.dossier import Dossier
from services.routing.domain.states import Stage
from shared import events
from shared.bus import Record
from shared.journal import Cause, Decision, Journal, change
from shared.lanes.table import LaneTable, Timer, no_facts
from shared.store import Row

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)
READ_UP_TO = 1_000  # every service, of every topic it is caused by
TOPICS = {"intake": "portal.submissions", "routing": "intake.events"}
TOPICS |= {"payment": "routing.events", "notify": "routing.events"}


def application(n: int, at: datetime = LONG_AGO) -> str:
    return str(UUID(int=int(at.timestamp() * 1_000) << 80 | 7 << 76 | 2 << 62 | n))


INTAKE = Application(
    status="registered", portal="p", content_hash="0" * 64, decided_at=LONG_AGO, code=10
)
PAID = Payment(
    obligations=(Obligation(status="settled", moment="at_submission", lines=(), total_vnd=16_000),),
    attempts=(
        Attempt(
            number=1,
            obligation=0,
            reference="DVC1",
            partner="vnpay",
            amount_vnd=16_000,
            opened_at=LONG_AGO,
            expires_at=LONG_AGO,
            status="paid",
        ),
    ),
    money=(
        Money(
            partner="vnpay",
            reference="DVC1",
            transaction="1",
            amount_vnd=16_000,
            kept_as="settled",
        ),
    ),
)
TOLD = Notices(
    portal="p",
    contact="v1." + "a" * 200,
    notices={
        f"m{n}/sms": Notice(status="delivered", since=LONG_AGO, params={"due": "x" * 60})
        for n in range(8)
    },
)
LIVES: dict[str, tuple[Any, ...]] = {
    "intake": (INTAKE,),
    "routing": tuple(
        Dossier(stage=s, dossier_code="G09.20-20260822-0000001", facts={"why": "đủ" * 100})
        for s in (Stage.SUBMITTED, Stage.ACCEPTED, Stage.PROCESSING, Stage.SETTLED, Stage.RETURNED)
    ),
    "payment": (Payment(), PAID),
    "notify": tuple(
        msgspec.structs.replace(TOLD, notices=dict(list(TOLD.notices.items())[:n]))
        for n in range(1, 9)
    ),
}


def versions(
    service: str, name: str, states: tuple[Any, ...], at: datetime = LONG_AGO, **last: Any
) -> list[Row]:
    """Return the journal of an application in one service; `last` changes the last decision."""
    closing = TABLE[service]
    schema = last.pop("schema", closing.schema)
    table = LaneTable(service, closing.state, {}, no_facts, schema=schema)
    unasked: Any = None
    journal: Journal[Any] = Journal(unasked, table)
    made: list[Decision[Any]] = []
    for n, state in enumerate(states, start=1):
        text, handled = events.encode(state), tuple(f"/somebody m{k}" for k in range(n))
        latest = made[-1] if made else None
        made.append(
            Decision(
                application=name,
                version=n,
                at=at,
                cause=Cause(TOPICS[service], 0, 5, f"m{n}"),
                state=state,
                state_json=text,
                traceparent="00-x",
                seen={"intake": n},
                handled=handled,
                sequence=n,
                emitted=(b'{"sealed":"' + b"s" * 900 + b'"}',),
                change=change(latest, state, text, handled, ()),
            )
        )
    if made:
        made[-1] = msgspec.structs.replace(made[-1], **last)
    return [journal.row(d) for d in made]


class Books:
    """Journals of a database of their own."""

    def __init__(self, url: str, name: str) -> None:
        from pymongo import MongoClient

        self.client: MongoClient[Row] = MongoClient(url, tz_aware=True)
        self.client.drop_database(name)
        self.database = self.client[name]
        for service in TABLE:
            self.database.create_collection(f"{service}.journal")
        self.opened = ExitStack()
        self.books = dict(self.opened.enter_context(open_books(url, name)))
        self.committed = {
            service: {(TOPICS[service], 0): READ_UP_TO, ("payment.inbox", 0): READ_UP_TO}
            for service in TABLE
        }

    def put(self, name: str, lives: dict[str, tuple[Any, ...]] = LIVES, **more: Any) -> str:
        """Journal an application; `more`: what is said of its last version in one service."""
        for service, states in lives.items():
            rows = versions(service, name, states, **more.get(service, {}))
            self.database[f"{service}.journal"].insert_many(rows)
        return name

    def rows(self, service: str, name: str) -> list[Row]:
        return [decode(row) for row in self.books[service].rows([name])[name]]

    def all(self) -> dict[str, bytes]:
        """Return every row of every journal, by service and id."""
        return {
            f"{service} {decode(row)['_id']}": row
            for service, book in self.books.items()
            for row in self._of(book, service)
        }

    def _of(self, book: Book, service: str) -> list[bytes]:
        names = self.database[f"{service}.journal"].distinct("application")
        return [row for rows in book.rows(sorted(names)).values() for row in rows]

    async def latest(self, url: str, service: str, name: str) -> Decision[Any] | None:
        """Return what a lane would go on from."""
        from shared.mongo import MongoTable, connect

        opened = connect(url, self.database.name)
        closing = TABLE[service]
        table = LaneTable(service, closing.state, {}, no_facts, schema=closing.schema)
        journal: Journal[Any] = Journal(MongoTable(opened[f"{service}.journal"]), table)
        try:
            recent = await journal.recent([name], lambda _: True)
            latest = await journal.latest(name)
            assert recent[name][-1] == latest
            return latest
        finally:
            opened.client.close()


@pytest.fixture
def books(mongo_url: str, request: pytest.FixtureRequest) -> Iterator[Books]:
    made = Books(mongo_url, f"archive_{abs(hash(request.node.name)) % 10**9}")
    yield made
    made.client.drop_database(made.database.name)
    made.client.close()
    made.opened.close()


HELD = Record("routing.inbox", 0, 7, 99, b"key", b"value", ())
SOON = Timer("later", NOW + timedelta(days=1))


class Make:
    """What a test is given of this module."""

    NOW, LONG_AGO, LIVES, INTAKE, PAID, TOLD = NOW, LONG_AGO, LIVES, INTAKE, PAID, TOLD
    HELD, SOON = HELD, SOON
    application = staticmethod(application)
    versions = staticmethod(versions)

    @staticmethod
    def through_bson(rows: list[Row]) -> list[Row]:
        return [decode(bson.encode(row)) for row in rows]


@pytest.fixture
def make() -> type[Make]:
    return Make
