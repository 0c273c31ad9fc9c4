"""The processes of one service, and which of them has which lanes."""

from typing import TYPE_CHECKING

from tests.simulation.model.drafts import Draft
from tests.simulation.model.parts import SOURCES, Partition
from tests.simulation.model.process import Process

if TYPE_CHECKING:
    from tests.simulation.model.world import World


class Group:
    """The processes of one service: who has which lanes, and how far they have come."""

    def __init__(self, world: "World", service: str) -> None:
        self.world, self.service, self.generation = world, service, 0
        self.places = [(t, p) for t in SOURCES[service] for p in range(world.lanes)]
        self.committed = dict.fromkeys(self.places, 0)
        self.owners: dict[Partition, Process] = {}
        kind = Draft if world.options.draft else Process
        count = world.rng.choice((2, 2, 3))
        self.processes = [kind(world, self, f"{service}{'ABC'[i]}") for i in range(count)]

    def rebalance(self) -> None:
        """Give the lanes to some processes; an old owner leaves cleanly, or goes on as a zombie."""
        rng, world = self.world.rng, self.world
        members = rng.sample(self.processes, rng.randint(1, len(self.processes)))
        for process in self.processes:
            if process.task and (process in members or rng.random() < 0.5):
                if rng.random() < 0.5 and process.generation == self.generation:
                    self.committed.update(process.position)
                process.stop()
                world.log("revoked cleanly", process.name)
            elif process.task:
                world.log("ZOMBIE", process.name)
        self.generation += 1
        unit = (lambda place: place) if world.options.split_lanes else (lambda place: place[1])
        chosen = {u: rng.choice(members) for u in sorted({unit(p) for p in self.places})}
        self.owners = {p: chosen[unit(p)] for p in self.places}
        for member in members:
            places = [p for p in self.places if self.owners[p] is member]
            member.assigned(self.generation, places)
            world.log("assigned", member.name, [f"{t}{p}" for t, p in places])

    def is_ownerless(self) -> bool:
        return any(o.task is None or o.generation != self.generation for o in self.owners.values())

    def is_at_rest(self) -> bool:
        return not any(p.task and p.busy for p in self.processes) and all(
            self.committed[p] == len(self.world.topics[p]) for p in self.places
        )
