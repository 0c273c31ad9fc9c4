"""What operators say of a unit's service centre: of each point the last word stands."""

from typing import Any

from services.operations.domain.readiness import Tick
from services.operations.indicators.readiness import Readiness
from tests.services.operations.memory import MemoryTable, Trouble

NOTHING: Any = None  # what is told by itself is not asked
MANY = 1_200


async def test_the_last_word_on_a_point_stands_however_often_another_was_spoken_of() -> None:
    readiness = Readiness(NOTHING, NOTHING, MemoryTable(Trouble()))
    await readiness.tick("00004", "address", Tick(at_ms=1, by="an", is_met=True, note="1"))
    await readiness.tick("00008", "network", Tick(at_ms=2, by="an", is_met=True, note="other"))
    for n in range(MANY):
        tick = Tick(at_ms=n, by="an", is_met=n % 2 == 0, note=f"look {n}")
        await readiness.tick("00004", "specialist", tick)

    ticks = await readiness.ticks("00004")
    assert {point: tick.note for point, tick in ticks.items()} == {
        "address": "1",
        "specialist": f"look {MANY - 1}",
    }
