"""Random lives: whatever comes, in whatever order, what must always hold does."""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.routing.domain.alarms import next_word
from services.routing.domain.edges import MOVES
from services.routing.domain.states import NATIONAL_CODE, STATISTICS, TERMINAL, Stage
from services.routing.domain.workflow import steps
from services.routing.lane import OFFICER_ACTIONS
from shared.events import Data, handover, intake, kernel, payment
from shared.events import routing as contracts

ALARMS = (
    contracts.AcceptanceLate
    | contracts.DueSoon
    | contracts.Overdue
    | handover.CertificateExpiring
    | handover.CertificateExpired
    | handover.ReturnLate
)
PARCEL = "EX000000001VN"
NEEDED = {
    contracts.UnitChosen: [
        {"competent_unit": unit} for unit in ("00008", "00025", "00097", "99999")
    ],
    contracts.OfficerDemandedPayment: [{"amount_vnd": 50_000}],
    contracts.OfficerApologised: [
        {"new_due": day} for day in (date(2026, 11, 30), date(2027, 3, 1), date(2030, 1, 1))
    ],
    handover.OfficerTransferred: [{"competent_unit": unit} for unit in ("00008", "00097", "26737")],
    handover.OfficerReaddressed: [{"returning_unit": unit} for unit in ("00008", "00097")],
    handover.OfficerAskedSignature: [
        {"signer": "chairman-1", "certificate_expires": day}
        for day in (date(2026, 11, 18), date(2026, 12, 1), date(2027, 2, 1))
    ],
    handover.OfficerDidStep: [
        {"step": step} for step in ("receive", "examine", "sign", "hand_over", "never")
    ],
    handover.OfficerPosted: [{"tracking": PARCEL}],
    handover.OfficerToldOfCarriage: [
        {"tracking": PARCEL, "place": place} for place in ("Hà Nội", "Đà Nẵng")
    ],
    handover.OfficerTookBack: [{"tracking": PARCEL}],
    contracts.OfficerReturned: [{"form": form} for form in ("", "counter", "electronic", "post")],
}


class Step(NamedTuple):
    """A message, and how long after the one before it came."""

    data: Data
    wait_minutes: int


def _officers():
    for contract in OFFICER_ACTIONS.values():
        for needed in NEEDED.get(contract, [{}]):
            yield contract(officer="officer-1", note="synthetic", **needed)


def _assessed(moment):
    return payment.FeeAssessed(lines=(), total_vnd=8_000, moment=moment, catalogue_version="test")


def _settled(amount_vnd):
    return payment.Settled(partner="vnpay", reference="R1", transaction="T1", amount_vnd=amount_vnd)


ANYTHING = st.one_of(
    st.sampled_from(list(_officers())),
    st.sampled_from(
        [
            intake.Supplemented(documents=()),
            intake.Withdrawn(reason="synthetic"),
            _assessed("at_submission"),
            _assessed("with_result"),
            payment.FeeWaived(reason="free", catalogue_version="test"),
            _settled(8_000),
            _settled(50_000),
            payment.Expired(reference="R1"),
            kernel.TimerFired(name="acceptance", version=1),
        ]
    ),
)
STEPS = st.lists(st.builds(Step, ANYTHING, st.integers(0, 4_000)), max_size=25)
BIRTHS = st.fixed_dictionaries(
    {
        "procedure": st.sampled_from(["1.004873", "1.010038", "1.001193", "2.000815", "1.013831"]),
        "residence_unit": st.sampled_from(["00097", "00007", ""]),
        "channel": st.sampled_from(["online", "direct"]),
    }
)


@st.composite
def lives(draw):
    """What came, with the registration somewhere among it."""
    steps = draw(STEPS)
    return draw(BIRTHS), steps, draw(st.integers(0, min(len(steps), 3)))


def live(life, decide, registered, monday):
    """Yield (before, outcome, at) of each message of a life."""
    birth, steps, at_index = life
    birth = registered(**birth)
    messages = [*steps[:at_index], Step(birth, 1), *steps[at_index:]]
    state, at = None, monday
    for data, wait_minutes in messages:
        at += timedelta(minutes=wait_minutes)
        outcome = decide(state, data, at)
        yield state, outcome, at
        state = outcome.state


def code(state):
    return state.national_code if state else 0


@settings(max_examples=300)
@given(life=lives())
def test_no_life_leaves_the_table(life, decide, registered, monday):
    for before, outcome, _ in live(life, decide, registered, monday):
        stage = before.stage if before else Stage.EXPECTED
        allowed = {NATIONAL_CODE[e.to] for e in MOVES[stage].values()}
        told = stage
        for event in outcome.events:
            if isinstance(event, contracts.ActionRejected):
                assert (outcome.state == before) or replace(
                    outcome.state, told_by=before.told_by
                ) == before
                continue
            if told is Stage.EXPECTED:
                assert event.national_code == 1
            elif not isinstance(event, ALARMS):
                after_routing = isinstance(event, contracts.Accepted)
                assert event.national_code in allowed or (after_routing and told is not stage)
            told = outcome.state.stage
        moved = outcome.state and outcome.state.stage is not stage
        assert not (moved and stage in TERMINAL)
        if moved:
            assert outcome.events[-1].national_code == code(outcome.state)


