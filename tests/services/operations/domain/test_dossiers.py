"""What a preview says of another unit or date is what routing does, once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.acting.dossiers import STILL
from services.operations.domain.actions import ACTIONS, Command, Given, Saying
from services.operations.domain.entries import Entry
from services.operations.domain.matters import Summary
from services.operations.domain.summary import followed
from services.operations.domain.timeline import timeline
from services.routing.domain.dossier import Dossier
from services.routing.domain.rules import load_rules
from services.routing.lane import table
from shared import events
from shared.catalogue import load
from shared.events import Data, Event, handover, intake, routing
from shared.lanes.table import Arrival
from shared.working_time import local_day
from tests.services.operations.story import BEGAN, Log, Story

CATALOGUE = load()
LANES = table(CATALOGUE, load_rules())
HERE, SPLIT, NOWHERE = "00097", "00016", "99999"
ACTION = {"to": ("reassign_unit", "to_unit"), "days": ("extend_deadline", "working_days")}
UNITS = ("00097", "00004", "00008", "01", "26737")
OFFICER = {"officer": "o-1", "note": "why"}
ACTS: dict[str, Data] = {
    "accept": routing.OfficerAccepted(**OFFICER),
    "start": routing.OfficerStarted(**OFFICER),
    "ask": routing.OfficerAskedSupplement(**OFFICER),
    "supplement": intake.Supplemented(documents=()),
    "suspend": routing.OfficerSuspended(**OFFICER),
    "resume": routing.OfficerResumed(**OFFICER),
    "transfer": handover.OfficerTransferred(**OFFICER, competent_unit="00008"),
    "sign": handover.OfficerAskedSignature(
        **OFFICER, signer="s", certificate_expires=date(2026, 12, 31)
    ),
    "settle": routing.OfficerSettled(**OFFICER),
    "reopen": routing.OfficerReopened(**OFFICER),
}


class Dossiers:
    """Routing's lane, and the log that operations reads of it."""

    def __init__(self, receiving: str = HERE) -> None:
        self.state: Dossier | None = None
        self.log, self.at = Log(), BEGAN
        self.story = Story(self.log)
        registered = intake.Registered(
            dossier_code="G26.97-20260609-0000001",
            portal="national",
            procedure="1.010038",
            receiving_unit=receiving,
            residence_unit=receiving,
            channel="online",
            applicant_kind="citizen",
            language="vi",
            copies=1,
            documents=(),
            sealed="sealed",
            contact="sealed",
            subject_hash="0" * 64,
            submitted_at=BEGAN,
            catalogue_version="test",
        )
        self.cause = self.story.decide("intake", self.story.submitted(), registered)[0]
        self.take(registered)

    def take(self, data: Data, after: timedelta = timedelta(hours=5)) -> list[Data]:
        self.at += after
        self.log.now = max(self.log.now, self.at)
        event = Event(
            id="m",
            source="/operators/o-1",
            type=data.TYPE,
            subject=self.story.application,
            time=self.at,
            data=msgspec.Raw(events.encode(data)),
        )
        arrival = Arrival(self.story.application, event, data)
        outcome = LANES.decisions[data.TYPE](self.state, arrival, None, self.at)
        self.state = outcome.state
        self.story.decide("routing", self.cause, *outcome.events)
        return list(outcome.events)

    def entries(self) -> list[Entry]:
        return self.log.entries(self.story.application)

    def waits_for(self) -> set[str]:
        return {matter.cause for matter in followed(Summary(), self.entries()).matters.values()}

    def plan(self, name: str, **given: Any) -> Any:
        """Preview an action."""
        held = Given(self.at, CATALOGUE, **given)
        return ACTIONS[name].plan("routing", "", self.entries(), held)

    def do(self, name: str, cause: str, command: Command) -> list[Data]:
        """Do what was previewed, on the same day: a date that is today's is none tomorrow."""
        told = command.reference, "o-1", "why", "o-2", cause, command.moves_seen
        who = {"principal": "local#o-1", "checked_principal": "local#o-2"}
        said = Saying(*told, amount_vnd=command.vnd or 0, **who)
        return self.take(ACTIONS[name].say(said), timedelta(0))


def was_done(said: list[Data]) -> bool:
    return not any(isinstance(event, routing.ActionRejected) for event in said)


steps = st.one_of(
    st.sampled_from(sorted(ACTS)),
    st.tuples(st.just("to"), st.sampled_from(UNITS)),
    st.tuples(st.just("days"), st.integers(1, 20)),
    st.tuples(st.just("wait"), st.integers(1, 200)),
)


