"""What follows on an application: what the citizen brings or asks, and what routing answers.

Intake passes on and routing decides.  Each thing counts once, however often and under whatever
message id it comes; after the end it is refused, with the reason.
"""

from collections.abc import Mapping
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from services.intake.domain.dossier import ENDS, Application
from services.intake.domain.findings import unread_supplement, unread_withdrawal
from services.intake.domain.message_ids import id_of, is_reused, under
from services.intake.domain.pending import Brought
from services.intake.domain.remedies import malformed, problem
from services.intake.domain.validation import portal_of, supplement_problems, withdrawal_problems
from shared.events import cancelling, routing
from shared.events.data import Problem, filed, marked, marks
from shared.events.intake import FollowUpRejected, Supplemented, Withdrawn
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.lanes.table import Arrival, Malformed, Outcome

SUPPLEMENTS_LIMIT = 100
WITHDRAW, SUPPLEMENT = "withdraw", "supplement"  # how routing calls what it did not let happen
STOPPED = 8  # the national code of what may go on again

# the moves of routing that change what a citizen may do here, and the code each leaves behind;
# the others cost a version of every application and are told by routing itself
FOLLOWED: Mapping[type[routing.Moved], int] = {
    routing.SupplementRequested: 5,
    routing.NotAccepted: 3,
    cancelling.Cancelled: 3,
    routing.Closed: 7,
    routing.Returned: 10,
}
ENDINGS = (routing.NotAccepted, cancelling.Cancelled, routing.Closed, routing.Returned)


FollowUp = SupplementSubmitted | WithdrawalRequested
_UNREAD = {
    SupplementSubmitted.TYPE: unread_supplement,
    WithdrawalRequested.TYPE: unread_withdrawal,
}


def is_repeated(state: Application, message_id: str, asked: FollowUp) -> bool:
    """Whether this has been passed on already, under whatever id."""
    if isinstance(asked, WithdrawalRequested):
        return bool(state.withdrawing) or state.end == "withdrawn"
    hashed = content_hash(asked)
    is_known = state.supplied == hashed or hashed in under(_brought(state), message_id)
    return is_known and not state.end


def obstacle(state: Application, asked: FollowUp) -> Problem | None:
    """Return why nothing of the kind can follow on this application now, None if it can."""
    if state.end:
        return problem("application-closed", "/subject")
    if state.withdrawing:
        return problem("withdrawal-pending", "/subject")
    if state.family and not isinstance(asked, WithdrawalRequested):
        return problem("has-children", "/subject")
    if isinstance(asked, SupplementSubmitted) and state.supplements >= SUPPLEMENTS_LIMIT:
        return problem("too-many-supplements", "/subject")
    return None


def form_problems(asked: FollowUp) -> tuple[Problem, ...]:
    """Return what is wrong with it whatever application it follows on."""
    if isinstance(asked, WithdrawalRequested):
        return withdrawal_problems(asked)
    return supplement_problems(asked)


def content_hash(brought: SupplementSubmitted) -> str:
    """Return what tells one supplement from another."""
    return sha256(msgspec.json.encode(brought)).hexdigest()[:16]


def supplement_id(application: str, state: Application, hashed: str, key: str) -> str:
    """Return the id of a supplement as a message."""
    address = f"{application}/supplement"
    return id_of(address, key, state.requests, state.rejections, hashed)


def key_stands(state: Application, message_id: str, asked: FollowUp) -> bool:
    """Whether the key in this id stands with another supplement that counts."""
    return isinstance(asked, SupplementSubmitted) and is_reused(
        _brought(state), message_id, content_hash(asked)
    )


def _brought(state: Application) -> list[tuple[str, str]]:
    return [(each.message_id, each.content_hash) for each in state.brought]


def follow_up(
    state: Application | None,
    arrival: Arrival,
    asked: FollowUp,
    files: tuple[Problem, ...] = (),
) -> Outcome[Application]:
    """Pass on what the citizen brings or asks; whether it can be is routing's to say.

    `files`: what is wrong with the files that it names.
    """
    message_id, portal = arrival.event.id, portal_of(arrival.event.source)
    if state is None or state.portal != portal:  # that of another portal is as unknown as none
        return rejected(state, portal, message_id, (problem("unknown-application", "/subject"),))
    if key_stands(state, message_id, asked):
        wrong = (problem("key-reused", "/headers/idempotency-key"),)
        return turned_away(state, message_id, wrong)
    if is_repeated(state, message_id, asked):
        return Outcome(state)
    in_the_way = obstacle(state, asked)
    wrong = (*((in_the_way,) if in_the_way else ()), *form_problems(asked), *files)
    if wrong:
        return turned_away(state, message_id, wrong)
    if isinstance(asked, WithdrawalRequested):
        return Outcome(replace(state, withdrawing=message_id), (Withdrawn(reason=asked.reason),))
    return _bring(state, message_id, asked)


