"""What is done to partners: they answer slowly, or are away, all of them at the same time.

Whether payment noticed is counted afterwards (`partners.py`): who is called again and again in vain
is let alone for a while, and then is called again.
"""

import asyncio
from typing import TYPE_CHECKING

import httpx

from tests.invariants.paying import PARTNERS

if TYPE_CHECKING:  # which does these acts, among others
    from tests.invariants.acts import Attack

SLOW_FOR_S = 10.0
DOWN_FOR_S = 60.0  # long enough that each is called five times and more


async def slow_partners(attack: "Attack") -> None:
    """Let all partners answer too late; what they are asked for they do."""
    await _feel(attack, "slow", SLOW_FOR_S)


async def partners_down(attack: "Attack") -> None:
    """Let all partners be away: they answer nothing, and call nobody."""
    await _feel(attack, "down", DOWN_FOR_S)


async def _feel(attack: "Attack", mood: str, for_s: float) -> None:
    async with httpx.AsyncClient(base_url=attack.target.system.url("bank")) as bank:
        for told, then_s in ((mood, for_s), ("up", 0.0)):
            for row in PARTNERS:
                answer = await bank.post(f"/{row.name}/sandbox/mood/{told}")
                answer.raise_for_status()
            await asyncio.sleep(then_s)