@given(st.lists(steps, max_size=14), st.sampled_from([HERE, SPLIT, NOWHERE]))
@settings(max_examples=300, deadline=None)
def test_what_a_preview_says_of_a_dossier_is_what_routing_does_once(
    some: list[Any], receiving: str
) -> None:
    dossiers = Dossiers(receiving)
    for step in some:
        if isinstance(step, str):
            dossiers.take(ACTS[step])
            continue
        what, value = step
        if what == "wait":
            dossiers.at += timedelta(hours=value)
            continue
        name, given_ = ACTION[what]
        for cause in sorted(ACTIONS[name].causes & dossiers.waits_for())[:1]:
            plan = dossiers.plan(name, **{given_: value})
            if isinstance(plan, Command):
                assert was_done(dossiers.do(name, cause, plan))
                assert not was_done(dossiers.do(name, cause, plan))
            elif what == "to":
                assert not was_done(dossiers.do(name, cause, Command("", "", "", value)))


def test_where_a_person_chooses_an_operator_may_as_well() -> None:
    dossiers = Dossiers(SPLIT)
    assert dossiers.plan("reassign_unit", to_unit="00097") == "not_a_candidate"

    (routed,) = dossiers.do(
        "reassign_unit", "needs_choice", dossiers.plan("reassign_unit", to_unit="00008")
    )

    assert isinstance(routed, routing.Routed)
    assert (routed.competent_unit, routed.facts["officer"]) == ("00008", "o-1")
    assert routed.facts["checked_by"] == "o-2"
    assert dossiers.waits_for() == {"awaiting_acceptance", "unassessed"}


def test_a_unit_of_the_right_level_is_chosen() -> None:
    assert Dossiers(NOWHERE).plan("reassign_unit", to_unit="01") == "wrong_level"


def test_what_was_not_accepted_is_for_the_other_unit_to_accept() -> None:
    dossiers = Dossiers()
    command = dossiers.plan("reassign_unit", to_unit="00008")

    (transferred,) = dossiers.do("reassign_unit", "awaiting_acceptance", command)

    assert isinstance(transferred, handover.Transferred)
    assert (transferred.receiving_unit, transferred.competent_unit) == ("00008", "00008")
    assert (transferred.officer, transferred.checked_by) == ("o-1", "o-2")
    assert timeline(dossiers.entries())[-1].text.endswith("o-1 · why, agreed to by o-2")
    assert dossiers.plan("reassign_unit", to_unit="00008") == "same_unit"
    assert dossiers.plan("reassign_unit", to_unit="26737") == "other_province"


def test_a_dossier_that_has_moved_since_is_left_as_it_is() -> None:
    dossiers = Dossiers()
    command = dossiers.plan("reassign_unit", to_unit="00008")
    dossiers.take(ACTS["accept"])

    (rejected,) = dossiers.do("reassign_unit", "awaiting_acceptance", command)

    assert isinstance(rejected, routing.ActionRejected)
    assert "moved since" in rejected.reason


def test_a_late_one_gets_an_apology_and_a_date_from_today_on_once() -> None:
    dossiers = Dossiers()
    assert dossiers.plan("extend_deadline", working_days=3) == "no_due"
    dossiers.take(ACTS["accept"])
    dossiers.take(ACTS["start"])
    dossiers.at = datetime(2026, 7, 1, 3, tzinfo=UTC)  # a Wednesday
    command = dossiers.plan("extend_deadline", working_days=3)
    assert command.reference == "2026-07-06"

    (apologised,) = dossiers.do("extend_deadline", "in_processing", command)

    assert isinstance(apologised, routing.Apologised)
    assert local_day(apologised.due) == date(2026, 7, 6)
    assert (apologised.officer, apologised.checked_by) == ("o-1", "o-2")
    assert timeline(dossiers.entries())[-1].text == "o-1 · why, agreed to by o-2"
    assert dossiers.plan("extend_deadline", working_days=3) == "dated_enough"


def test_one_that_is_not_late_yet_gets_a_date_after_its_own() -> None:
    dossiers = Dossiers()
    dossiers.take(ACTS["accept"])
    (matter,) = [
        m
        for m in followed(Summary(), dossiers.entries()).matters.values()
        if m.cause == "in_processing"
    ]
    due = datetime.fromtimestamp(matter.due_ms / 1_000, UTC)

    assert dossiers.plan("extend_deadline", working_days=1).reference > f"{local_day(due)}"


def test_beyond_the_calendar_no_date_is_given() -> None:
    dossiers = Dossiers()
    dossiers.take(ACTS["accept"])
    dossiers.at = datetime.combine(CATALOGUE.last_day, dossiers.at.time(), UTC) - timedelta(days=30)

    assert dossiers.plan("extend_deadline", working_days=60) == "calendar_ends"


def test_what_does_not_move_a_dossier_is_routings_own_word() -> None:
    assert all(issubclass(events.CONTRACTS[type_], routing.Moved) for type_ in STILL)
