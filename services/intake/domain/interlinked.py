"""A parent at the door: what the saga makes of an application's state.

It is intake's alone: it has a dossier code and a status, no agency has it.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from services.intake.domain.dossier import Application
from services.intake.domain.follow_ups import (
    FollowUp,
    follow_up,
    rejected,
)
from services.intake.domain.remedies import problem
from services.intake.domain.saga import ENDS, Family, act, hear, views
from shared.events import Data
from shared.events.intake import (
    ChildTold,
    InterlinkedEnded,
    InterlinkedMoved,
    InterlinkedRegistered,
    Registered,
)
from shared.lanes.table import Arrival, Letter, Outcome

OURS = "/services/intake"

# the national code of a parent at its end
CODES: Mapping[str, int] = {"done": 10, "partly_done": 10, "failed": 3, "taken_back": 7}


def begin(
    before: Application | None, outcome: Outcome[Application], family: Family | None
) -> Outcome[Application]:
    """Turn what was registered just now into a parent, if it has children: they are routed."""
    if before is not None or family is None or outcome.state is None or outcome.state.problems:
        return outcome
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    family, letters = act(family)
    event = InterlinkedRegistered(
        **{
            name: getattr(registered, name)
            for name in InterlinkedRegistered.__struct_fields__
            if name != "children"
        },
        children=views(family),
    )
    return Outcome(replace(outcome.state, family=family), (event,), (), letters)


def hear_child(state: Application | None, arrival: Arrival, *_: object) -> Outcome[Application]:
    """Take in what a child told its parent."""
    told = arrival.data
    assert isinstance(told, ChildTold)
    if state is None or state.family is None or arrival.event.source != OURS:
        return Outcome(state)
    return _moved(state, *hear(state.family, told))


def follow_up_parent(state: Application, arrival: Arrival, asked: FollowUp) -> Outcome[Application]:
    """Take all of it back, child by child; what else may follow, follows on a child."""
    outcome = follow_up(state, arrival, asked)
    if state.family is None or outcome.state is None or outcome.state.withdrawing == "":
        return outcome
    if state.withdrawing:
        return outcome
    return _moved(outcome.state, *act(replace(state.family, taken_back=True)))


def _moved(state: Application, family: Family, letters: tuple[Letter, ...]) -> Outcome[Application]:
    is_same = family == state.family
    state, answer = _answered(replace(state, family=family))
    if is_same:
        return Outcome(state, answer, (), letters)
    children = views(family)
    if not family.outcome:
        return Outcome(state, (InterlinkedMoved(children=children), *answer), (), letters)
    ended = InterlinkedEnded(
        outcome=family.outcome, needs_person=family.needs_person, children=children
    )
    is_taken_back = family.taken_back and family.outcome == "failed"
    code = CODES["taken_back" if is_taken_back else family.outcome]
    status = "withdrawn" if is_taken_back else state.status
    state = replace(state, code=code, status=status, withdrawing="", mark="")
    return Outcome(state, (ended, *answer), (), letters)


def _answered(state: Application) -> tuple[Application, tuple[Data, ...]]:
    """Tell the portal that it came too late for some, once no other may still be taken back."""
    family = state.family
    assert family is not None
    left = [child for child in family.children if child.standing not in ENDS]
    is_open = any(not child.too_late or child.standing == "stopped" for child in left)
    if not state.withdrawing or is_open or family.outcome == "failed":
        return state, ()
    told = rejected(
        replace(state, withdrawing="", withdrawals_rejected=state.withdrawals_rejected + 1),
        state.portal,
        state.withdrawing,
        (problem("too-late-to-withdraw", "/subject"),),
    )
    assert told.state is not None
    return told.state, told.events


def marks_of_ended(
    arrivals: Sequence[Arrival], states: Mapping[str, Application | None]
) -> dict[str, str]:
    """Return the marks of parents that end with what came: no likeness to them any more."""
    after: dict[str, Application] = {}
    found = {}
    for arrival in arrivals:
        state = after.get(arrival.application) or states.get(arrival.application)
        if isinstance(arrival.data, ChildTold) and state and state.mark:
            heard = hear_child(state, arrival).state
            assert heard is not None
            after[arrival.application] = heard
            if heard.end:
                found[arrival.application] = state.mark
    return found
