"""What is done to partners: they answer slowly, or are away, all of them at the same time.

Whether payment noticed is counted afterwards (`partners.py`): who is called again and again in vain
is let alone for a while, and then is called again.
"""

import asyncio
from typing import Protocol

import httpx

from tests.e2e.system import System
from tests.invariants.paying import PARTNERS

SLOW_FOR_S = 10.0
DOWN_FOR_S = 20.0


class Target(Protocol):
    """What is attacked."""

    @property
    def system(self) -> System:
        """Return where everybody is."""


class Attack(Protocol):
    """Who attacks it."""

    @property
    def target(self) -> Target:
        """Return what is attacked."""


async def slow_partners(attack: Attack) -> None:
    """Let all partners answer too late; what they are asked for they do."""
    await _feel(attack, "slow", SLOW_FOR_S)


async def partners_down(attack: Attack) -> None:
    """Let all partners be away: they answer nothing, and call nobody."""
    await _feel(attack, "down", DOWN_FOR_S)


async def _feel(attack: Attack, mood: str, for_s: float) -> None:
    async with httpx.AsyncClient(base_url=attack.target.system.url("bank")) as bank:
        for told, then_s in ((mood, for_s), ("up", 0.0)):
            for row in PARTNERS:
                answer = await bank.post(f"/{row.name}/sandbox/mood/{told}")
                answer.raise_for_status()
            await asyncio.sleep(then_s)
