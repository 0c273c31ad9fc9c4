"""The loop that carries rounds on, a turn each second; any number of processes may run it.

What is done to the next items is decided in a row, and only then done: who finds such a row
without the one that says that it was done does it, under the same ids, so that it counts once.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from services.operations.domain.actions import ACTIONS, Action, Saying
from services.operations.domain.going_on import carried_on
from services.operations.domain.rounds import (
    ACTS_LIMIT,
    ITSELF,
    MOVES,
    STOPPED,
    Act,
    Doing,
    Item,
    Round,
    Step,
    checked,
    command_id,
    counted,
)
from services.operations.rounds.commands import command
from services.operations.rounds.expiring import LOOKED_AT, expire
from services.operations.rounds.ground import Ground, subject_of
from services.operations.rounds.rows import Rounds
from services.operations.turns import SomeFailed, because
from shared.clock import Clock
from shared.errors import Unknown
from shared.store import Row, Table

TURN_S = 1.0
LEFT_ALONE = timedelta(seconds=10)  # what another decided: it may be sending it still
CHECK_AFTER = timedelta(seconds=15)  # what a service does about a command takes it a second or two
CHECK_LIMIT = timedelta(minutes=10)  # the read side may be behind, and a partner take its time
CHECK_EVERY = timedelta(seconds=10)  # what is under way


class Runner:
    """Carries on all rounds that were started; `per_turn` commands at most, of all together."""

    every_s = TURN_S

    def __init__(
        self,
        rows: Rounds,
        situations: Table,
        ground: Ground,
        clock: Clock,
        per_turn: int,
        actions: Mapping[str, Action] = ACTIONS,
    ) -> None:
        self._rows, self._situations, self._ground = rows, situations, ground
        self._clock, self._per_turn = clock, per_turn
        self._actions = actions
        self._own: dict[str, int] = {}  # where the step begins that was decided here last, by round
        self._not_before: dict[str, datetime] = {}  # the next look, by round

    async def turn(self) -> bool:
        """Do a second's work, the round that was begun first before the others; False: another
        process does.  Raises `SomeFailed` once the others are done, `Unknown`.
        """
        watched = await self._rows.watched()
        due = await self._rows.due(self._clock(), LOOKED_AT)
        if not watched and not due:
            return True
        if not await self._rows.takes(int(self._clock().timestamp() / TURN_S)):
            return False
        rounds, left, errors = await self._rows.every(watched), self._per_turn, {}
        for round_ in sorted(rounds.values(), key=lambda r: (r.at, r.id)):
            with suppress(Unknown):
                try:
                    left -= await self._send(round_, left)
                    await self._check(round_)
                except Unknown:
                    raise
                except Exception as error:  # the other rounds have nothing to do with it
                    errors[round_.id] = error
                    await self._stop(round_, error)
        await expire(self._rows, due, self._clock())
        if errors:
            raise SomeFailed(errors)
        return True

    async def _stop(self, round_: Round, error: Exception) -> None:
        """Pause a round that cannot go on, with the reason: an operator resumes it, or aborts, and
        one that was aborted is let be.
        """
        if "pause" in MOVES[round_.status] and len(round_.acts) < ACTS_LIMIT:
            act = Act(what="pause", by=ITSELF, at=self._clock(), reason=because(error))
            await self._rows.act(round_.after(act))
        elif round_.status in STOPPED:
            await self._rows.unwatch(round_.id)

    async def _send(self, round_: Round, limit: int) -> int:
        """Send the next commands of a round; return how many items that were."""
        decided = await self._rows.last_step(round_.id, "decided")
        sent = await self._rows.last_step(round_.id, "sent")
        if decided is None or (sent and sent.first == decided.first):
            decided = await self._decide(round_, sent, limit)
        elif round_.status != "running":
            return await self._leave(round_, decided)
        if decided is None or self._is_anothers(round_, decided):
            return 0
        items = await self._rows.items(round_, decided.first, len(decided.found))
        await asyncio.gather(
            *(
                self._publish(round_, number, item, decided)
                for number, (item, found) in enumerate(
                    zip(items, decided.found, strict=True), decided.first
                )
                if found == "sent"
            )
        )
        await self._rows.add_step(round_.id, "sent", decided)
        return len(decided.found)

    async def _leave(self, round_: Round, decided: Step) -> int:
        """Send no more of a step that may have been sent in part: once the round was aborted, say
        of what the log has that it was.  A paused one goes on with it when it is resumed.
        """
        if round_.status not in STOPPED or self._clock() - decided.at < CHECK_AFTER:
            return 0
        items = await self._rows.items(round_, decided.first, len(decided.found))
        about = await self._ground.about([item.key for item in items])
        found = tuple(
            "not_sent"
            if word == "sent" and about[item.key].logged_ms(command_id(round_.id, number)) is None
            else word
            for number, (item, word) in enumerate(
                zip(items, decided.found, strict=True), decided.first
            )
        )
        missed = found.count("not_sent")
        so_far = {**decided.so_far, "not_sent": missed}
        so_far["sent"] = so_far.get("sent", 0) - missed
        told = msgspec.structs.replace(
            decided, found=found, so_far={word: n for word, n in so_far.items() if n}
        )
        await self._rows.add_step(round_.id, "sent", told)
        return 0

    def _is_anothers(self, round_: Round, step: Step) -> bool:
        """Tell whether another process may be sending this: a turn may take longer than a second,
        and what both sent would be more in a second than may be.
        """
        is_own = self._own.get(round_.id) == step.first
        return not is_own and self._clock() - step.at < LEFT_ALONE

    async def _decided(self, round_: Round, step: Step) -> Step:
        stands = await self._rows.add_step(round_.id, "decided", step)
        if stands is step:
            self._own[round_.id] = step.first
        return stands

    async def _decide(self, round_: Round, last: Step | None, limit: int) -> Step | None:
        """Decide what is done to the next items; None: nothing, for the time being or for good."""
        first, now = last.next if last else 1, self._clock()
        so_far = last.so_far if last else {}
        if last and last.is_last:
            return None
        if round_.status in STOPPED:  # this takes the place of what another may be about to do
            closing = Step(first=first, at=now, so_far=so_far, is_last=True)
            return await self._decided(round_, closing)
        if round_.status != "running":
            return None
        size = min(limit, round_.found.items - first + 1)
        if first > round_.found.items:
            await self._act(round_, "sent")
        if size <= 0:
            return None
        items = await self._rows.items(round_, first, size)
        rows = await self._situations.get([item.key for item in items])
        standing = {row["_id"] for row in rows}
        found = tuple("sent" if item.key in standing else "gone_before" for item in items)
        step = Step(first=first, at=now, found=found, so_far=counted(so_far, found))
        return await self._decided(round_, step)

    async def _publish(self, round_: Round, number: int, item: Item, step: Step) -> None:
        by, agreed = round_.asked_by, round_.agreed
        said = Saying(
            *(item.reference, by, round_.choice.reason, agreed.by if agreed else ""),
            *(round_.choice.cause, item.moves_seen, item.partner, item.vnd),
            principal=round_.asked.principal if round_.asked else "",
            checked_principal=agreed.principal if agreed else "",
        )
        say = self._actions[round_.choice.action].say
        if say is None:
            await self._ground.again(item.reference, by, round_.choice.reason)
            return
        data = say(said)
        id_, source = command_id(round_.id, number), f"/operators/{by}"
        event = command(id_, source, subject_of(item), step.at, data, item.command)
        await self._ground.publish(item.topic, event)

    async def _check(self, round_: Round) -> None:
        """Look whether the cause is gone of the next items that were sent a while ago."""
        last = await self._rows.last_step(round_.id, "checked")
        next_ = last.next if last else 1
        step = await self._rows.step(round_.id, "sent", next_)
        if step and step.found:
            not_before = max(step.at + CHECK_AFTER, self._not_before.get(round_.id, step.at))
            if self._clock() >= not_before:
                await self._look_again(round_, step, last)
        elif round_.status == "done" or (step and step.is_last):
            await self._rows.unwatch(round_.id)
            self._own.pop(round_.id, None)
            self._not_before.pop(round_.id, None)
        elif round_.status == "checking" and next_ > round_.found.items:
            await self._act(round_, "checked")

    async def _look_again(self, round_: Round, step: Step, last: Step | None) -> None:
        items = await self._rows.items(round_, step.first, len(step.found))
        ids = [
            command_id(round_.id, number) if found == "sent" else ""
            for number, found in enumerate(step.found, step.first)
        ]
        about = await self._ground.about([item.key for item in items])
        logged_ms = [about[item.key].logged_ms(id_) for item, id_ in zip(items, ids, strict=True)]
        is_behind = any(id_ and at is None for id_, at in zip(ids, logged_ms, strict=True))
        if is_behind and self._clock() - step.at < CHECK_LIMIT:
            return
        rows = await self._situations.get([item.key for item in items])
        there = {str(row["_id"]): int(row["since_ms"]) for row in rows}
        in_time = _in_time(rows, self._clock()) if round_.choice.which == "stuck" else frozenset()
        going = {
            item.key: carried
            for item, id_ in zip(items, ids, strict=True)
            if id_ and item.key not in there
            if (carried := carried_on(item.key, about[item.key].entries))
        }
        under_way = {key: "under_way" for key, (is_under_way, _) in going.items() if is_under_way}
        if under_way and self._clock() - step.at < CHECK_LIMIT:
            self._not_before[round_.id] = self._clock() + CHECK_EVERY
            return
        there |= {key: since for key, (_, since) in going.items()}
        since_ms = tuple(there.get(item.key) or about[item.key].back_ms for item in items)
        found = tuple(
            (at and under_way.get(item.key))
            or (checked(since, at, is_in_time=item.key in in_time) if id_ else "")
            for item, id_, since, at in zip(items, ids, since_ms, logged_ms, strict=True)
        )
        told = Step(
            first=step.first,
            at=self._clock(),
            found=found,
            since_ms=tuple(since or 0 for since in since_ms),
            so_far=counted(last.so_far if last else {}, found),
        )
        await self._rows.add_step(round_.id, "checked", told)

    async def _act(self, round_: Round, what: Doing) -> None:
        act = Act(what=what, by=ITSELF, at=self._clock())
        await self._rows.act(round_.after(act))


def _in_time(rows: Iterable[Row], now: datetime) -> frozenset[str]:
    """Return the keys of what is not stuck now."""
    now_ms = int(now.timestamp() * 1_000)
    return frozenset(str(row["_id"]) for row in rows if int(row["stuck_ms"]) > now_ms)
