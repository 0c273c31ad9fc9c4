"""What operators do with rounds: each act is a row more, and has to be a legal move."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.operations.board import Board, Place, Situation
from services.operations.domain.actions import ACTIONS, Action, Command, Given
from services.operations.domain.breaks import break_of
from services.operations.domain.causes import BREAK, POISON
from services.operations.domain.entries import in_order
from services.operations.domain.rounds import (
    BEGINS,
    BY_ANOTHER,
    ITEMS_LIMIT,
    MOVES,
    OPEN,
    OPEN_LIMIT,
    Act,
    Choice,
    Doing,
    Item,
    Round,
    found_of,
    previewed,
)
from services.operations.domain.situations import NEVER_MS
from services.operations.rounds.ground import About, Ground, record_of
from services.operations.rounds.rows import Rounds
from shared.access import Caller
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.second_person import refusal_of

PLANNED_AT_ONCE = 200  # applications


class TooManyOpen(Exception):
    """One of the rounds under way has to end first."""


class TooOld(Exception):
    """What it found stood for as long as it does without being begun: it takes another preview."""


class Desk:
    """Begins, looks at and acts on rounds; `new_set` names what a round found, `actions` is the
    table of what can be done.
    """

    def __init__(
        self,
        rows: Rounds,
        board: Board,
        ground: Ground,
        clock: Clock,
        new_set: Callable[[], str],
        catalogue: Catalogue,
        actions: Mapping[str, Action] = ACTIONS,
    ) -> None:
        self.rows, self.catalogue, self.actions = rows, catalogue, actions
        self._board, self._ground, self._clock = board, ground, clock
        self._new_set = new_set

    async def preview(self, ids: Sequence[str], choice: Choice, by: Caller, at: datetime) -> Round:
        """Begin a round under the first of these ids, unless one of them stands; nothing is done
        yet.  Raises `Unknown`.
        """
        stands = await self.rows.every(ids)
        if stands:
            return next(iter(stands.values()))
        chosen = await self._chosen(choice, _ms(at))
        given = Given(at, self.catalogue, choice.to_unit, choice.working_days)
        items: list[Item] = []
        for n in range(0, min(len(chosen), ITEMS_LIMIT), PLANNED_AT_ONCE):
            some = chosen[n : n + PLANNED_AT_ONCE][: ITEMS_LIMIT - n]
            found = await self._ground.about([s.key for s in some])
            items += [self._item(choice, given, s, found[s.key]) for s in some]
        items.sort(key=lambda item: item.why is not None)  # those refused come last
        whole = found_of(self._new_set(), items, is_whole=len(chosen) <= ITEMS_LIMIT)
        begun = previewed(ids[0], choice, whole, by.name, at, by.principal)
        return await self.rows.begin(begun, items)

    async def _chosen(self, choice: Choice, now_ms: int) -> list[Situation]:
        only = {
            name: value
            for name, value in (
                *(("unit", choice.unit), ("partner", choice.partner)),
                ("group", choice.group),
            )
            if value
        }
        named = _whose(choice) if choice.applications else {}
        began = {
            **({"$gte": _ms(choice.since)} if choice.since else {}),
            **({"$lt": _ms(choice.until)} if choice.until else {}),
        }
        also = {**only, **named, **({"since_ms": began} if began else {})}
        until_ms = now_ms if choice.which == "stuck" else NEVER_MS
        return await self._board.situations(
            choice.stage, choice.cause, Place(), until_ms, ITEMS_LIMIT + 1, also
        )

    async def do(self, round_: Round, what: Doing, by: Caller, reason: str) -> Round | None:
        """Return a round after an act; None: it is not possible now.  Who starts what needs a
        check asks for it.  Raises `Refusal` 409, `TooManyOpen`, `TooOld`, `Unknown`.
        """
        if what in BEGINS and round_.until and round_.until <= self._clock():
            raise TooOld
        is_asked = what == "start" and self.actions[round_.choice.action].needs_check
        doing: Doing = "ask" if is_asked else what
        if doing not in MOVES[round_.status]:
            return None
        asked = round_.asked
        if doing in BY_ANOTHER and asked:
            agrees = doing == "approve"
            if why := refusal_of(asked.principal, by, agrees=agrees):
                raise why
        if doing in BEGINS and await self._are_too_many(round_):
            raise TooManyOpen
        act = Act(what=doing, by=by.name, at=self._clock(), reason=reason, principal=by.principal)
        after = round_.after(act)
        if await self.rows.act(after):
            return after
        now = await self.rows.get(round_.id)  # the loop may have been first
        return await self.do(now, what, by, reason) if now else None

    async def _are_too_many(self, round_: Round) -> bool:
        others = await self.rows.every(set(await self.rows.watched()) - {round_.id})
        return sum(r.status in OPEN for r in others.values()) >= OPEN_LIMIT

    def _item(self, choice: Choice, given: Given, situation: Situation, found: About) -> Item:
        about, entries = situation.key.split("/", 3)[3], in_order(found.entries)
        barred = found.record.barred if found.record else None
        given = given._replace(turns=found.turns, barred=barred)
        planned = self.actions[choice.action].plan(choice.stage, about, entries, given)
        done = planned if isinstance(planned, Command) else Command("", "", "")
        return Item(
            key=situation.key,
            application=situation.application,
            dossier=situation.dossier,
            unit=situation.unit,
            partner=situation.partner,
            since_ms=situation.since_ms,
            vnd=situation.vnd if done.vnd is None else done.vnd,
            topic=done.topic,
            reference=done.reference or break_of(situation.key) or record_of(situation.key),
            cause=done.cause,
            traceparent=done.traceparent,
            moves_seen=done.moves_seen,
            why=None if isinstance(planned, Command) else planned,
        )


def _whose(choice: Choice) -> dict[str, Any]:
    """Return what rows match that are of these applications; where they may be of none, those that
    have such a word in the place of one in their keys.
    """
    named = choice.applications
    if choice.cause not in (BREAK, POISON):
        return {"application": {"$in": list(named)}}
    return {"$or": [{"_id": {"$gte": f"{one}/", "$lt": f"{one}0"}} for one in named]}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
