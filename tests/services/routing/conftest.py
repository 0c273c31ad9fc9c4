"""A catalogue, rules, and whole valid objects of which a test changes only what matters."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from services.routing.domain.dossier import Dossier, Fee, start_statutory_clock
from services.routing.domain.rules import Rules, load_rules
from services.routing.domain.states import CLOCK, MOVES, Asked, Move, Stage
from services.routing.lane import table
from shared import events
from shared.catalogue import Catalogue, load
from shared.events import Data, Event, intake
from shared.lanes.table import Arrival, LaneTable, Outcome

APPLICATION = "0197b1c2-aaaa-7bbb-8ccc-000000000001"
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam, a working day


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
        if stage is Stage.UNROUTED:
            whole = msgspec.structs.replace(whole, competent_unit="", returning_unit="")
        if CLOCK[stage] == "paused":
            whole = msgspec.structs.replace(whole, remaining_ms=4 * 3_600_000)
        if stage is Stage.SETTLED:
            whole = msgspec.structs.replace(whole, settled_at=MONDAY)
        return msgspec.structs.replace(whole, stage=stage, **changes)

    return make


@pytest.fixture(scope="session")
def asked() -> Callable[..., Asked]:
    """A move with everything any move may need."""

    def make(move: Move, **changes: object) -> Asked:
        whole = Asked(move, "officer-1", "a reason", 50_000, "00097")
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
