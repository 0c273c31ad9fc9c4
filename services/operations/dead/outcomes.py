"""What came of a record that was sent again, from what is kept.  Pure."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.dead.letters import Letter
from services.operations.domain.entries import Entry
from shared.events.kernel import RecordParked

# `not_yet`: it is not read, or nothing came of it yet
Became = Literal["not_yet", "taken", "held", "came_back"]


class Outcome(NamedTuple):
    """What came of it; when the log had it, and since when it is set aside or held anew, if so."""

    became: Became
    sent_ms: int | None = None
    back_ms: int | None = None


def sent_again(letter: Letter, entries: Sequence[Entry]) -> list[Entry]:
    """Return the messages by which it was sent again."""
    id_ = letter.place.answer_id
    return [e for e in entries if e.topic == letter.topic and e.causationid == id_]


def outcome_of(
    letter: Letter, entries: Sequence[Entry], sent: Sequence[Entry], again: Iterable[Letter]
) -> Outcome:
    """Say what came of what was `sent`; `again`: the letters that these are by now."""
    if not sent:
        return Outcome("not_yet")
    sent_ms = min(e.logged_ms for e in sent)
    back_ms = [one.at_ms for one in again]
    if back_ms:
        return Outcome("came_back", sent_ms, max(back_ms))
    by = {e.causationid for e in entries if e.is_decided and e.service == letter.service}
    if any(e.id in by for e in sent):
        return Outcome("taken", sent_ms)
    places = {e.place for e in sent}
    for entry in entries:
        if entry.type == RecordParked.TYPE and entry.belongs:
            at = msgspec.json.decode(entry.data, type=RecordParked)
            if (at.topic, at.partition, at.offset) in places:
                return Outcome("held", sent_ms, entry.logged_ms)
    return Outcome("not_yet", sent_ms)
