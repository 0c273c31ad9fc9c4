"""The two calls notify makes: hand over notices, and ask what came of an attempt."""

from collections.abc import Sequence

from services.notify.channels.sms_http import BULK_LIMIT, SmsHttp
from shared.effects import Request
from shared.events import Data
from shared.events.notify import Answered, NoticeQueryRequested, NoticeRequested

LIMIT_S = 10.0


class Send:
    """Hands notices to the gateway, many in one call."""

    request_type = NoticeRequested.TYPE
    batch_limit = BULK_LIMIT

    def __init__(self, channel: SmsHttp, limit_s: float = LIMIT_S) -> None:
        self._channel, self.limit_s = channel, limit_s

    def partner(self, request: Request) -> str:
        """Return whose slots and breaker are used."""
        return _notice(request).channel

    def key(self, request: Request) -> str:
        """Return the attempt's key."""
        return _notice(request).key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Call once for all.  Raises `NotCalled`."""
        return await self._channel.send([(r.event.subject, _notice(r)) for r in requests])

    def unknown(self, request: Request) -> Data:
        """Return that the gateway must be asked."""
        return Answered(key=self.key(request), finding="unknown")

    def deferred(self, request: Request) -> Data:
        """Return that this attempt was not made and never will be."""
        return Answered(key=self.key(request), finding="deferred")


class Ask:
    """Asks the gateway after attempts, by their keys."""

    request_type = NoticeQueryRequested.TYPE
    batch_limit = BULK_LIMIT

    def __init__(self, channel: SmsHttp, limit_s: float = LIMIT_S) -> None:
        self._channel, self.limit_s = channel, limit_s

    def partner(self, request: Request) -> str:
        """Return whose slots and breaker are used."""
        return _query(request).channel

    def key(self, request: Request) -> str:
        """Return the question's own key."""
        return _query(request).key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Ask once for all.  Raises `NotCalled`."""
        return await self._channel.ask([_query(r).attempt_key for r in requests])

    def unknown(self, request: Request) -> Data:
        """Return that nobody knows yet."""
        return Answered(key=_query(request).attempt_key, finding="unknown")

    def deferred(self, request: Request) -> Data:
        """Return that nobody knows yet: a question not put says nothing of the attempt."""
        return self.unknown(request)


def _notice(request: Request) -> NoticeRequested:
    assert isinstance(request.data, NoticeRequested)
    return request.data


def _query(request: Request) -> NoticeQueryRequested:
    assert isinstance(request.data, NoticeQueryRequested)
    return request.data
