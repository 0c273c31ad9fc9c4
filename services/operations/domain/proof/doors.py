"""What came in was answered, once: applications, children of interlinked ones, petitions.

A message on the log is what a portal was promised: from then on it is registered or refused, or
somebody dismissed it, or it is named here with what it waits for, for as long as it may.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from services.operations.domain.entries import Entry
from services.operations.domain.proof.tally import Journey, Moment, Proof, read_as
from shared.events.intake import ChildOpened, InterlinkedRegistered, Refused, Registered
from shared.events.kernel import RecordAnswered, RecordDead
from shared.events.petitions import PetitionFiled, PetitionReceived, PetitionRejected
from shared.events.portal import Submitted
from shared.kinship import is_child


class Door(NamedTuple):
    """Where something comes in, as what, who answers, and with what.

    `refuses_once`: a refusal is the whole answer, with a reason for each problem; of a petition
    whatever was asked of it may be rejected, and it may be filed again.
    """

    section: str
    topic: str
    asks: frozenset[str]
    service: str
    takes: frozenset[str]
    refuses: str
    refuses_once: bool = True


_UNREADABLE = "unreadable"  # the type that is kept of a message whose envelope nobody can read
_APPLICATIONS = Door(
    "submissions",
    "portal.submissions",
    frozenset({Submitted.TYPE, _UNREADABLE}),  # nothing else is sent there
    "intake",
    frozenset({Registered.TYPE, InterlinkedRegistered.TYPE}),
    Refused.TYPE,
)
_CHILDREN = Door(
    "children",
    "intake.inbox",
    frozenset({ChildOpened.TYPE}),
    "intake",
    frozenset({Registered.TYPE}),
    Refused.TYPE,
)
_PETITIONS = Door(
    "petitions",
    "notify.inbox",
    frozenset({PetitionFiled.TYPE}),
    "notify",
    frozenset({PetitionReceived.TYPE}),
    PetitionRejected.TYPE,
    refuses_once=False,
)


class _Refusal(msgspec.Struct):
    problems: list[msgspec.Raw] = []


class _Place(msgspec.Struct):
    topic: str = ""
    partition: int = -1
    offset: int = -1
    did: str = ""


_refusal = msgspec.json.Decoder(_Refusal)
_place = msgspec.json.Decoder(_Place)


def answered(journey: Journey, moment: Moment, into: Proof) -> None:
    """Check whatever an application came in by."""
    _through(_CHILDREN if is_child(journey.application) else _APPLICATIONS, journey, moment, into)
    _through(_PETITIONS, journey, moment, into)


def _through(door: Door, journey: Journey, moment: Moment, into: Proof) -> None:
    asked = [e for e in journey.entries if e.type in door.asks and e.topic == door.topic]
    own = [e for e in journey.entries if e.sequence and e.service == door.service]
    taken = [e for e in own if e.type in door.takes]
    refused = [e for e in own if e.type == door.refuses and (asked or door.refuses_once)]
    if asked:
        into.count(door.section, "acknowledged")
    if taken or refused:
        into.count(door.section, "registered" if taken else "refused")
        _once(door, bool(asked), taken, refused, into)
    elif asked:
        _not_yet(door, asked, journey, moment, into)


def _once(
    door: Door, is_asked: bool, taken: Sequence[Entry], refused: Sequence[Entry], into: Proof
) -> None:
    answer = (*taken, *refused)[0]
    called = answer.application, answer.id
    if not is_asked:
        into.blame("never_submitted", *called, f"answered, and not on {door.topic}")
    times = len(taken) + (len(refused) if door.refuses_once else 0)
    if times > 1:
        into.blame("answered_twice", *called, f"answered {times} times")
    for entry in refused if door.refuses_once else ():
        if not read_as(_refusal, entry.data, _Refusal()).problems:
            into.blame("refused_without_reason", entry.application, entry.id, "names no problem")


def _not_yet(
    door: Door, asked: Sequence[Entry], journey: Journey, moment: Moment, into: Proof
) -> None:
    kind, why = _waits_as(door, asked, journey)
    if kind == "dismissed":
        into.count(door.section, "dismissed")
        return
    first = min(asked, key=lambda e: e.logged_ms)
    place = f"{first.topic}[{first.partition}]@{first.offset}"
    called = journey.application, first.id or place
    if moment.bears(kind, first.logged_ms):
        into.count(door.section, "waiting")
        into.wait(kind, *called, why, first.logged_ms)
    else:
        into.blame("unanswered", *called, f"{door.service} neither took nor refused it: {why}")


def _waits_as(door: Door, asked: Sequence[Entry], journey: Journey) -> tuple[str, str]:
    """Return as what it waits, and why; or that somebody dismissed it."""
    buried = _said_of(journey.entries, RecordDead.TYPE)
    if all(e.place in buried for e in asked):
        answers = _said_of(journey.entries, RecordAnswered.TYPE)
        did = [answers.get(e.place, "") for e in asked]
        if all(did) and "dismissed" in did:  # the others were sent again, and came to the same
            return "dismissed", ""
        return "set_aside", f"{door.service} cannot read it, see the dead letters"
    if door.service in journey.held:
        return "held", f"{door.service} holds it, see what is parked"
    return "being_read", f"{door.service} has not answered yet"


def _said_of(entries: Sequence[Entry], type_: str) -> dict[tuple[str, int, int], str]:
    """Return the places of which a lane said that nobody can read what stands there, or somebody
    what he did about it: what was said first counts.
    """
    aside = [e.data for e in entries if e.type == type_ and e.is_aside]
    found = [read_as(_place, data, _Place()) for data in reversed(aside)]
    return {(p.topic, p.partition, p.offset): p.did for p in found}
