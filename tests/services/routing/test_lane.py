from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import fields, replace

from services.routing.domain.dossier import Dossier
from services.routing.domain.states import OFFICER_MOVES, Stage
from services.routing.lane import OFFICER_ACTIONS
from shared import events
from shared.events import cancelling, handover, intake, kernel, payment
from shared.events import routing as contracts
from shared.events.data import Filed, Mark
from shared.topics import reads

WHOLE = (
    intake.Supplemented(documents=()),
    intake.Withdrawn(reason="synthetic"),
    intake.CorrectionAsked(
        fields=("/personal/phone",), catalogue_version="test", forms_version="test"
    ),
    payment.FeeAssessed(
        lines=(), total_vnd=8_000, moment="at_submission", catalogue_version="test"
    ),
    payment.FeeWaived(reason="free", catalogue_version="test"),
    payment.Settled(partner="vnpay", reference="R1", transaction="T1", amount_vnd=8_000),
    payment.Expired(reference="R1"),
    kernel.TimerFired(name="acceptance", version=1),
    kernel.TimerFired(name="some-other", version=1),
    contracts.UnitChosen(officer="officer-1", competent_unit="00097"),
    contracts.OfficerDemandedPayment(officer="officer-1", amount_vnd=50_000),
    contracts.OfficerApologised(officer="officer-1", new_due=date(2026, 11, 30)),
    handover.OfficerTransferred(officer="officer-1", competent_unit="00008"),
    handover.OfficerReaddressed(officer="officer-1", returning_unit="00008"),
    handover.OfficerAskedSignature(
        officer="officer-1", signer="chairman-1", certificate_expires=date(2026, 12, 31)
    ),
    handover.OfficerDidStep(officer="officer-1", step="receive"),
    handover.OfficerPosted(officer="officer-1", tracking="EX000000001VN"),
    handover.OfficerToldOfCarriage(
        officer="officer-1", tracking="EX000000001VN", place="synthetic"
    ),
    handover.OfficerTookBack(officer="officer-1", tracking="EX000000001VN"),
    cancelling.OperatorCancelled(officer="operator-1", note="synthetic", checked_by="operator-2"),
    handover.DueRecounted(
        officer="operator-1",
        due_before=datetime(2026, 11, 23, 10, tzinfo=UTC),
        due=datetime(2026, 11, 25, 10, tzinfo=UTC),
        catalogue_version="test",
    ),
    *(
        contract(officer="officer-1", note="synthetic")
        for contract in OFFICER_ACTIONS.values()
        if not {f.name for f in fields(contract) if f.required} - {"officer"}
    ),
)


def test_every_type_in_the_table_is_tried_here(lanes):
    assert set(lanes.decisions) == {d.TYPE for d in WHOLE} | {intake.Registered.TYPE}


OF_OFFICERS = [t for t in events.CONTRACTS if t.startswith("officer.")]


def test_every_type_is_a_contract_and_every_officers_type_is_in_the_table(lanes):
    officers = {t for t in OF_OFFICERS if not t.endswith("_petition")}  # notify takes those
    assert officers <= set(lanes.decisions) <= set(events.CONTRACTS)
    assert set(OFFICER_ACTIONS) == OFFICER_MOVES


def test_it_reads_the_topics_that_bring_these():
    assert set(reads("routing")) == {"intake.events", "payment.events", "routing.inbox"}


@pytest.mark.parametrize("data", WHOLE, ids=lambda d: d.TYPE)
def test_nothing_that_comes_before_registration_is_an_error(data, decide):
    outcome = decide(None, data)
    if isinstance(
        data, payment.FeeAssessed | payment.FeeWaived | payment.Settled | payment.Expired
    ):
        assert outcome.state.stage is Stage.EXPECTED
        assert outcome.events == ()
    elif isinstance(data, kernel.TimerFired):
        assert (outcome.state, outcome.events) == (None, ())
    else:
        (rejected,) = outcome.events
        assert (outcome.state, rejected.national_code) == (None, 0)
        assert "try again" in rejected.reason


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("data", WHOLE, ids=lambda d: d.TYPE)
def test_every_type_has_an_outcome_in_every_stage(data, stage, decide, dossier, monday):
    before = Dossier() if stage is Stage.EXPECTED else dossier(stage)
    outcome = decide(before, data, monday + timedelta(days=2))
    assert outcome.state is not None
    for event in outcome.events:
        if event.TYPE == contracts.ActionRejected.TYPE:
            assert replace(outcome.state, told_by={}) == before
        else:
            assert event.national_code in range(1, 11)


