"""A whole run: case by case, each timed; what does not apply is said to be so."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from deploy.conformance.cases import NAMES, Became, Exchange, Name, Outcome, Played, Side
from deploy.conformance.clauses import clause, why_not
from services.payment.gateways import Partner
from shared.clock import VIETNAM, Clock


class Player(Protocol):
    """Plays one side."""

    async def play(self, case: Name) -> Sequence[Exchange]:
        """Play a case; return what was sent and what came.  Raises `Misconfigured`."""


async def play_all(
    player: Player,
    row: Partner,
    side: Side,
    against: str,
    clock: Clock,
    moved: Callable[[int], None],
) -> Played:
    """Play every case; `moved` is told how many are done.  Raises `Misconfigured`."""
    began = clock().astimezone(VIETNAM).isoformat(timespec="seconds")
    outcomes: list[Outcome] = []
    for case in NAMES:
        outcomes.append(await _played(player, row.family, side, case))
        moved(len(outcomes))
    return Played(row.name, row.title, row.family, side, against, began, outcomes)


async def _played(player: Player, family: str, side: Side, case: Name) -> Outcome:
    if why := why_not(side, family, case):
        return Outcome(case, "not_applicable", why)
    begun_s = time.monotonic()
    exchanges = await player.play(case)
    took_s = time.monotonic() - begun_s
    became: Became = "passed" if all(e.is_right for e in exchanges) else "failed"
    return Outcome(case, became, clause(side, family, case), exchanges, took_s)
