"""Event type to decision; what a batch needs beyond its states is gathered in `door`."""

from datetime import datetime
from functools import partial

from msgspec.structs import replace

from services.intake.domain import corrections
from services.intake.domain.children import (
    OF_CHILDREN,
    follow_child,
    not_done,
    open_child,
    take_back_child,
)
from services.intake.domain.corrections import correct
from services.intake.domain.dossier import Application, message_of, submit
from services.intake.domain.follow_ups import FOLLOWED, FollowUp, follow_up, not_read
from services.intake.domain.interlinked import begin, follow_up_parent, hear_child
from services.intake.door import Door, Edition, Facts, prepare
from shared.events.intake import ChildOpened, ChildTakenBack, ChildTold, FollowUpRejected
from shared.events.portal import (
    CorrectionSubmitted,
    Submitted,
    SupplementSubmitted,
    WithdrawalRequested,
)
from shared.events.routing import ActionRejected, CorrectionAllowed
from shared.kinship import is_child
from shared.lanes.table import Arrival, LaneTable, Malformed, Outcome


def table(door: Door) -> LaneTable[Application, Facts]:
    """Return what intake's lanes decide."""

    def submitted(
        state: Application | None, arrival: Arrival, facts: Facts, at: datetime
    ) -> Outcome[Application]:
        opened = facts.opened[message_of(arrival)]
        return begin(state, submit(state, arrival, opened, at), opened.family)

    return LaneTable(
        service="intake",
        state=Application,
        decisions={
            Submitted.TYPE: submitted,
            SupplementSubmitted.TYPE: _follow_up,
            WithdrawalRequested.TYPE: _follow_up,
            CorrectionSubmitted.TYPE: _correct,
            ActionRejected.TYPE: _not_done,
            CorrectionAllowed.TYPE: _corrected,
            **{moved.TYPE: follow_child for moved in (*FOLLOWED, *OF_CHILDREN)},
            ChildOpened.TYPE: _child_opened,
            ChildTakenBack.TYPE: take_back_child,
            ChildTold.TYPE: hear_child,
        },
        prepare=partial(prepare, door),
        opens=frozenset({Submitted.TYPE, ChildOpened.TYPE}),
        concerns=dict.fromkeys((moved.TYPE for moved in OF_CHILDREN), is_child),
        answers_malformed=frozenset(
            {
                Submitted.TYPE,
                SupplementSubmitted.TYPE,
                CorrectionSubmitted.TYPE,
                WithdrawalRequested.TYPE,
            }
        ),
    )


def _follow_up(
    state: Application | None, arrival: Arrival, facts: Facts, _at: datetime
) -> Outcome[Application]:
    if isinstance(arrival.data, Malformed):
        return _told_by(facts.by, not_read(state, arrival, arrival.data))
    assert isinstance(arrival.data, FollowUp)
    if state and state.family:
        return _told_by(facts.by, follow_up_parent(state, arrival, arrival.data))
    files = facts.files.get(message_of(arrival), ())
    return _told_by(facts.by, follow_up(state, arrival, arrival.data, files))


def _correct(
    state: Application | None, arrival: Arrival, facts: Facts, _at: datetime
) -> Outcome[Application]:
    return _told_by(facts.by, correct(state, arrival, facts.revisions[message_of(arrival)]))


def _corrected(
    state: Application | None, arrival: Arrival, _facts: Facts, _at: datetime
) -> Outcome[Application]:
    assert isinstance(arrival.data, CorrectionAllowed)
    return corrections.hear_yes(state)


def _child_opened(
    state: Application | None, arrival: Arrival, facts: Facts, at: datetime
) -> Outcome[Application]:
    return open_child(state, arrival, facts.opened[message_of(arrival)], at)


def _not_done(
    state: Application | None, arrival: Arrival, facts: Facts, _at: datetime
) -> Outcome[Application]:
    assert isinstance(arrival.data, ActionRejected)
    if state is not None and arrival.data.action == corrections.CORRECT:
        return _told_by(facts.by, corrections.hear_no(state))
    return _told_by(facts.by, not_done(state, arrival))


def _told_by(by: Edition, outcome: Outcome[Application]) -> Outcome[Application]:
    """Let a rejection say by which edition, as all that is decided here does."""
    if not any(isinstance(said, FollowUpRejected) for said in outcome.events):
        return outcome
    versions = {"catalogue_version": by[0], "forms_version": by[1]}
    told = (
        replace(said, **versions) if isinstance(said, FollowUpRejected) else said
        for said in outcome.events
    )
    return replace(outcome, events=tuple(told))