def test_a_second_registration_changes_nothing(decide, dossier, registered):
    before = dossier(Stage.PROCESSING)
    outcome = decide(before, registered())
    assert (outcome.state, outcome.events, outcome.timers) == (before, (), ())


def test_a_withdrawal_closes_with_the_citizens_reason(decide, dossier):
    (closed,) = decide(dossier(Stage.PROCESSING), intake.Withdrawn(reason="moved away")).events
    assert (closed.national_code, closed.reason) == (7, "moved away")


def test_a_supplement_is_taken_while_the_dossier_is_suspended_and_stays_so(decide, dossier, monday):
    stopped = dossier(Stage.SUSPENDED)
    papers = (Filed(name="synthetic", sha256="0" * 64),)
    outcome = decide(stopped, intake.Supplemented(documents=papers), monday + timedelta(days=1))
    (event,) = outcome.events
    assert isinstance(event, contracts.Suspended)
    assert "looked at when processing goes on" in event.reason
    assert (outcome.state.stage, outcome.state.remaining_ms) == (
        Stage.SUSPENDED,
        stopped.remaining_ms,
    )


def test_a_supplement_lets_processing_go_on(decide, dossier, monday):
    waiting = dossier(Stage.AWAITING_SUPPLEMENT)
    outcome = decide(waiting, intake.Supplemented(documents=()), monday + timedelta(days=1))
    (processing,) = outcome.events
    assert processing.due == outcome.state.due_current == monday + timedelta(days=1, hours=5.5)


CORRECTION = intake.CorrectionAsked(
    fields=("/personal/phone",), catalogue_version="test", forms_version="test"
)
OPEN_TO_CORRECTION = {Stage.UNROUTED, Stage.SUBMITTED, Stage.INCOMPLETE, Stage.RESUBMITTED}


@pytest.mark.parametrize("stage", sorted(OPEN_TO_CORRECTION))
def test_a_correction_is_allowed_until_a_unit_accepts(decide, dossier, stage):
    before = dossier(stage)
    outcome = decide(before, CORRECTION)
    (allowed,) = outcome.events
    assert isinstance(allowed, contracts.CorrectionAllowed)
    assert allowed.national_code == before.national_code
    assert outcome.state.stage is stage
    clocks = "acceptance_due", "due_current", "remaining_ms"
    assert all(getattr(outcome.state, c) == getattr(before, c) for c in clocks)


@pytest.mark.parametrize("stage", sorted(set(Stage) - OPEN_TO_CORRECTION))
def test_a_correction_is_turned_back_from_then_on(decide, dossier, stage):
    before = dossier(stage)
    outcome = decide(before, CORRECTION)
    (rejected,) = outcome.events
    assert (type(rejected), rejected.action) == (contracts.ActionRejected, "correct")
    assert outcome.state == before


def test_an_officer_who_looked_before_a_correction_looks_again(decide, dossier):
    before = dossier(Stage.SUBMITTED)
    corrected = decide(before, CORRECTION).state
    late = contracts.OfficerRefused(officer="officer-1", note="x", moves_seen=before.moves)
    (rejected,) = decide(corrected, late).events
    assert isinstance(rejected, contracts.ActionRejected)
    assert "look again" in rejected.reason


def test_what_more_is_said_of_documents_stays_with_the_dossier(decide, dossier, registered):
    papers = tuple(Filed(name=name, sha256="a" * 64) for name in ("one", "two"))
    mark = Mark(document=1, reused=True, source="G09.20")
    came = decide(None, registered(documents=papers, marks=(mark,))).state
    assert [(d.name, d.digitisation) for d in came.documents] == [("two", 2)]
    brought = intake.Supplemented(documents=papers[:1], marks=(Mark(document=0, digitised=True),))
    waiting = msgspec.structs.replace(dossier(Stage.INCOMPLETE), documents=came.documents)
    after = decide(waiting, brought).state
    assert [(d.name, d.digitisation) for d in after.documents] == [("two", 2), ("one", 1)]
    assert decide(waiting, intake.Supplemented(documents=papers)).state.documents == came.documents
