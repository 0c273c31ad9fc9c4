"""What is done to the processes: one function for each kind, each back to a system that works."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.failpoints import FETCHING, MISTAKE
from tests.invariants.faults import ALL, LANED, Fault
from tests.invariants.lives import Lives
from tests.invariants.outages import partners_down, slow_partners
from tests.invariants.target import SECOND, Target
from tests.waiting import Late, until

READY_LIMIT_S = 90.0
KILLS_LIMIT_S = 240.0
SEEN_LIMIT_S = 60.0
KAFKA_STOP_LIMIT_S = 20.0
TOGETHER_S = 2.0  # how long two processes share the lanes
SESSION_S = 3.0  # as the services are told
POLL_LIMIT_S = 4.0
MISTAKEN_S = 4.0
SMALL_BYTES = 64  # smaller than any batch
MISTAKEN_ONE_IN = 8
FETCHES = (2, 8)  # that bring something, before the one that is the last
LET_GO, ANEW = b'"lanes let go"', b'"joining anew"'
REFUSED = "MessageSizeTooLarge"


@dataclass(slots=True)
class Attack:
    """Who attacks what; `happened` counts what the logs do not tell afterwards."""

    target: Target
    lives: Lives
    chance: random.Random
    steps: Mapping[str, Sequence[str]]  # of each service, where it is to die
    happened: Counter[Fault] = field(default_factory=Counter)
    late: list[str] = field(default_factory=list)  # what did not come in time
    anew_limit_s: float = 60.0  # a service that starts has to read something first

    async def recovered(self) -> None:
        """Wait until every service works."""
        try:
            await until(lambda: self.target.is_ready(*ALL), READY_LIMIT_S, "readiness")
        except Late as late:
            raise Late(f"{late}: {await self.target.unready()}") from late


Act = Callable[[Attack], Awaitable[None]]


def chains(chance: random.Random, steps: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return, by service, the failpoints of its lives to come, in an order drawn."""
    drawn = {}
    for service, places in steps.items():
        order = chance.sample(places, len(places))
        rare = ("effects.", "lane.committed", "reader.")
        drawn[service] = [f"{s}:{1 if s.startswith(rare) else chance.randint(1, 4)}" for s in order]
    return drawn


async def kill_at_every_step(attack: Attack) -> None:
    """Let every service die once at each step of its loops."""
    attack.lives.arm(chains(attack.chance, attack.steps))
    async with attack.lives.in_hand(*ALL):
        await asyncio.to_thread(attack.target.stop, *ALL)  # the next life of each is armed

    async def is_over() -> bool:
        return not attack.lives.to_come

    try:
        await until(is_over, KILLS_LIMIT_S, "a death")
    except Late:
        attack.late += attack.lives.to_come
        attack.lives.arm({})
    await attack.recovered()


