"""An act on a server counts once a service has noticed it."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.invariants import acts
from tests.invariants.acts import Attack
from tests.invariants.faults import Fault
from tests.invariants.lives import Lives
from tests.invariants.target import Target

NOTICED_AFTER = 2  # looks


@dataclass
class Fake:
    """A target that only notes what is done to it."""

    done: list[str] = field(default_factory=list)

    def stop(self, *names: str) -> None:
        self.done += [f"stop {name}" for name in names]

    async def kill(self, name: str) -> None:
        self.done.append(f"kill {name}")

    async def waits(self, name: str) -> bool:
        self.done.append("look")
        return self.done.count("look") > NOTICED_AFTER

    async def start_servers(self) -> None:
        self.done.append("start")

    async def is_ready(self, *names: str) -> bool:
        return True


@pytest.mark.parametrize(
    ("act", "went", "fault"),
    [
        (acts.restart_database, "stop mongo", Fault("restarted", "database")),
        (acts.kill_database, "kill mongo", Fault("killed", "database")),
        (acts.kill_broker, "kill kafka", Fault("killed", "broker")),
    ],
)
async def test_a_server_comes_back_only_after_a_service_said_that_it_waits(
    act: Callable[[Attack], Awaitable[None]], went: str, fault: Fault
) -> None:
    target: Any = Fake()
    attack = Attack(cast(Target, target), cast(Lives, None), random.Random(0), {})
    await act(attack)
    assert target.done == [went, *["look"] * (NOTICED_AFTER + 1), "start"]
    assert dict(attack.happened) == {fault: 1}
