"""The two calls notify makes: hand over notices, and ask what came of an attempt.

Channels are known by their providers' names; `firsts` are those of the channels' first ones, which
events leave out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from services.notify.channels import Channel, File, Message
from services.notify.contacts import Opening
from services.notify.domain.milestones import milestone_of
from services.notify.rates import Rank, Rates
from shared.effects import NotCalled, PutOff, Request
from shared.errors import Unknown
from shared.events import Data
from shared.events.notify import Answered, NoticeQueryRequested, NoticeRequested

BULK_LIMIT = 500
BULK = "/bulk"  # how the name of a provider ends where its slots are for what may wait
LIMIT_S = 10.0
MAY_BE_THERE = frozenset({"handed", "unknown"})

# what goes with a mail, of an application, decided then
Enclose = Callable[[str, NoticeRequested, datetime], tuple[File, ...]]


# the official forms that go with mails, by their keys: what can be drawn in so many seconds
Draw = Callable[[Sequence[Request], float], Awaitable[Mapping[str, tuple[File, ...]]]]


def nothing(_: str, __: NoticeRequested, ___: datetime) -> tuple[File, ...]:
    """Enclose nothing."""
    return ()


async def no_forms(_: Sequence[Request], __: float) -> Mapping[str, tuple[File, ...]]:
    """Draw nothing."""
    return {}


class Send:
    """Hands notices to their providers, many in one call.

    `limits` are those of providers whose calls may last longer or shorter than `limit_s`.  What
    there is no room for (`rates`) comes back with the time when there is: no contact is opened for
    it, and it counts for nobody's day.
    """

    request_type = NoticeRequested.TYPE
    batch_limit = BULK_LIMIT

    def __init__(
        self,
        contacts: Opening,
        channels: Mapping[str, Channel],
        limit_s: float = LIMIT_S,
        firsts: Mapping[str, str] | None = None,
        limits: Mapping[str, float] | None = None,
        enclose: Enclose = nothing,
        rates: Rates | None = None,
        draw: Draw = no_forms,
    ) -> None:
        self._contacts, self._channels, self._usual_s = contacts, channels, limit_s
        self._rates = rates or Rates()
        self._firsts, self._limits = firsts or {}, limits or {}
        self._enclose, self._draw = enclose, draw
        self.limit_s = max((limit_s, *self._limits.values()))

    def partner(self, request: Request) -> str:
        """Return whose slots and breaker are used: the provider's, with others for the bulk."""
        return self._provider(request) + (BULK if _notice(request).bulk else "")

    def key(self, request: Request) -> str:
        """Return the attempt's key."""
        return _notice(request).key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Call once for all, which have one partner.  Raises `NotCalled`, `PutOff`."""
        provider = self._provider(requests[0])
        later = self._rates.put_off(provider, [_rank(_notice(r)) for r in requests])
        now = [r for n, r in enumerate(requests) if n not in later]
        said = {self.key(requests[n]): _later(requests[n], s) for n, s in later.items()}
        if not now:
            raise PutOff(list(said.values()))
        said |= await self._send(provider, now)
        return [said[self.key(r)] for r in requests]

    async def _send(self, provider: str, requests: Sequence[Request]) -> dict[str, Answered]:
        """Return what came of each that may go out now, by its key."""
        notices = [(r.event.subject, _notice(r)) for r in requests]
        # within its time, contacts and all: who is asked after it must not be told after that
        until_s = asyncio.get_running_loop().time() + self._limits.get(provider, self._usual_s)
        try:
            async with asyncio.timeout_at(until_s):
                opened = await self._contacts.messages(notices)
        except TimeoutError as late:
            raise NotCalled("contacts cannot be opened in time") from late
        said = {one.key: one for one in opened if isinstance(one, Answered)}
        messages = [one for one in opened if isinstance(one, Message)]
        messages.sort(key=lambda message: not message.urgent)
        if messages:
            if provider not in self._channels:
                raise NotCalled(f"the file of providers has no {provider} any more")
            try:
                async with asyncio.timeout_at(until_s):
                    within_s = (until_s - asyncio.get_running_loop().time()) / 2
                    whole = await self._whole(requests, messages, within_s)
                    answers = await self._channels[provider].send(whole)
            except NotCalled:
                await self._undone(messages, {})
                raise
            said |= {answer.key: answer for answer in answers}
            await self._undone(messages, said)
        return said

    async def _undone(self, messages: Sequence[Message], said: Mapping[str, Answered]) -> None:
        """Take in what was not handed over, and what its provider said of it."""
        undone = [(m, said.get(m.key) or Answered(key=m.key, finding="deferred")) for m in messages]
        if undone := [one for one in undone if one[1].finding not in MAY_BE_THERE]:
            await self._contacts.learn(undone)

    def _provider(self, request: Request) -> str:
        notice = _notice(request)
        return notice.provider or _first(self._firsts, notice.channel)

    async def _whole(
        self, requests: Sequence[Request], messages: Sequence[Message], within_s: float
    ) -> Sequence[Message]:
        """Return mails with what goes along; others are whole already."""
        mails = {n.key: r for r in requests if (n := _notice(r)).channel.startswith("email")}
        if not mails:
            return messages
        forms = await self._draw([mails[m.key] for m in messages if m.key in mails], within_s)
        return [
            m._replace(files=(*forms.get(m.key, ()), *self._days(r)))
            if (r := mails.get(m.key))
            else m
            for m in messages
        ]

    def _days(self, request: Request) -> tuple[File, ...]:
        return self._enclose(request.event.subject, _notice(request), request.event.time)

    def unknown(self, request: Request) -> Data:
        """Return that the provider must be asked."""
        return Answered(key=self.key(request), finding="unknown")

    def deferred(self, request: Request) -> Data:
        """Return that this attempt was not made and never will be."""
        return Answered(key=self.key(request), finding="deferred")


class Ask:
    """Asks a provider after attempts, by their keys."""

    request_type = NoticeQueryRequested.TYPE
    batch_limit = BULK_LIMIT

    def __init__(
        self,
        channels: Mapping[str, Channel],
        limit_s: float = LIMIT_S,
        firsts: Mapping[str, str] | None = None,
        limits: Mapping[str, float] | None = None,
    ) -> None:
        self._channels, self._usual_s = channels, limit_s
        self._firsts, self._limits = firsts or {}, limits or {}
        self.limit_s = max((limit_s, *self._limits.values()))

    def partner(self, request: Request) -> str:
        """Return whose slots and breaker are used: the provider's that has the attempt."""
        query = _query(request)
        return query.provider or _first(self._firsts, query.channel)

    def key(self, request: Request) -> str:
        """Return the question's own key."""
        return _query(request).key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Ask once for all, which have one partner.  Raises `NotCalled`, `Unknown`."""
        provider = self.partner(requests[0])
        if provider not in self._channels:
            raise Unknown(f"the file of providers has no {provider} any more: nobody can say")
        async with asyncio.timeout(self._limits.get(provider, self._usual_s)):
            return await self._channels[provider].ask([_query(r).attempt_key for r in requests])

    def unknown(self, request: Request) -> Data:
        """Return that nobody knows yet."""
        return Answered(key=_query(request).attempt_key, finding="unknown")

    def deferred(self, request: Request) -> Data:
        """Return that nobody knows yet: a question not put says nothing of the attempt."""
        return self.unknown(request)


def _first(firsts: Mapping[str, str], way: str) -> str:
    channel = way.partition("@")[0]
    return firsts.get(channel, channel)


def _rank(notice: NoticeRequested) -> Rank:
    if notice.bulk:
        return "bulk"
    return "urgent" if milestone_of(notice.milestone).urgent else "usual"


def _later(request: Request, after_s: float) -> Answered:
    key = _notice(request).key
    return Answered(key=key, finding="deferred", reason="rate_exceeded", after_s=round(after_s, 3))


def _notice(request: Request) -> NoticeRequested:
    assert isinstance(request.data, NoticeRequested)
    return request.data


def _query(request: Request) -> NoticeQueryRequested:
    assert isinstance(request.data, NoticeQueryRequested)
    return request.data
