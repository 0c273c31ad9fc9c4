"""One application as notify sees it; whole valid events of which a test changes what matters."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.notify.domain import Dossier, Policy
from services.notify.domain.providers import Provider, Providers
from services.notify.lane import Facts, table
from shared import events
from shared.contracts import producer
from shared.effects import Request
from shared.errors import Unknown
from shared.events import (
    Data,
    Event,
    cancelling,
    handover,
    intake,
    kernel,
    notify,
    payment,
    routing,
)
from shared.events.data import Consent, Filed
from shared.kinship import child_id
from shared.lanes.table import Arrival, Timer
from shared.vault import Vault
from tests.shared.tables import MemoryTable

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
OFFICER = {"national_code": 1, "officer": "officer-1"}

WHOLE: dict[str, Data] = {
    d.TYPE: d
    for d in (
        intake.Registered(
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
            contact="v1.synthetic-contact",
            subject_hash="synthetic",
            submitted_at=AT,
            catalogue_version="test",
        ),
        intake.Refused(portal="sandbox-portal", problems=(), contact="v1.synthetic-contact"),
        intake.InterlinkedRegistered(
            dossier_code="G09.20-20261120-0000002",
            portal="sandbox-portal",
            procedure="local.interlinked-birth",
            receiving_unit="00004",
            language="vi",
            contact="v1.synthetic-contact",
            submitted_at=AT,
            catalogue_version="test",
            children=(),
        ),
        intake.InterlinkedEnded(outcome="partly_done", needs_person=False, children=()),
        intake.Supplemented(
            documents=(Filed(name="Giấy chứng sinh", sha256="0" * 64),),
        ),
        payment.Requested(
            partner="vnpay",
            reference="R1",
            attempt=1,
            amount_vnd=120_000,
            expires_at=AT + timedelta(days=1),
        ),
        payment.Settled(partner="vnpay", reference="R1", transaction="T1", amount_vnd=120_000),
        payment.Expired(reference="R1"),
        routing.Accepted(**OFFICER, due=AT + timedelta(days=5)),
        routing.NotAccepted(**OFFICER, reason="synthetic"),
        cancelling.Cancelled(**OFFICER, reason="synthetic"),
        routing.Processing(**OFFICER, due=AT + timedelta(days=5)),
        routing.SupplementRequested(**OFFICER, content="synthetic"),
        routing.Resubmitted(national_code=1, acceptance_due=AT),
        routing.PaymentDue(**OFFICER, amount_vnd=1_000),
        routing.Suspended(**OFFICER, reason="synthetic"),
        routing.Apologised(
            **OFFICER, reason="synthetic", due_before=AT, due=AT + timedelta(days=9)
        ),
        handover.Transferred(
            **OFFICER,
            reason="synthetic",
            from_unit="00004",
            receiving_unit="00004",
            competent_unit="00008",
            returning_unit="00004",
            rule="synthetic",
            catalogue_version="test",
        ),
        handover.Readdressed(
            **OFFICER,
            reason="synthetic",
            receiving_unit="00004",
            competent_unit="00004",
            returning_unit="00012",
            rule="synthetic",
            catalogue_version="test",
        ),
        handover.Posted(**OFFICER, tracking="EE123456785VN"),
        handover.DueMoved(
            **OFFICER,
            clock="statutory",
            due_before=AT,
            due=AT + timedelta(days=6),
            cause="synthetic",
            catalogue_version="test",
        ),
        routing.Settled(**OFFICER, on_time=True, returning_unit="00004"),
        handover.PostCameBack(**OFFICER, tracking="EE123456785VN", reason="synthetic"),
        routing.Returned(**OFFICER),
        routing.Closed(national_code=7, reason="synthetic"),
    )
}


class Case:
    """One application's lane: what was handled before changes nothing, as in the real one."""

    def __init__(self, policy: Policy, application: str = APPLICATION) -> None:
        self.policy, self.table, self.application = policy, table(policy), application
        self.dossier: Dossier | None = None
        self.at = AT
        self.unhealthy: frozenset[str] = frozenset()
        self.cancelled: frozenset[str] = frozenset()
        self.emitted: list[Data] = []
        self.timers: list[Timer] = []
        self.handled: dict[tuple[str, str], None] = {}
        self._count = 0

    def take(self, data: Data, source: str = "", id_: str = "") -> list[Data]:
        """Decide on a message, fresh unless an id is given; return the events."""
        self._count += 1
        self.at += timedelta(seconds=1)
        source = source or f"/services/{producer(data.TYPE)}"
        id_ = id_ or f"message-{self._count}"
        if (source, id_) in self.handled:
            return []
        self.handled[source, id_] = None
        event = Event(
            id=id_,
            source=source,
            type=data.TYPE,
            subject=self.application,
            time=self.at,
            data=msgspec.Raw(events.encode(data)),
        )
        decide = self.table.decisions[data.TYPE]
        facts = Facts(self.unhealthy, self.cancelled)
        outcome = decide(self.dossier, Arrival(self.application, event, data), facts, self.at)
        text = events.encode(outcome.state)  # a state must survive the journal
        self.dossier = msgspec.json.decode(text, type=Dossier | None)
        assert self.dossier == outcome.state
        self.emitted += outcome.events
        self.timers += outcome.timers
        return list(outcome.events)

    def learn(self, type_: str, **changes: Any) -> list[Data]:
        return self.take(msgspec.structs.replace(WHOLE[type_], **changes))

    def answer(self, key: str, finding: Any, **fields: Any) -> list[Data]:
        return self.take(notify.Answered(key=key, finding=finding, **fields))

    def receipt(self, key: str, delivered: bool = True) -> list[Data]:
        return self.take(notify.ReceiptArrived(key=key, delivered=delivered))

    def fire(self, timer: Timer) -> list[Data]:
        return self.take(kernel.TimerFired(name=timer.name, version=1))

    def status(self, milestone: str, way: str = "sms") -> str:
        assert self.dossier is not None
        return self.dossier.notices[f"{milestone}/{way}"].status

    def agree(self, *channels: str, **more: Any) -> list[Data]:
        """Register it with what the citizen, and a representative, agree to."""
        return self.learn("application.registered", notices=Consent(channels=channels, **more))

    def requests(self) -> Iterator[notify.NoticeRequested]:
        return (e for e in self.emitted if isinstance(e, notify.NoticeRequested))

    def key(self, milestone: str) -> str:
        """Return the key of the last attempt at this milestone."""
        return [r.key for r in self.requests() if r.milestone == milestone][-1]


