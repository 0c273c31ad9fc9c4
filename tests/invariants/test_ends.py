"""Some that were paid for are left at work, the same ones for the same seed; all others go on."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import msgspec

from deploy.sandbox.portal import Application, Citizens
from shared.catalogue import Catalogue, load
from shared.events import Event
from shared.events.cancelling import Cancelled
from shared.events.routing import Accepted, Processing
from shared.kinship import child_id
from tests.invariants.ends import LEFT, OVER, PAID_AT, Left
from tests.invariants.paying import drawn

ON, COUNT = date(2026, 11, 20), 1_000
AT, NO_DATA = datetime(2026, 11, 20, tzinfo=UTC), msgspec.Raw(b"{}")
CATALOGUE: Catalogue = load()


def submitted(seed: int) -> dict[str, Application]:
    citizens = Citizens(CATALOGUE, ON, random.Random(seed))
    return {a.id: a for a in (citizens.draw() for _ in range(COUNT))}


def left(seed: int, applications: dict[str, Application]) -> Left:
    return Left(CATALOGUE, lambda what, a: drawn(seed, what, a), applications)


def moment(application: Application) -> str:
    procedure = CATALOGUE.procedure(application.fields.procedure, ON)
    assert procedure
    return procedure.payment_moment


def test_a_share_of_what_is_paid_first_is_left_and_nothing_else() -> None:
    applications = submitted(5)
    first = {id_ for id_, a in applications.items() if moment(a) == PAID_AT}
    chosen = left(5, applications)
    found = {id_ for id_ in applications if id_ in chosen}
    assert found < first
    assert LEFT / 2 < len(found) / len(first) < LEFT * 2
    assert found == {id_ for id_ in applications if id_ in left(5, applications)}


def test_no_part_of_several_and_nobody_s_application_is_left() -> None:
    applications = submitted(6)
    chosen = left(6, applications)
    assert not any(child_id(id_, 1) in chosen for id_ in applications)


async def test_of_one_that_is_left_officers_hear_all_but_that_they_are_at_work() -> None:
    applications = submitted(7)
    chosen = left(7, applications)
    one = next(id_ for id_ in applications if id_ in chosen)
    other = next(id_ for id_ in applications if id_ not in chosen)

    async def log() -> AsyncIterator[Event]:
        for subject in (one, other):
            for type_ in (Accepted.TYPE, Processing.TYPE):
                yield Event(
                    id=type_, source="/x", type=type_, subject=subject, time=AT, data=NO_DATA
                )

    heard = [(e.subject, e.type) async for e in chosen.out_of(log())]
    assert heard == [(one, Accepted.TYPE), (other, Accepted.TYPE), (other, Processing.TYPE)]


def test_what_is_cancelled_is_over() -> None:
    assert Cancelled.TYPE in OVER
