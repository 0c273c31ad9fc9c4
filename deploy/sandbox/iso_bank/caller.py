"""Messages to the merchant: signed, sent until it has heard, at most ten times."""

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import httpx

CALLS_LIMIT = 10
PENDING_LIMIT = 100_000
AT_ONCE = 32
CALL_LIMIT_S = 10.0
WINDOW_S = 300


def proof(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers that say who sends this, and when."""
    time = str(int(at.timestamp()))
    return {"x-request-time": time, "x-request-signature": _mac(secret, time, body)}


def is_genuine(secret: str, time: str, signature: str, body: bytes, at: datetime) -> bool:
    """Tell whether the merchant sent this, within five minutes of now."""
    if not time.isdecimal() or abs(at.timestamp() - int(time)) > WINDOW_S:
        return False
    return hmac.compare_digest(_mac(secret, time, body), signature)


def _mac(secret: str, time: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()


class Caller:
    """Calls one merchant's address.  `answers` counts statuses, `given_up` those unheard."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        secret: str,
        interval_s: float,
        now: Callable[[], datetime],
    ) -> None:
        self._client, self._url, self._secret = client, url, secret
        self._interval_s, self._now = interval_s, now
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: Counter[str] = Counter()
        self.given_up = 0

    @property
    def pending(self) -> int:
        """Return how many messages wait to be heard."""
        return len(self._tasks)

    def tell(self, body: bytes, calls: int = 1, after_s: float = 0.0) -> None:
        """Send on the side, so many times, each until it is heard."""
        if len(self._tasks) >= PENDING_LIMIT:
            self.given_up += 1
            return
        task = asyncio.create_task(self._tell(body, calls, after_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Return when everything is heard, or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what is not heard yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, body: bytes, calls: int, after_s: float) -> None:
        await asyncio.sleep(after_s)
        for _ in range(calls):
            await self._until_heard(body)

    async def _until_heard(self, body: bytes) -> None:
        for _ in range(CALLS_LIMIT):
            if await self._call(body):
                return
            await asyncio.sleep(self._interval_s)
        self.given_up += 1

    async def _call(self, body: bytes) -> bool:
        headers = {"content-type": "application/xml", **proof(self._secret, body, self._now())}
        async with self._slots:
            try:
                response = await self._client.post(
                    self._url, content=body, headers=headers, timeout=CALL_LIMIT_S
                )
            except httpx.HTTPError:
                self.answers["none"] += 1
                return False
        self.answers[str(response.status_code)] += 1
        return response.is_success
