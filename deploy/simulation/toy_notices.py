"""The third toy: messages to be handed over once each, to a gateway that says little."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from deploy.simulation.gateway import CALL_LIMIT_S, Gateway
from deploy.simulation.toys import NOTIFYING, Draft, Message, Rules, State
from shared.effects import Request
from shared.events import Data
from shared.events.intake import Conflicted, Withdrawn
from shared.events.kernel import TimerFired
from shared.events.notify import Answered, NoticeDropped, NoticeQueryRequested, NoticeRequested
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.events.routing import NotAccepted
from shared.lanes.table import Arrival, LaneTable, Outcome, Timer

ASK_AFTER_S = 2 * CALL_LIMIT_S  # later than a call can last
RETRY_S = 5.0
TRIED_AGAIN = frozenset({"absent", "deferred"})


def notifying(rules: Rules) -> LaneTable[State, None]:
    """The third toy: messages to be handed over once each, whatever the gateway says."""

    def decide(state: State | None, arrival: Arrival, _: None, at: datetime) -> Outcome[State]:
        draft = Draft(NOTIFYING, rules, state, arrival)
        match arrival.data:
            case Answered(key=key, finding=finding):
                _hear(draft, key, finding, at)
            case TimerFired(name=name) if name != "toy":
                _fire(draft, name)
            case _:
                if draft.shape.message:
                    _hand(draft, str(len(draft.state.messages)), Message())
                draft.events += [
                    NoticeDropped(milestone=arrival.event.id, channel="", reason=str(n))
                    for n in range(draft.shape.events)
                ]
        return draft.outcome(at)

    async def prepare(_: Sequence[Arrival], __: Mapping[str, State | None]) -> None:
        return None

    types = (
        *(Withdrawn.TYPE, Conflicted.TYPE, NotAccepted.TYPE, TimerFired.TYPE, Answered.TYPE),
        *(WithdrawalRequested.TYPE, SupplementSubmitted.TYPE),
    )
    return LaneTable(
        service=NOTIFYING,
        state=State,
        decisions=dict.fromkeys(types, decide),
        prepare=prepare,
        opens=frozenset({Withdrawn.TYPE, Conflicted.TYPE}),
    )


def _key(draft: Draft, slot: str, attempt: int) -> str:
    return f"{draft.arrival.application}/{slot}/{attempt}"


def _put(draft: Draft, slot: str, message: Message) -> None:
    draft.change(messages={**draft.state.messages, slot: message})


def _hand(draft: Draft, slot: str, message: Message) -> None:
    """Request that a message be handed over; the key is this attempt's."""
    _put(draft, slot, message)
    key = _key(draft, slot, message.attempt)
    draft.events.append(
        NoticeRequested(
            key=key, milestone="", channel="sms", template="", language="", contact="", params={}
        )
    )


def _hear(draft: Draft, key: str, finding: str, at: datetime) -> None:
    _, slot, attempt = key.split("/")
    message = draft.state.messages[slot]
    if message.is_over or int(attempt) != message.attempt:
        return
    if finding in TRIED_AGAIN:  # it definitely was not done: a new key, after a while
        draft.timers.append(Timer(f"hand/{slot}/{attempt}/0", at + timedelta(seconds=RETRY_S)))
    elif finding == "unknown":
        asks = message.asks + 1
        _put(draft, slot, msgspec.structs.replace(message, asks=asks))
        due = at + timedelta(seconds=ASK_AFTER_S)
        draft.timers.append(Timer(f"ask/{slot}/{attempt}/{asks}", due))
    else:
        _put(draft, slot, msgspec.structs.replace(message, is_over=True))


def _fire(draft: Draft, timer: str) -> None:
    what, slot, attempt, asks = timer.split("/")
    message = draft.state.messages[slot]
    if message.is_over or int(attempt) != message.attempt:
        return
    if what == "hand":
        _hand(draft, slot, Message(message.attempt + 1))
        return
    if int(asks) != message.asks:
        return
    key = _key(draft, slot, message.attempt)
    draft.events.append(NoticeQueryRequested(key=f"{key}?{asks}", attempt_key=key, channel="sms"))


class Hand:
    """The call that must not be made twice."""

    request_type = NoticeRequested.TYPE
    batch_limit = 3
    limit_s = CALL_LIMIT_S

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def partner(self, _: Request) -> str:
        """Return who is called."""
        return "gateway"

    def key(self, request: Request) -> str:
        """Return what is claimed."""
        assert isinstance(request.data, NoticeRequested)
        return request.data.key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Call once for all."""
        keys = [self.key(r) for r in requests]
        found = await self._gateway.hand(keys)
        return [_answered(key, finding) for key, finding in zip(keys, found, strict=True)]

    def unknown(self, request: Request) -> Data:
        """Return that nobody knows."""
        return _answered(self.key(request), "unknown")

    def deferred(self, request: Request) -> Data:
        """Return that it was not done."""
        return _answered(self.key(request), "deferred")


class Ask:
    """The question what came of a call."""

    request_type = NoticeQueryRequested.TYPE
    batch_limit = 3
    limit_s = CALL_LIMIT_S

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def partner(self, _: Request) -> str:
        """Return who is called."""
        return "gateway, asked"

    def key(self, request: Request) -> str:
        """Return what is claimed."""
        assert isinstance(request.data, NoticeQueryRequested)
        return request.data.key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Call once for all."""
        keys = [_attempt(r) for r in requests]
        found = await self._gateway.ask(keys)
        return [_answered(key, finding) for key, finding in zip(keys, found, strict=True)]

    def unknown(self, request: Request) -> Data:
        """Return that nobody knows."""
        return _answered(_attempt(request), "unknown")

    deferred = unknown


def _attempt(request: Request) -> str:
    assert isinstance(request.data, NoticeQueryRequested)
    return request.data.attempt_key


def _answered(key: str, finding: Any) -> Data:
    return Answered(key=key, finding=finding)
