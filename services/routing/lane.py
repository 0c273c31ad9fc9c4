"""Event type to decision; the deciding itself is in `domain`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2s

import msgspec
from msgspec import UNSET

from services.routing.domain.alarms import NAMES, ring, timed
from services.routing.domain.dossier import Dossier
from services.routing.domain.money import hear
from services.routing.domain.moves import apply, unknown
from services.routing.domain.registration import accept_if_ready, register
from services.routing.domain.rules import Rules
from services.routing.domain.states import Asked, Move, Stage
from shared.catalogue import Catalogue
from shared.events import Data, cancelling, encode, handover, intake, payment
from shared.events import routing as events
from shared.events.data import joined
from shared.events.kernel import TimerFired
from shared.lanes.table import Arrival, Decide, LaneTable, Outcome, no_facts

Decision = Decide[Dossier, None]

OFFICER_ACTIONS: Mapping[Move, type[events.OfficerAction]] = {
    Move.CHOOSE_UNIT: events.UnitChosen,
    Move.ACCEPT: events.OfficerAccepted,
    Move.REFUSE: events.OfficerRefused,
    Move.START: events.OfficerStarted,
    Move.ASK_SUPPLEMENT: events.OfficerAskedSupplement,
    Move.DEMAND_PAYMENT: events.OfficerDemandedPayment,
    Move.SUSPEND: events.OfficerSuspended,
    Move.RESUME: events.OfficerResumed,
    Move.SETTLE: events.OfficerSettled,
    Move.REOPEN: events.OfficerReopened,
    Move.TRANSFER: handover.OfficerTransferred,
    Move.READDRESS: handover.OfficerReaddressed,
    Move.ASK_SIGNATURE: handover.OfficerAskedSignature,
    Move.APOLOGISE: events.OfficerApologised,
    Move.STEP_DONE: handover.OfficerDidStep,
    Move.POST: handover.OfficerPosted,
    Move.CARRY: handover.OfficerToldOfCarriage,
    Move.TAKE_BACK: handover.OfficerTookBack,
    Move.RETURN: events.OfficerReturned,
}

OPERATOR_COMMANDS: Mapping[Move, type[events.OfficerAction]] = {
    Move.RECOUNT_DUE: handover.DueRecounted,
    Move.CANCEL: cancelling.OperatorCancelled,
}

_KEPT = (  # what a citizen reads whose supplement came while the dossier is suspended
    "Đã nhận hồ sơ bổ sung; sẽ xem xét khi tiếp tục giải quyết."
    " / The supplement came: it is looked at when processing goes on."
)
_APART = frozenset({"moves_seen", "for_units"})  # of an action: how it came, not what it says
_FROM_PAYMENT = (payment.FeeAssessed, payment.FeeWaived, payment.Settled, payment.Expired)


def table(catalogue: Catalogue, rules: Rules) -> LaneTable[Dossier, None]:
    """Return what routing's lanes decide, under this catalogue and these rules."""
    decisions: dict[str, Decision] = {
        intake.Registered.TYPE: _registration(catalogue, rules),
        intake.Supplemented.TYPE: _moving(catalogue, _supplement),
        intake.Withdrawn.TYPE: _moving(catalogue, _withdrawal),
        intake.CorrectionAsked.TYPE: _moving(catalogue, lambda _data: Asked(Move.CORRECT)),
        TimerFired.TYPE: _timer(catalogue),
    }
    for move, contract in OFFICER_ACTIONS.items():
        decisions[contract.TYPE] = _noted(_moving(catalogue, _asked_by_officer(move)))
    for move, contract in OPERATOR_COMMANDS.items():
        decisions[contract.TYPE] = _moving(catalogue, _asked_by_officer(move))
    for finding in _FROM_PAYMENT:
        decisions[finding.TYPE] = _payment(catalogue)
    return LaneTable(
        service="routing",
        state=Dossier,
        decisions={kind: _recorded(catalogue, decide) for kind, decide in decisions.items()},
        prepare=no_facts,
        opens=frozenset({intake.Registered.TYPE}),
    )


