"""Looks at what lanes set aside, sends it again, and has a mended copy or a dismissal checked by a
second person.

The record is appended first and the answer about it behind it: who finds the letter open after a
crash does both again, under the same ids, so that the lane takes one.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, get_args

import msgspec

from services.operations.dead.edits import Edits, NotNow, Proposal, Settled, dismissal
from services.operations.dead.outcomes import Became, Outcome, outcome_of, sent_again
from services.operations.dead.standing import Standing
from services.operations.domain.actions import last_held, release_of
from services.operations.domain.causes import CALL
from services.operations.domain.dead.letters import Answer, Letter, Open, Place
from services.operations.domain.dead.mending import Change, Why, barred, changes, read
from services.operations.domain.entries import Entry, in_order
from services.operations.domain.status import held_by
from services.operations.journeys import Journeys
from services.operations.letters import Letters
from services.operations.rounds.commands import command
from shared import events
from shared.access import Caller
from shared.bus import Message, Partition
from shared.clock import Clock
from shared.events import Event
from shared.events.kernel import LaneReleased, RecordAnswered
from shared.jwe import NotOpened
from shared.lanes.notices import SealedRecord
from shared.placement import canonical
from shared.topics import dead

Verb = Literal["redrive", "dismiss"]
Did = Literal["redriven", "edited", "dismissed"]
# `asked`: a second person has to agree; `waits`: for one, something else of it
Done = Literal[
    "sent", "asked", "dismissed", "rejected", "not_asked", "waits", "own", "not_told_apart"
]
Result = Done | Why
RESULTS: tuple[Result, ...] = (*get_args(Done), *get_args(Why))


class Publishing(Protocol):
    """`shared.publisher.Publisher`."""

    async def publish(self, topic: str, event: Event) -> None:
        """Append an event at home and wait for the acknowledgement.  Raises `Unknown`."""

    async def append(self, place: Partition, message: Message) -> None:
        """Append a message as it is.  Raises `Unknown`."""


class Seals(NamedTuple):
    """What opens and closes letters."""

    open: Callable[[str], bytes]
    close: Callable[[bytes], str]


class Held(NamedTuple):
    """A letter, what was sent, and what was done about it; a call has no key."""

    letter: Letter
    key: bytes
    value: bytes
    answer: Answer | None

    @property
    def message(self) -> object:
        """Return what was sent as JSON; None where it is none."""
        return read(self.value)

    @property
    def why(self) -> Why | None:
        """Say why it cannot be sent again as it was; None: it can."""
        return "answered" if self.answer else barred(self.letter, self.key, self.value)


class Desk:
    """All that is asked and done; what is asked of it raises `Unknown`."""

    def __init__(
        self,
        letters: Letters,
        standing: Standing,
        journeys: Journeys,
        edits: Edits,
        publisher: Publishing,
        seals: Seals,
        clock: Clock,
        per_second: int,
    ) -> None:
        self.edits = edits
        self._rest_s = 1 / per_second
        self._letters, self.standing, self._journeys = letters, standing, journeys
        self._publisher, self._seals, self._clock = publisher, seals, clock

    # ---- what there is

    async def of(self, places: Sequence[Place]) -> dict[str, Held]:
        """Return letters with what was sent, by key; those that there are."""
        keys = [place.key for place in places]
        answers = await self._letters.answers(keys)
        found = await self._letters.of(keys)
        return {key: self._opened(one, answers.get(key)) for key, one in found.items()}

    def _opened(self, letter: Letter, answer: Answer | None) -> Held:
        try:
            whole = self._seals.open(letter.sealed)
            if letter.cause == CALL:
                return Held(letter, b"", whole, answer)
            record = msgspec.msgpack.decode(whole, type=SealedRecord)
        except (NotOpened, *events.UNREADABLE):
            return Held(letter, b"", b"", answer)
        return Held(letter, record.key, record.value, answer)

    async def parked(self, place: Place) -> tuple[Open, Entry | None] | None:
        """Return what is held at a place, with its message as it is kept."""
        one = await self.standing.parked(place)
        if one is None:
            return None
        entries, _ = await self._journeys.of(one.application)
        return one, next((e for e in entries if e.place == tuple(place)), None)

    async def became(self, held: Held) -> Became | None:
        """Say what came of a record that was sent again; None: none was."""
        found = await self.outcome(held)
        return found.became if found else None

    async def outcome(self, held: Held) -> Outcome | None:
        """Say the same, and when.  None: none was sent."""
        if held.answer is None or held.answer.data.did == "dismissed":
            return None
        entries = (await self._journeys.of(held.answer.application))[0]
        sent = sent_again(held.letter, entries)
        letters = await self._letters.of([Place(*e.place).key for e in sent])
        return outcome_of(held.letter, entries, sent, letters.values())

    # ---- what is done

    async def do(
        self, verb: Verb, items: Sequence[Open], by: Caller, why: str
    ) -> dict[str, Result]:
        """Do it to these, or ask for it; return what was done, by key."""
        if verb == "redrive":
            return await self.redrive(items, by.name, why)
        return await self.dismiss(items, by, why)

    async def redrive(self, items: Sequence[Open], by: str, reason: str) -> dict[str, Result]:
        """Send these again as they were, one after the other; return what was done, by key."""
        letters = await self.of([one.place for one in items if one.kind != "parked"])
        done: dict[str, Result] = {}
        for one in items:
            held = letters.get(one.place.key)
            if one.kind == "parked":
                done[one.key] = await self._release(one, by, reason)
            elif held is None:
                done[one.key] = "answered"
            else:
                done[one.key] = held.why or await self._again(held, by, reason)
            if done[one.key] == "sent":
                await asyncio.sleep(self._rest_s)
        return done

    async def again(self, place: Place, by: str, reason: str) -> Result:
        """Send one again as it was, unless it cannot be; return what was done."""
        held = (await self.of([place])).get(place.key)
        if held is None:
            return "answered"
        return held.why or await self._again(held, by, reason)

    async def _again(self, held: Held, by: str, reason: str) -> Result:
        letter = held.letter
        said = Proposal(by=by, at=self._clock(), reason=reason, is_as_it_was=True)
        stands = await self.edits.settle(letter.place, said)
        if stands.checker:  # who agreed may have gone away before that was done
            await self.accept(held, stands)
        if not stands.is_as_it_was:
            return "answered" if stands.is_final else "waits"
        event = events.decode(held.value)
        await self._send(letter, event, _answered(letter, "redriven", by, reason))
        return "sent"

    async def _send(self, letter: Letter, event: Event, said: RecordAnswered) -> None:
        application = canonical(event.subject)
        cause = letter.place.answer_id
        sent = msgspec.structs.replace(
            event, subject=application, causationid=cause, sequence="", traceparent=""
        )
        await self._publisher.publish(letter.topic, sent)
        await self._answer(letter, application, said)

    async def _answer(self, letter: Letter, application: str, said: RecordAnswered) -> None:
        event = Event(
            id=letter.place.answer_id,
            source=f"/operators/{said.operator}",
            type=said.TYPE,
            subject=application,
            time=self._clock(),
            data=msgspec.Raw(events.encode(said)),
            causationid=letter.id,
        )
        topic = letter.topic if letter.cause == CALL else dead(letter.topic)
        key = application.encode() or None
        await self._publisher.append((topic, letter.partition), Message(key, events.encode(event)))

    async def _release(self, one: Open, by: str, reason: str) -> Result:
        standing = await self._journeys.standing([one.application])
        entries = in_order(standing[one.application])
        notice = last_held(one.service, entries)
        if notice is None or one.service not in held_by(entries):
            return "nothing_held"
        told = release_of(one.service, notice)
        said = LaneReleased(operator=by, reason=reason)
        id_, source = f"{notice.id}/released", f"/operators/{by}"
        event = command(id_, source, one.application, self._clock(), said, told)
        await self._publisher.publish(told.topic, event)
        return "sent"

    async def dismiss(self, items: Sequence[Open], by: Caller, reason: str) -> dict[str, Result]:
        """Ask that nothing is sent of these; what is held cannot be dismissed."""
        places = [one.place for one in items if one.kind != "parked"]
        letters, asked = await self.of(places), await self.edits.of_all(places)
        said = Proposal(by=by.name, principal=by.principal, at=self._clock(), reason=reason)
        done: dict[str, Result] = {}
        for one in items:
            held = letters.get(one.place.key)
            if held is None or held.answer:
                done[one.key] = "answered" if one.kind != "parked" else "nothing_held"
            elif dismissal(asked[one.place.key]):
                done[one.key] = "asked"
            else:
                done[one.key] = await self._ask(one.place, said)
        return done

    async def _ask(self, place: Place, said: Proposal) -> Result:
        try:
            await self.edits.add(place, said)
        except Settled:
            return "answered"
        except NotNow:
            return "waits"
        return "asked"

    async def propose(
        self, held: Held, copy: Mapping[str, Any], by: Caller, reason: str
    ) -> Proposal:
        """Keep a mended copy until a second person looks at it.  Raises `NotNow`, `Settled`."""
        differing = changes(held.message, dict(copy))
        proposal = Proposal(
            by=by.name,
            principal=by.principal,
            at=self._clock(),
            reason=reason,
            fields=tuple(change.path for change in differing),
            changes=self._seals.close(msgspec.json.encode(differing)),
            copy=self._seals.close(msgspec.json.encode(copy)),
        )
        return await self.edits.add(held.letter.place, proposal)

    def changed(self, proposal: Proposal) -> list[Change]:
        """Return where a copy differs."""
        if proposal.is_dismissal:
            return []
        return msgspec.json.decode(self._seals.open(proposal.changes), type=list[Change])

    async def accept(self, held: Held, proposal: Proposal) -> None:
        """Send a copy that was accepted, or say that nothing is sent; again is harmless."""
        letter = held.letter
        did: Did = "dismissed" if proposal.is_dismissal else "edited"
        said = msgspec.structs.replace(
            _answered(letter, did, proposal.by, proposal.reason),
            checker=proposal.checker,
            fields=proposal.fields,
            sealed=proposal.changes,
        )
        if proposal.is_dismissal:
            await self._answer(letter, letter.application, said)
        else:
            await self._send(letter, events.decode(self._seals.open(proposal.copy)), said)


def _answered(letter: Letter, did: Did, by: str, reason: str) -> RecordAnswered:
    return RecordAnswered(
        service=letter.service,
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        did=did,
        operator=by,
        reason=reason,
    )