async def double_processes(attack: Attack) -> None:
    """Two processes of each service, one, two again, and one in the end; half die by force."""
    seconds = [f"{name}{SECOND}" for name in ALL]
    by_force = set(attack.chance.sample(seconds, len(seconds) // 2))
    for is_last in (False, True):
        await asyncio.gather(*(asyncio.to_thread(attack.target.start, s) for s in seconds))
        await until(lambda: _all(_is_shared, attack), READY_LIMIT_S, "lanes for both processes")
        await asyncio.sleep(TOGETHER_S)
        for second in seconds:
            if second in by_force:
                await attack.target.kill(second)
        await asyncio.to_thread(attack.target.stop, *seconds)
        await until(lambda: _all(_is_alone, attack), READY_LIMIT_S, "all lanes for one process")
        if is_last:
            attack.happened.update(Fault("two processes, one, two", name) for name in ALL)


async def _all(is_so: Callable[[Target, str], Awaitable[bool]], attack: Attack) -> bool:
    return all([await is_so(attack.target, name) for name in ALL])


async def _lanes(target: Target, name: str) -> set[int]:
    """Return the lanes of a process's main loop."""
    loops = await target.health(name)
    main = loops.get("lanes") or loops.get("operations") or {"lanes": []}
    return set(main["lanes"])


async def _is_shared(target: Target, name: str) -> bool:
    first, second = await _lanes(target, name), await _lanes(target, f"{name}{SECOND}")
    return bool(first) and bool(second) and not first & second


async def _is_alone(target: Target, name: str) -> bool:
    return len(await _lanes(target, name)) == target.lanes


async def restart_broker(attack: Attack) -> None:
    """Stop the broker in order; a service has to say what it waits for."""
    stopping = asyncio.to_thread(attack.target.system.children.stop, ["kafka"], KAFKA_STOP_LIMIT_S)
    await _away(attack, stopping)
    attack.happened[Fault("restarted", "broker")] += 1


async def kill_broker(attack: Attack) -> None:
    """Kill the broker."""
    await _away(attack, attack.target.kill("kafka"))
    attack.happened[Fault("killed", "broker")] += 1


async def _away(attack: Attack, going: Awaitable[object]) -> None:
    await going
    await until(attack.target.waits, SEEN_LIMIT_S, "a word that a service waits")
    await attack.target.start_servers()
    await attack.recovered()


async def restart_database(attack: Attack) -> None:
    """Stop the database in order; a service has to say what it waits for."""
    await _away(attack, asyncio.to_thread(attack.target.stop, "mongo"))
    attack.happened[Fault("restarted", "database")] += 1


async def kill_database(attack: Attack) -> None:
    """Kill the database."""
    await _away(attack, attack.target.kill("mongo"))
    attack.happened[Fault("killed", "database")] += 1


async def step_down(attack: Attack) -> None:
    """Let the database give up being primary."""
    await attack.target.step_down()
    await attack.recovered()
    attack.happened[Fault("stepped down", "database")] += 1


async def pause_past_session(attack: Attack) -> None:
    """Stop each process for longer than its group waits for it, then let it go on."""

    async def pause(name: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        attack.target.signal(name, signal.SIGSTOP)
        try:
            await until(lambda: _is_thrown_out(attack.target, name), SEEN_LIMIT_S, "its exclusion")
            attack.happened[Fault("paused past its session", name)] += 1
        finally:
            attack.target.signal(name, signal.SIGCONT)

    order = attack.chance.sample(ALL, len(ALL))
    await asyncio.gather(*(pause(name, n * SESSION_S / 4) for n, name in enumerate(order)))
    await attack.recovered()


async def _is_thrown_out(target: Target, name: str) -> bool:
    return await target.members(name) == 0


async def pause_past_poll_limit(attack: Attack) -> None:
    """Freeze the database: services live, their hearts beat, and nothing is read for too long."""
    before = {name: len(attack.target.log(name)) for name in LANED}

    def have_let_go() -> bool:
        return all(_has_said(attack.target, name, LET_GO, n)() for name, n in before.items())

    attack.target.signal("mongo", signal.SIGSTOP)
    try:
        await until(have_let_go, POLL_LIMIT_S + SEEN_LIMIT_S, "that all lanes are let go")
        attack.happened.update(Fault("stuck past its poll limit", name) for name in LANED)
    finally:
        attack.target.signal("mongo", signal.SIGCONT)
    await attack.recovered()


async def stop_fetching(attack: Attack) -> None:
    """End, in each service, the task that fetches for one of its consumers: nobody tells it.

    Heart and polls go on, so neither the group nor the service's health knows that nothing is read
    any more.  It counts for who says that it joins anew, and then has all its lanes again.
    """
    async with attack.lives.in_hand(*ALL):
        await asyncio.to_thread(attack.target.stop, *ALL)
        before = {name: len(attack.target.log(name)) for name in ALL}
        for name in ALL:
            told = {"MOTCUA_FAILPOINT": f"{FETCHING}:{attack.chance.randint(*FETCHES)}"}
            await asyncio.to_thread(attack.target.start, name, told)
        for name in ALL:
            noticed = _has_said(attack.target, name, ANEW, before[name])
            await until(noticed, attack.anew_limit_s, f"a word of {name} that it joins anew")
            await until(_works(attack.target, name), READY_LIMIT_S, f"all lanes for {name}")
            attack.happened[Fault("left without a fetcher", name)] += 1


def _has_said(target: Target, name: str, word: bytes, after: int) -> Callable[[], bool]:
    return lambda: word in target.log(name)[after:]


def _works(target: Target, name: str) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return await target.is_ready(name) and await _is_alone(target, name)

    return asked


async def refuse_appends(attack: Attack) -> None:
    """Let the broker refuse what each service publishes, for good as far as its client knows."""
    for name in attack.chance.sample(LANED, len(LANED)):
        topic = f"{name}.events"
        await attack.target.limit_messages([topic], SMALL_BYTES)
        try:
            says = _says(attack.target, name, REFUSED)
            await until(says, SEEN_LIMIT_S, f"a refused append of {name}")
            attack.happened[Fault("append refused", name)] += 1
        finally:
            await attack.target.limit_messages([topic], 1 << 20)
    await attack.recovered()


def _says(target: Target, name: str, word: str) -> Callable[[], Awaitable[bool]]:
    return lambda: target.says(name, word)


async def release_a_mistake(attack: Attack) -> None:
    """Run every lane for a while with a mistake in its decisions, then as it was before."""
    async with attack.lives.in_hand(*LANED):
        await asyncio.to_thread(attack.target.stop, *LANED)
        for name in LANED:
            told = {"MOTCUA_FAILPOINT": f"{MISTAKE}:{MISTAKEN_ONE_IN}"}
            await asyncio.to_thread(attack.target.start, name, told)
        await attack.recovered()
        await asyncio.sleep(MISTAKEN_S)
        await asyncio.to_thread(attack.target.stop, *LANED)
    await asyncio.sleep(1.0)
    await attack.recovered()


ACTS: Mapping[str, Act] = {
    "kill at every step": kill_at_every_step,
    "two processes": double_processes,
    "restart the broker": restart_broker,
    "kill the broker": kill_broker,
    "restart the database": restart_database,
    "kill the database": kill_database,
    "step the database down": step_down,
    "pause past the session": pause_past_session,
    "pause past the poll limit": pause_past_poll_limit,
    "stop the fetching": stop_fetching,
    "refuse appends": refuse_appends,
    "release a mistake": release_a_mistake,
    "slow partners": slow_partners,
    "partners down": partners_down,
}
