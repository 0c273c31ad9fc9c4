"""Look-ups that come in the same few milliseconds become one: a query costs more than its rows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

WINDOW_S = 0.01


class Gather(Generic[K, V]):
    """Answers `get` of single keys by `fetch` of many."""

    def __init__(
        self, fetch: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], window_s: float = WINDOW_S
    ) -> None:
        self._fetch, self._window_s = fetch, window_s
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """Return what stands under a key, None if nothing does.  Raises what `fetch` raises."""
        if not self._waiting:
            task = asyncio.create_task(self._flush())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(future)  # others may wait for the same

    async def _flush(self) -> None:
        await asyncio.sleep(self._window_s)
        waiting, self._waiting = self._waiting, {}
        try:
            found = await self._fetch(list(waiting))
        except Exception as error:
            for future in waiting.values():
                future.set_exception(error)
                future.exception()  # whoever waits gets it; nobody may have stayed
        else:
            for key, future in waiting.items():
                future.set_result(found.get(key))
        finally:
            for future in waiting.values():
                future.cancel()  # the process stops: nobody is to wait for ever
