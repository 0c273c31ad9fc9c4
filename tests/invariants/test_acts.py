"""An act on a server counts once a service has noticed it."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from shared.failpoints import FETCHING
from tests.invariants import acts
from tests.invariants.acts import Attack
from tests.invariants.faults import ALL, Fault
from tests.invariants.lives import Lives
from tests.invariants.target import Target
from tests.waiting import Late

NOTICED_AFTER = 2  # looks


@dataclass
class Fake:
    """A target that only notes what is done to it."""

    done: list[str] = field(default_factory=list)

    def stop(self, *names: str) -> None:
        self.done += [f"stop {name}" for name in names]

    async def kill(self, name: str) -> None:
        self.done.append(f"kill {name}")

    async def waits(self) -> bool:
        self.done.append("look")
        return self.done.count("look") > NOTICED_AFTER

    async def start_servers(self) -> None:
        self.done.append("start")

    async def is_ready(self, *names: str) -> bool:
        return True


class Watched:
    """Services that lose what fetches; those that are not `silent` say so and join anew."""

    lanes = 4

    def __init__(self, *silent: str) -> None:
        self._silent, self._logs = silent, dict.fromkeys(ALL, acts.ANEW)  # of a life before
        self.told: dict[str, str] = {}
        self.asked: list[str] = []

    def stop(self, *_: str) -> None:
        pass

    def start(self, name: str, more: dict[str, str]) -> None:
        self.told[name] = more["MOTCUA_FAILPOINT"]
        if name not in self._silent:
            self._logs[name] += b'{"event": ' + acts.ANEW + b"}"

    def log(self, name: str) -> bytes:
        return self._logs[name]

    async def is_ready(self, name: str) -> bool:
        return True

    async def health(self, name: str) -> dict[str, dict[str, Any]]:
        self.asked.append(name)
        lanes = range(self.lanes if self.asked.count(name) > NOTICED_AFTER else 1)
        return {"lanes": {"lanes": list(lanes)}}


def on(target: Any, **more: Any) -> Attack:
    return Attack(target, Lives(target), random.Random(0), {}, **more)


async def test_a_service_without_a_fetcher_counts_once_it_has_all_its_lanes_again() -> None:
    target = Watched()
    attack = on(target)
    await acts.stop_fetching(attack)
    assert dict(attack.happened) == {Fault("left without a fetcher", name): 1 for name in ALL}
    assert {name: target.asked.count(name) for name in ALL} == dict.fromkeys(ALL, NOTICED_AFTER + 1)
    assert {told.partition(":")[0] for told in target.told.values()} == {FETCHING}


async def test_a_service_that_does_not_notice_does_not_count() -> None:
    attack = on(Watched("payment"), anew_limit_s=0.0)
    with pytest.raises(Late, match="a word of payment that it joins anew did not come"):
        await acts.stop_fetching(attack)
    assert Fault("left without a fetcher", "payment") not in attack.happened


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