def not_read(state: Application | None, arrival: Arrival, why: Malformed) -> Outcome[Application]:
    """Tell the portal what is wrong with what cannot be read as what it is called."""
    message_id, portal = arrival.event.id, portal_of(arrival.event.source)
    if state is None or state.portal != portal:
        return rejected(state, portal, message_id, (problem("unknown-application", "/subject"),))
    closed = (problem("application-closed", "/subject"),) if state.end else ()
    wrong = _UNREAD[arrival.event.type](bytes(arrival.event.data))
    wrong = wrong or (malformed(why.reason, why.field),)
    return turned_away(state, message_id, (*closed, *wrong))


def _bring(state: Application, message_id: str, asked: SupplementSubmitted) -> Outcome[Application]:
    passed_on = Brought(
        message_id=message_id,
        content_hash=content_hash(asked),
        before=state.supplied,
        marked=sum(document.is_marked for document in asked.documents),
    )
    counted = replace(
        state,
        supplements=state.supplements + 1,
        supplied=passed_on.content_hash,
        brought=(*state.brought, passed_on),
        is_unsupplied=False,
        marked=marked(state.marked, asked.documents),
    )
    brought = Supplemented(documents=filed(asked.documents), marks=marks(asked.documents))
    return Outcome(counted, (brought,))


def follow(state: Application | None, moved: routing.Moved) -> Outcome[Application]:
    """Keep what a move of routing's means for the citizen."""
    if state is None:
        return Outcome(state)
    code = FOLLOWED[type(moved)]
    if code == 7:
        return Outcome(replace(state, code=code, status="withdrawn", withdrawing="", mark=""))
    if isinstance(moved, routing.SupplementRequested):
        return Outcome(
            replace(state, code=code, supplied="", requests=state.requests + 1, is_unsupplied=False)
        )
    return Outcome(replace(state, code=code, mark=""))


def hear_no(state: Application | None, rejected: routing.ActionRejected) -> Outcome[Application]:
    """Tell the portal what of its own was not let happen; what officers ask is not asked here."""
    if state and state.withdrawing and rejected.action == WITHDRAW:
        return _not_withdrawn(state, rejected.national_code)
    if state and state.brought and rejected.action == SUPPLEMENT:
        return _not_supplemented(state, rejected.national_code)
    return Outcome(state)


def _not_withdrawn(state: Application, code: int) -> Outcome[Application]:
    stays = replace(state, withdrawing="", withdrawals_rejected=state.withdrawals_rejected + 1)
    why = problem("withdraw-later" if code == STOPPED else "too-late-to-withdraw", "/subject")
    return rejected(stays, state.portal, state.withdrawing, (why,))


def _not_supplemented(state: Application, code: int) -> Outcome[Application]:
    """Take the last supplement off again: of several on their way, those before it may count."""
    *others, last = state.brought
    stays = replace(
        state,
        brought=tuple(others),
        supplied=last.before,
        supplements_rejected=state.supplements_rejected + 1,
        is_unsupplied=True,
        marked=state.marked[: len(state.marked) - last.marked],
    )
    why = problem("application-closed" if code in ENDS else "supplement-not-taken", "/subject")
    return rejected(stays, state.portal, last.message_id, (why,))


def turned_away(
    state: Application, message_id: str, problems: tuple[Problem, ...]
) -> Outcome[Application]:
    """Answer its portal that a message does not count, and that the next one is another."""
    counted = replace(state, turned_away=state.turned_away + 1)
    return rejected(counted, state.portal, message_id, problems)


def rejected(
    state: Application | None, portal: str, message_id: str, problems: tuple[Problem, ...]
) -> Outcome[Application]:
    """Answer that a message does not count."""
    event = FollowUpRejected(portal=portal, message_id=message_id, problems=problems)
    return Outcome(state, (event,))
