"""Previews that nobody began are over after a while, and what they found is deleted.

A preview keeps up to 10,000 rows, and anybody who may operate makes many of them.
"""

from datetime import datetime

from services.operations.domain.rounds import ITSELF, MOVES, Act
from services.operations.rounds.rows import ROWS_LIMIT, Due, Rounds

LOOKED_AT = 10  # in a turn
PIECES = 5  # of rows that are deleted in a turn


async def expire(rows: Rounds, due: list[Due], now: datetime) -> None:
    """See to those whose time has come, as far as a turn goes.  Raises `Unknown`."""
    pieces = PIECES
    for one in due:
        round_ = await rows.get(one.id)
        if round_ and round_.until and round_.until > now:
            await rows.see_to(one.id, round_.until, instead=one)
            continue
        if round_ and "expire" in MOVES[round_.status]:
            round_ = round_.after(Act(what="expire", by=ITSELF, at=now))
            if not await rows.act(round_):
                continue  # somebody began it at this moment: it is looked at again
        kept = round_.found.set if round_ and round_.has_begun else ""
        while pieces and await rows.drop(one.id, ROWS_LIMIT, but=kept) == ROWS_LIMIT:
            pieces -= 1
        if not pieces:
            return
        await rows.see_to(one.id, None, instead=one)
