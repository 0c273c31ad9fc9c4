"""What a process makes of a batch: a version for each record, or the record is held."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.simulation.model.domain import is_known, unchanged
from tests.simulation.model.parts import (
    RELEASE,
    Cause,
    Facts,
    Fetched,
    Record,
    Undecidable,
    Version,
)

if TYPE_CHECKING:
    from tests.simulation.model.process import Process


def decide(
    process: "Process", batch: Sequence[Fetched], states: dict[str, Version], facts: Facts
) -> list[Version]:
    versions: list[Version] = []
    for place, offset, record in batch:
        new = decide_one(process, states[record.app], record, Cause(place, offset), facts)
        if new:
            states[record.app] = new[-1]
            versions += new
    return versions


def decide_one(
    process: "Process", state: Version, record: Record, cause: Cause, facts: Facts
) -> list[Version]:
    domain = process.world.domain
    if process.options.hold == "memory":
        return decide_or_park(process, state, record, cause, facts)
    if domain.is_ignored(process.service, record):
        return []
    if process.options.seen_check and (
        is_known(state, record) or any(h.id == record.id for h in state.held)
    ):
        return []
    if record.source == RELEASE:
        return release(process, state, record, cause, facts)
    if process.options.skip_by_state and domain.whim(record.id) and len(state.applied) % 2:
        return []
    if not state.held:
        try:
            return [domain.decide(process.service, state, record, cause, facts)]
        except Undecidable as because:
            process.log("holds", record.id, because)
    held = (*state.held, record)
    return [unchanged(state, record.app, cause, held, state.handled)]


def release(
    process: "Process", state: Version, record: Record, cause: Cause, facts: Facts
) -> list[Version]:
    """Decide what is held, in order, one version each, stopping at an exception."""
    out, held = [], state.held
    while held:
        first, rest = held[0], held[1:]
        if not is_known(state, first):
            try:
                state = process.world.domain.decide(
                    process.service, state, first, cause, facts, rest
                )
            except Undecidable:
                break
            out.append(state)
        held = rest
    handled = (*state.handled, record.id)
    return [*out, unchanged(state, record.app, cause, held, handled)]


def decide_or_park(
    process: "Process", state: Version, record: Record, cause: Cause, facts: Facts
) -> list[Version]:
    """As first meant: only the process knows that an application is parked."""
    domain = process.world.domain
    if record.source == RELEASE:
        process.parked.discard(record.app)
        return []
    if domain.is_ignored(process.service, record) or is_known(state, record):
        return []
    if record.app not in process.parked:
        try:
            return [domain.decide(process.service, state, record, cause, facts)]
        except Undecidable:
            pass
    process.parked.add(record.app)
    process.world.parked[process.service].append(record)
    return []