def _recorded(catalogue: Catalogue, decide: Decision) -> Decision:
    """Let all that is decided say by which edition; a route says so itself."""

    def recorded(
        state: Dossier | None, arrival: Arrival, facts: None, at: datetime
    ) -> Outcome[Dossier]:
        outcome = decide(state, arrival, facts, at)
        if not outcome.events:
            return outcome
        return msgspec.structs.replace(
            outcome, events=tuple(_by(catalogue.version, said) for said in outcome.events)
        )

    return recorded


def _by(version: str, said: Data) -> Data:
    assert isinstance(said, events.Moved)
    if said.catalogue_version:
        return said
    return msgspec.structs.replace(said, catalogue_version=version)


def _registration(catalogue: Catalogue, rules: Rules) -> Decision:
    def decide(
        state: Dossier | None, arrival: Arrival, _facts: None, at: datetime
    ) -> Outcome[Dossier]:
        assert isinstance(arrival.data, intake.Registered)
        registered = register(state or Dossier(), arrival.data, catalogue, rules, at)
        return timed(state, registered, catalogue)

    return decide


def _moving(catalogue: Catalogue, ask: Callable[[Data], Asked]) -> Decision:
    def decide(
        state: Dossier | None, arrival: Arrival, _facts: None, at: datetime
    ) -> Outcome[Dossier]:
        asked = ask(arrival.data)
        if state is None or state.stage is Stage.EXPECTED:
            return Outcome(state, (unknown(asked),))
        moved = accept_if_ready(apply(state, asked, catalogue, at), catalogue, at)
        return timed(state, moved, catalogue)

    return decide


def _noted(decide: Decision) -> Decision:
    """Keep a digest of what an officer sent: its key with other content is then refused."""

    def noted(
        state: Dossier | None, arrival: Arrival, facts: None, at: datetime
    ) -> Outcome[Dossier]:
        assert isinstance(arrival.data, events.OfficerAction)
        outcome, event = decide(state, arrival, facts, at), arrival.event
        if outcome.state is None:
            return outcome
        told_by = {**outcome.state.told_by, f"{event.source} {event.id}": digest(arrival.data)}
        return msgspec.structs.replace(
            outcome, state=msgspec.structs.replace(outcome.state, told_by=told_by)
        )

    return noted


def digest(data: events.OfficerAction) -> str:
    """Return what tells an action from others; what it was seen or sent with is no part of it."""
    said = {
        field.name: value
        for field in msgspec.structs.fields(data)
        if field.name not in _APART and (value := getattr(data, field.name)) != field.default
    }
    return blake2s(encode((data.TYPE, said)), digest_size=8).hexdigest()


def _payment(catalogue: Catalogue) -> Decision:
    def decide(
        state: Dossier | None, arrival: Arrival, _facts: None, at: datetime
    ) -> Outcome[Dossier]:
        assert isinstance(arrival.data, _FROM_PAYMENT)
        return timed(state, hear(state or Dossier(), arrival.data, catalogue, at), catalogue)

    return decide


def _timer(catalogue: Catalogue) -> Decision:
    def decide(
        state: Dossier | None, arrival: Arrival, _facts: None, at: datetime
    ) -> Outcome[Dossier]:
        assert isinstance(arrival.data, TimerFired)
        if state is None or arrival.data.name not in NAMES:
            return Outcome(state)
        rung = ring(state, catalogue, max(at, arrival.event.time))  # no clock runs behind a timer
        return timed(None, rung, catalogue)

    return decide


def asked_by_officer(move: Move, data: events.OfficerAction) -> Asked:
    """Return the move that an officer's action asks for; its fields have the same names."""
    said = msgspec.structs.asdict(data)
    return Asked(move, **{name: value for name, value in said.items() if value is not UNSET})


def _asked_by_officer(move: Move) -> Callable[[Data], Asked]:
    def ask(data: Data) -> Asked:
        assert isinstance(data, events.OfficerAction)
        return asked_by_officer(move, data)

    return ask


def _supplement(data: Data) -> Asked:
    assert isinstance(data, intake.Supplemented)
    return Asked(Move.SUPPLEMENT, note=_KEPT, documents=joined(data.documents, data.marks))


def _withdrawal(data: Data) -> Asked:
    assert isinstance(data, intake.Withdrawn)
    return Asked(Move.WITHDRAW, note=data.reason)
