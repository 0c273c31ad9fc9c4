"""How a partner tells a merchant: signed, repeated until it is heard, as often as it calls at most.

What differs between protocols is told: what an answer's word is, which words end it, how often.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from typing import NamedTuple

import httpx
import msgspec

CALLS_LIMIT = 10
PENDING_LIMIT = 100_000  # calls that wait to be repeated
AT_ONCE = 32
CALL_LIMIT_S = 15.0  # the longest that any of them waits: MoMo
NOTHING = "none"  # counted where no answer came, or none that can be read

TAKEN = frozenset(str(status) for status in range(200, 300))


class Post(NamedTuple):
    """A call as it goes out; one with a query is a GET.  `url`: where it is the order's own."""

    body: bytes = b""
    headers: Mapping[str, str] = {}
    query: str = ""
    url: str = ""


Make = Callable[[], Post]  # anew each time: a signature may hold the time


def status(response: httpx.Response) -> str:
    """Return the word of those who look at nothing else."""
    return str(response.status_code)


class Patience:
    """Whether calls that nobody heard count: while they do not, nobody gives up.

    The real ones call again after minutes, over hours.  Where a bank waits seconds in their place,
    a merchant that is away for one minute would miss all its calls.
    """

    def __init__(self) -> None:
        self.is_endless = False


class Posts:
    """Calls one address.  `word` is what an answer says; `heard` are the words that end it.

    `answers` counts what was said, `given_up` the calls that nobody heard.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        interval_s: float,
        word: Callable[[httpx.Response], str] = status,
        heard: frozenset[str] = TAKEN,
        calls_limit: int = CALLS_LIMIT,
        patience: Patience | None = None,
    ) -> None:
        self._client, self._url, self._interval_s = client, url, interval_s
        self._word, self._heard, self._calls_limit = word, heard, calls_limit
        self._patience = patience or Patience()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: Counter[str] = Counter()
        self.given_up = 0

    @property
    def pending(self) -> int:
        """Return how many calls wait to be made or repeated."""
        return len(self._tasks)

    async def tell(self, make: Make) -> None:
        """Call once; repeat later, on the side, if need be."""
        if not await self.once(make):
            self._aside(self._repeat(make))

    def tell_later(self, make: Make, after_s: float = 0.0) -> None:
        """Call on the side, after some time."""
        self._aside(self._later(make, after_s))

    async def once(self, make: Make) -> bool:
        """Call once; tell whether it was heard."""
        post, word = make(), NOTHING
        url = post.url or self._url
        async with self._slots:
            try:
                response = await self._client.request(
                    "GET" if post.query else "POST",
                    f"{url}?{post.query}" if post.query else url,
                    content=post.body,
                    headers=post.headers,
                    timeout=CALL_LIMIT_S,
                )
                word = self._word(response)[:32]
            except (httpx.HTTPError, msgspec.MsgspecError, UnicodeDecodeError):
                word = NOTHING
        self.answers[word] += 1
        return word in self._heard

    async def rest(self) -> None:
        """Return when nothing waits to be repeated."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what waits to be repeated."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _aside(self, calls: Coroutine[None, None, None]) -> None:
        if len(self._tasks) >= PENDING_LIMIT:
            calls.close()
            self.given_up += 1
            return
        task = asyncio.create_task(calls)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _later(self, make: Make, after_s: float) -> None:
        await asyncio.sleep(after_s)
        if not await self.once(make):
            await self._repeat(make)

    async def _repeat(self, make: Make) -> None:
        counted = 1
        while counted < self._calls_limit:
            await asyncio.sleep(self._interval_s)
            if await self.once(make):
                return
            counted += not self._patience.is_endless
        self.given_up += 1