@settings(max_examples=300)
@given(life=lives())
def test_a_due_date_changes_only_with_an_event_that_says_so(life, decide, registered, monday):
    for before, outcome, _ in live(life, decide, registered, monday):
        due = outcome.state.due_current if outcome.state else None
        if due != (before.due_current if before else None):
            assert due in [e.due for e in outcome.events if hasattr(e, "due")]
            assert outcome.state.due_history[-1].due == due
        promised = outcome.state.acceptance_due if outcome.state else None
        if before and before.acceptance_due and promised != before.acceptance_due:
            said = [e.acceptance_due for e in outcome.events if hasattr(e, "acceptance_due")]
            assert promised in said
        if before and before.due_original:
            assert outcome.state.due_original == before.due_original


@settings(max_examples=200)
@given(life=lives())
def test_the_clock_that_runs_is_the_stages_own(life, decide, registered, monday):
    for _, outcome, at in live(life, decide, registered, monday):
        state = outcome.state
        if state is None or state.stage is Stage.EXPECTED:
            continue
        assert state.received_at
        assert state.acceptance_due
        if state.national_code in (2, 4, 6, 8, 9, 10):
            assert state.accepted_at
            assert state.accepted_at <= at
            assert state.due_original
        if state.national_code in (1, 2, 4):
            assert state.remaining_ms is None


@settings(max_examples=60)
@given(population=st.lists(lives(), min_size=1, max_size=20))
def test_received_is_settled_and_in_process_and_suspended_and_not_accepted(
    population, decide, registered, monday
):
    received, columns = 0, Counter()
    for life in population:
        last_code = 0
        for _, outcome, _ in live(life, decide, registered, monday):
            first = [
                e
                for e in outcome.events
                if isinstance(e, contracts.Routed | contracts.ChoiceNeeded)
            ]
            received += bool(first) and last_code == 0
            last_code = code(outcome.state)
        columns[STATISTICS[last_code]] += 1
    assert received == sum(columns.values()) == len(population)


@settings(max_examples=300)
@given(life=lives())
def test_no_clock_runs_unwatched(life, decide, registered, monday, catalogue):
    for _, outcome, _ in live(life, decide, registered, monday):
        state = outcome.state
        assert len(outcome.timers) <= 1
        assert all(timer.due == state.alarm_at for timer in outcome.timers)
        if state and (due := next_word(state, catalogue)):
            assert state.alarm_at
            assert state.alarm_at <= due + timedelta(seconds=1)


@settings(max_examples=200)
@given(life=lives())
def test_a_signature_is_kept_while_it_is_awaited_and_a_parcel_once_posted(
    life, decide, registered, monday
):
    for _, outcome, _ in live(life, decide, registered, monday):
        state = outcome.state
        if state is None or state.stage is Stage.WITHDRAWN:
            continue
        assert (state.signature is not None) == (state.stage is Stage.AWAITING_SIGNATURE)
        if state.stage is Stage.IN_POST:
            assert state.parcel
            assert not state.parcel.came_back
        if state.stage in (Stage.SETTLED, Stage.IN_POST):
            assert state.return_due


@settings(max_examples=200)
@given(life=lives())
def test_units_change_only_with_an_event_that_says_so(life, decide, registered, monday):
    for before, outcome, _ in live(life, decide, registered, monday):
        if before is None or not before.competent_unit:
            continue
        units = [
            (s.receiving_unit, s.competent_unit, s.returning_unit) for s in (before, outcome.state)
        ]
        if units[0] != units[1]:
            (event,) = outcome.events
            assert isinstance(event, handover.Transferred | handover.Readdressed)
            assert units[1] == (event.receiving_unit, event.competent_unit, event.returning_unit)


@settings(max_examples=300)
@given(life=lives())
def test_steps_are_done_in_their_order_and_the_last_is_due_when_the_dossier_is(
    life, decide, registered, monday, catalogue
):
    for before, outcome, _ in live(life, decide, registered, monday):
        state = outcome.state
        assert bool(state and state.workflow) == bool(state and state.accepted_at)
        if not state or not state.workflow:
            continue
        now = steps(state, catalogue)
        codes = [each.step.code for each in now]
        done = [one.step for one in state.steps_done]
        assert done == codes[: len(done)]
        assert state.step == "".join(codes[len(done) : len(done) + 1])
        open_dues = [each.due for each in now if not each.done]
        if state.remaining_ms is None:
            assert open_dues == sorted(open_dues)
            assert open_dues[-1:] in ([], [state.due_current])
        else:
            assert set(open_dues) <= {None}
        finished = [e for e in outcome.events if isinstance(e, handover.StepFinished)]
        assert len(done) - len(before.steps_done if before else ()) <= len(finished) <= 1
        assert not finished or before.due_history == state.due_history
