"""What operators ask for, doubled and late: a service that does it too often is caught."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import structlog

from deploy.simulation.host import REAL, Built
from deploy.simulation.schedule import quieten
from deploy.simulation.services_world import POLICY, ServicesWorld
from deploy.simulation.world import Violation, World
from services.notify.domain import Clerk
from services.notify.domain.slots import slot_of
from services.notify.domain.templates import ours
from shared.events.notify import AgainAsked, NoticeReopened
from shared.lanes.table import Arrival, Outcome

CAUGHT_WITHIN = 20


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    quieten(collect=True)
    yield
    structlog.reset_defaults()
    gc.enable()


def tells_all_again(dossier: Any, arrival: Arrival, facts: Any, at: datetime) -> Outcome[Any]:
    """Tell a milestone again, whoever has it."""
    clerk, wish = Clerk(dossier, arrival.application, at, POLICY, ours(), *facts), arrival.data
    assert isinstance(wish, AgainAsked)
    for slot in [s for s in clerk.notices if slot_of(s).milestone == wish.milestone]:
        clerk.open_again(slot)
        told = NoticeReopened(milestone=wish.milestone, channel=slot_of(slot).way, by=wish.by)
        clerk.say([told])
    clerk.release()
    return clerk.outcome()


class Wrong(ServicesWorld):
    """A notify that looks at nothing before it tells again."""

    def build(self, service: str, world: World) -> Built:
        built = super().build(service, world)
        if service != "notify":
            return built
        decisions = {**built.table.decisions, AgainAsked.TYPE: tells_all_again}
        return built._replace(table=replace(built.table, decisions=decisions))


def violation(world: World) -> str:
    try:
        world.run()
    except Violation as found:
        return str(found)
    return ""


def test_who_is_told_again_though_they_have_it_is_told_twice() -> None:
    found = (violation(World(seed, Wrong(seed), REAL)) for seed in range(CAUGHT_WITHIN))

    assert "told twice" in next((text for text in found if "told twice" in text), "")
