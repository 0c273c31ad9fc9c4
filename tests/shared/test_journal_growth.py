"""What one application costs in a journal grows with what happens to it, not with its square."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import bson
import msgspec
import pytest

from services.intake.domain.dossier import Application
from services.intake.lane import table as intake
from services.notify import lane as notices
from services.notify.domain import Policy
from services.notify.lane import table as notify
from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from services.payment.lane import Facts
from services.payment.lane import table as payment
from services.payment.references import reference
from services.routing.domain.dossier import Dossier
from services.routing.domain.rules import load_rules
from services.routing.domain.states import Stage
from services.routing.lane import table as routing
from shared import events
from shared.bus import Record
from shared.catalogue import Catalogue, load
from shared.changes import unfold
from shared.events import Data, Event, numbered_id
from shared.events import intake as intake_events
from shared.events import routing as routing_events
from shared.events.notify import ReceiptArrived
from shared.events.payment import Notified
from shared.events.portal import SupplementSubmitted
from shared.journal import Cause, Decision, Journal
from shared.lanes.reading import Reader
from shared.lanes.step import Step
from shared.lanes.table import LaneTable, no_facts

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
UNASKED: Any = None  # a table, a door, references: nothing here asks them
TERMS = Terms(
    partner="vnpay",
    lifetime_s=24 * 3600,
    min_vnd=1_000,
    max_vnd=9_999_999_999,
    active_from=AT - timedelta(days=1),
)


class Said(NamedTuple):
    """A message; `origin`: the service that numbers it, empty: one from outside."""

    data: Data
    origin: str = ""


class References(Mapping[tuple[str, int], str]):
    """Every attempt has its reference."""

    def __getitem__(self, attempt: tuple[str, int]) -> str:
        return reference(*attempt)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Life(NamedTuple):
    """One application in one service: how it begins, and what is said to it for ever."""

    table: LaneTable[Any, Any]
    state: Any
    said: Callable[[int], Said]
    facts: Any = None


@cache
def catalogue() -> Catalogue:
    return load()


def supplements() -> Life:
    state = Application(status="registered", portal="p", content_hash="0" * 64, decided_at=AT)
    supplement = SupplementSubmitted(documents=())
    return Life(intake(UNASKED), state, lambda _: Said(supplement))


def pauses() -> Life:
    state = Dossier(
        stage=Stage.PROCESSING,
        procedure="2.000635",
        receiving_unit="00004",
        competent_unit="00004",
        received_at=AT,
        accepted_at=AT,
        due_current=AT + timedelta(days=9),
    )
    suspended = routing_events.OfficerSuspended(officer="officer-1", note="n" * 80)
    resumed = routing_events.OfficerResumed(officer="officer-1", note="n" * 80)
    moves = suspended, resumed
    return Life(routing(catalogue(), load_rules()), state, lambda n: Said(moves[n % 2]))


def paying() -> LaneTable[Any, Any]:
    return payment(catalogue(), UNASKED, [TERMS], Pace(), UNASKED)


def demand(_: int) -> Said:
    due = routing_events.PaymentDue(national_code=6, officer="o", amount_vnd=50_000)
    return Said(due, "routing")


def paid(order: int, n: int) -> Said:
    taken = Notified(
        partner="vnpay",
        reference=reference(APPLICATION, order),
        transaction=f"{n:08d}",
        amount_vnd=50_000,
        finding="paid",
        code="00",
    )
    return Said(taken)


def demands() -> Life:
    """A demand, then its payment, and so on: three lists of the state grow together."""

    def said(n: int) -> Said:
        return paid(n // 2 + 1, n) if n % 2 else demand(n)

    return Life(paying(), None, said, Facts(References(), {}))


def overpayments() -> Life:
    """One order, paid again and again."""
    return Life(paying(), None, lambda n: paid(1, n) if n else demand(n), Facts(References(), {}))


def milestones() -> Life:
    """An application that goes to and fro; receipts come as often as a gateway likes."""

    def said(n: int) -> Said:
        if n == 0:
            return Said(registered(), "intake")
        asked = {"national_code": 5, "officer": "officer-1"}
        to_and_fro = (
            routing_events.SupplementRequested(**asked, content=f"{n}"),
            routing_events.Processing(**asked, due=AT + timedelta(hours=n)),
            routing_events.Accepted(**asked, due=AT + timedelta(days=n)),
        )
        if n % 4:
            return Said(to_and_fro[n % 4 - 1], "routing")
        key = f"{APPLICATION}/registered/sms/1"
        return Said(ReceiptArrived(key=key, delivered=True, gateway_id=f"{n}", code=""))

    return Life(notify(Policy()), None, said, notices.Facts())


def registered() -> Data:
    return intake_events.Registered(
        dossier_code="G09.20-20261120-0000001",
        portal="sandbox-portal",
        procedure="1.001193",
        receiving_unit="00004",
        residence_unit="00004",
        channel="online",
        applicant_kind="citizen",
        language="vi",
        copies=1,
        documents=(),
        sealed="v1.synthetic",
        contact="v1." + "a" * 150,
        subject_hash="synthetic",
        submitted_at=AT,
        catalogue_version="test",
    )


class Poisoned(msgspec.Struct, frozen=True):
    """A state that nothing is ever decided for."""


def refuse(*_: Any) -> Any:
    raise ValueError("cannot decide this")


def held_records() -> Life:
    """The first event cannot be decided: whatever follows is held behind it."""
    withdrawn = intake_events.Withdrawn(reason="x" * 400)
    table = LaneTable("routing", Poisoned, {withdrawn.TYPE: refuse}, no_facts)
    return Life(table, None, lambda _: Said(withdrawn, "intake"))


LIVES = [supplements, pauses, demands, overpayments, milestones, held_records]


def record(table: LaneTable[Any, Any], said: Said, n: int) -> Record:
    origin = said.origin
    event = Event(
        id=numbered_id(APPLICATION, origin, n + 1) if origin else f"message-{n}",
        source=f"/services/{origin}" if origin else "/partners/somebody/with/a/long/name",
        type=said.data.TYPE,
        subject=APPLICATION,
        time=AT,
        sequence=f"{n + 1:06d}" if origin else "",
        data=msgspec.Raw(events.encode(said.data)),
    )
    topic = f"{origin}.events" if origin else f"{table.service}.inbox"
    if said.data.TYPE == SupplementSubmitted.TYPE:
        topic = "intake.inbox"
    return Record(topic, 0, n, 0, APPLICATION.encode(), events.encode(event))


def decided(life: Life, messages: int) -> list[Decision[Any]]:
    reader = Reader(life.table, 1)
    step: Step[Any, Any] = Step(life.table, reader.again, lambda _: True)
    versions: list[Decision[Any]] = []
    if life.state:
        text = events.encode(life.state)
        cause = Cause("portal.submissions", 0, 0, "m")
        versions.append(
            Decision(
                application=APPLICATION,
                version=1,
                at=AT,
                cause=cause,
                state=life.state,
                state_json=text,
                traceparent="",
            )
        )
    for n in range(messages):
        [reading] = reader.read([record(life.table, life.said(n), n)]).mine
        latest = versions[-1] if versions else None
        versions += step(latest, reading, life.facts, AT + timedelta(hours=n))
    return versions


def rows(life: Life, messages: int, *, always_full: bool = False) -> list[bytes]:
    journal: Journal[Any] = Journal(UNASKED, life.table)
    versions = decided(life, messages)
    if always_full:
        versions = [msgspec.structs.replace(v, change=None) for v in versions]
    return [bson.encode(journal.row(v)) for v in versions]


def growth(life: Life, *, always_full: bool = False) -> float:
    """Return how many times as many bytes twice as many messages take."""
    once, twice = (rows(life, n, always_full=always_full) for n in (200, 400))
    assert len(twice) > 1.9 * len(once)
    return sum(map(len, twice)) / sum(map(len, once))


@pytest.mark.parametrize("life", LIVES)
def test_bytes_grow_with_what_happens(life: Callable[[], Life]) -> None:
    assert growth(life()) <= 2.2


@pytest.mark.parametrize("life", LIVES)
def test_a_journal_that_writes_all_of_it_each_time_is_seen(life: Callable[[], Life]) -> None:
    assert growth(life(), always_full=True) > 2.2


@pytest.mark.parametrize("life", LIVES)
def test_what_is_written_as_changes_is_read_whole(life: Callable[[], Life]) -> None:
    made = life()
    journal: Journal[Any] = Journal(UNASKED, made.table)
    found = list(unfold(bson.decode(row) for row in rows(made, 150)))
    for row, version in zip(found, decided(made, 150), strict=True):
        read = journal.read(row)
        assert read.is_base
        for field in ("state", "handled", "held", "seen", "sequence", "version", "emitted"):
            assert getattr(read, field) == getattr(version, field)


def test_no_service_writes_nothing_but_whole_states_in_a_long_life() -> None:
    for life in LIVES:
        versions = decided(life(), 100)
        assert any(v.change for v in versions)
        assert any(v.change is None for v in versions)


def test_the_default_of_a_field_is_never_too_long_to_be_written_whole() -> None:
    """A field that is left out of the state's text has no text that a splice could cut."""
    from shared.changes import WHOLE

    for life in LIVES:
        for field in msgspec.structs.fields(life().table.state):
            default = field.default
            if field.default_factory is not msgspec.NODEFAULT:
                default = field.default_factory()
            if default is not msgspec.NODEFAULT:
                assert len(msgspec.json.encode(default)) <= WHOLE