@pytest.fixture(scope="session")
def new_case() -> Callable[..., Case]:
    return lambda *policy, **more: Case(Policy(*policy, **more))


@pytest.fixture(scope="session")
def providers() -> Callable[..., Providers]:
    """One provider for each of these channels, named like it."""
    return lambda *channels: Providers(Provider(channel, channel) for channel in channels)


@pytest.fixture
def as_request() -> Callable[[Data], Request]:
    """What notify decided, as its effects get it."""

    def as_request(data: Data) -> Request:
        event = Event(
            id="1",
            source="/services/notify",
            type=data.TYPE,
            subject=APPLICATION,
            time=AT,
            data=msgspec.Raw(events.encode(data)),
        )
        return Request(event, data)

    return as_request


@pytest.fixture
def case(new_case) -> Case:
    return new_case()


@pytest.fixture
def child_case() -> Case:
    return Case(Policy(), child_id(APPLICATION, 1))


@pytest.fixture(scope="session")
def whole() -> dict[str, Data]:
    return WHOLE


@pytest.fixture
def application() -> str:
    return APPLICATION


class Rows(MemoryTable):
    """A table that counts how often keys are asked for or made; `is_down`: it cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down, self.trips = False, 0

    async def begin(self, call: str) -> None:
        self.trips += call == "insert_missing"
        if self.is_down and call == "get":
            raise Unknown("the database does not answer")


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture(scope="session")
def new_rows() -> type[Rows]:
    return Rows


@pytest.fixture
def vault(rows: Rows) -> Vault:
    return Vault(rows, bytes(32), cached_keys=0)
