"""What is done to processes, at whichever await the seed has it: as often as its budget lets it."""

from typing import TYPE_CHECKING

from deploy.simulation.faults import Place
from deploy.simulation.groups import Group
from deploy.simulation.loop import Process

if TYPE_CHECKING:
    from deploy.simulation.world import World

BUDGETS = (0, 1, 2, 3, 5, 8, 12)
PATIENCE = (10, 60, 200)  # handles between two deeds, on average
PAUSES_S = (1.0, 10.0, 60.0)  # up to
OUTAGE_LIMIT_S = 20.0


class Villain:
    """Kills, stalls and fences; asks to stop; takes the log or the database away."""

    def __init__(self, world: "World") -> None:
        self._world, self._rng, self._loop = world, world.rng, world.loop
        self._budget = self._rng.choice(BUDGETS)

    def arm(self) -> None:
        """Begin, after so many handles."""
        self._loop.interfere = self._interfere
        mean = self._rng.choice(PATIENCE)
        self._loop.patience = 1 + int(self._rng.expovariate(1 / mean))

    def stop(self) -> None:
        """Do nothing any more."""
        self._loop.patience = 0

    def _interfere(self, process: Process) -> None:
        """Do something to the process whose turn it is, or to its groups."""
        if self._budget <= 0:
            return
        self._budget -= 1
        self.arm()
        rng, x = self._rng, self._rng.random()
        if x < 0.40:
            self._world.kill(process)
        elif x < 0.55:
            self._loop.pause(process, rng.random() * rng.choice(PAUSES_S))
        elif x < 0.75:
            self._expel(process)
        elif x < 0.85:
            for group in self._groups(process):
                self._loop.note("rebalances", group.name)
                group.rebalance()
        elif x < 0.92:
            self._loop.note("asks", process, "to stop")
            self._world.processes[process.name][1].cancel()
        else:
            self._take_down()

    def _groups(self, process: Process) -> list[Group]:
        groups = self._world.log.groups.values()
        return [g for g in groups if any(m.process is process for m in g.members)]

    def _expel(self, process: Process) -> None:
        for group in self._groups(process):
            for member in [m for m in group.members if m.process is process]:
                group.expel(member)

    def _take_down(self) -> None:
        places: tuple[Place, ...] = ("log", "database")
        place, seconds = self._rng.choice(places), self._rng.random() * OUTAGE_LIMIT_S
        self._loop.note(f"no {place} for {seconds:.0f} s")
        self._world.faults.take_down(place, self._loop.time() + seconds)
