"""A catalogue, rules, and whole valid objects of which a test changes only what matters."""

from collections.abc import Callable
from datetime import date, datetime

import msgspec
import pytest

from services.routing.domain.dossier import Dossier, Fee, Parcel, Signature, start_statutory_clock
from services.routing.domain.edges import MOVES
from services.routing.domain.rules import Rules, load_rules
from services.routing.domain.states import CLOCK, Asked, Move, Stage
from services.routing.domain.workflow import begun
from services.routing.lane import table
from shared import events
from shared.catalogue import Catalogue, load
from shared.clock import system_clock
from shared.events import Data, Event, intake
from shared.lanes.table import Arrival, LaneTable, Outcome
from tests.services.routing.desk import APPLICATION, KEYS, MONDAY, Desk
from tests.services.routing.office import MARRIAGE, Office, application

COMPETENT = {Move.TRANSFER: "00008", Move.READDRESS: ""}
PARCEL = "EX000000001VN"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture(scope="session")
def lanes(catalogue: Catalogue, rules: Rules) -> LaneTable[Dossier, None]:
    return table(catalogue, rules)


@pytest.fixture(scope="session")
def monday() -> datetime:
    return MONDAY


@pytest.fixture(scope="session")
def registered() -> Callable[..., intake.Registered]:
    """An automatic procedure with a fee at submission, filed where the applicant lives."""

    def make(**changes: object) -> intake.Registered:
        whole = intake.Registered(
            dossier_code="G26.97-20261116-0000001",
            portal="national",
            procedure="1.004873",
            receiving_unit="00097",
            residence_unit="00097",
            channel="online",
            applicant_kind="citizen",
            language="vi",
            copies=1,
            documents=(),
            sealed="sealed",
            contact="sealed",
            subject_hash="0" * 64,
            submitted_at=MONDAY,
            catalogue_version="test",
        )
        return msgspec.structs.replace(whole, **changes)

    return make


@pytest.fixture(scope="session")
def dossier(catalogue: Catalogue) -> Callable[..., Dossier]:
    """A dossier in a stage, with the clocks that belong to it; five working days, paid."""

    def make(stage: Stage = Stage.SUBMITTED, **changes: object) -> Dossier:
        whole = Dossier(
            dossier_code="G26.97-20261116-0000001",
            procedure="1.010038",
            channel="online",
            receiving_unit="00097",
            competent_unit="00097",
            returning_unit="00097",
            rule="commune-of-residence",
            rule_version="test",
            catalogue_version="test",
            fee=Fee.LATER,
            received_at=MONDAY,
            acceptance_due=catalogue.intake_due(MONDAY, MONDAY.date()),
        )
        if stage in AFTER_ACCEPTANCE:
            procedure = catalogue.procedure(whole.procedure, MONDAY.date())
            assert procedure is not None
            due = catalogue.statutory_due(procedure, MONDAY, MONDAY.date())
            whole = start_statutory_clock(whole, due, MONDAY, "officer-1")
            whole = begun(whole, catalogue, MONDAY)
        if stage is Stage.UNROUTED:
            whole = msgspec.structs.replace(whole, competent_unit="", returning_unit="")
        if CLOCK[stage] == "paused":
            whole = msgspec.structs.replace(whole, remaining_ms=4 * 3_600_000)
        if stage in (Stage.SETTLED, Stage.IN_POST, Stage.RETURNED):
            whole = msgspec.structs.replace(whole, settled_at=MONDAY)
        if stage is Stage.IN_POST:
            whole = msgspec.structs.replace(whole, parcel=Parcel(tracking=PARCEL))
        if stage is Stage.AWAITING_SIGNATURE:
            signature = Signature(signer="chairman-1", expires=date(2026, 12, 31))
            whole = msgspec.structs.replace(whole, signature=signature)
        return msgspec.structs.replace(whole, stage=stage, **changes)

    return make


@pytest.fixture(scope="session")
def asked() -> Callable[..., Asked]:
    """A move with everything any move may need."""

    def make(move: Move, **changes: object) -> Asked:
        whole = Asked(
            move,
            "officer-1",
            "a reason",
            amount_vnd=50_000,
            competent_unit=COMPETENT.get(move, "00097"),
            returning_unit="00008" if move is Move.READDRESS else "",
            new_due=date(2026, 11, 30),
            signer="chairman-1",
            certificate_expires=date(2026, 12, 31),
            tracking=PARCEL,
            place="Hà Nội",
            step="receive",
        )
        return whole._replace(**changes)

    return make


@pytest.fixture(scope="session")
def decide(lanes: LaneTable[Dossier, None]) -> Callable[..., Outcome[Dossier]]:
    """Decide one message, as a lane would."""

    def run(
        state: Dossier | None, data: Data, at: datetime = MONDAY, service: str = "intake"
    ) -> Outcome[Dossier]:
        event = Event(
            id=f"{APPLICATION}/{service}/000001",
            source=f"/services/{service}",
            type=data.TYPE,
            subject=APPLICATION,
            time=at,
            sequence="000001",
            data=msgspec.Raw(events.encode(data)),
        )
        return lanes.decisions[data.TYPE](state, Arrival(APPLICATION, event, data), None, at)

    return run


AFTER_ACCEPTANCE = frozenset(MOVES) - {
    Stage.EXPECTED,
    Stage.UNROUTED,
    Stage.SUBMITTED,
    Stage.INCOMPLETE,
    Stage.RESUBMITTED,
    Stage.NOT_ACCEPTED,
    Stage.WITHDRAWN,
}


@pytest.fixture(scope="session")
def keys():
    """What each role presents."""
    return KEYS


@pytest.fixture
async def desk(lanes, catalogue, rules):
    """A desk without a dossier."""
    made = Desk(lanes, catalogue, rules)
    async with made.http:
        yield made


@pytest.fixture
def office(desk, catalogue, rules, registered):
    """Open an office where dossiers lie, by where an applicant lives and where it was filed."""

    async def open_with(
        *filings, rows_limit=2_000, rules=rules, catalogue=catalogue, clock=system_clock
    ):
        for n, (residence, receiving) in enumerate(filings, 1):
            data = registered(
                procedure=MARRIAGE, residence_unit=residence, receiving_unit=receiving
            )
            desk.bring(data, "intake", 1, application(n))
        await desk.decide()
        return Office(desk, catalogue, rules, rows_limit, clock)

    return open_with
