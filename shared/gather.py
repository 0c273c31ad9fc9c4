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
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """Return what stands under a key, None if nothing does.  Raises what `fetch` raises."""
        if not self._waiting:
            task = asyncio.create_task(self._flush())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        future: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)  # one each: nobody gives up for another
        return await future

    async def _flush(self) -> None:
        await asyncio.sleep(self._window_s)
        waiting, self._waiting = self._waiting, {}
        try:
            found = await self._fetch(list(waiting))
        except Exception as error:
            for future in _open(waiting):
                future.set_exception(error)
        else:
            for key, futures in waiting.items():
                for future in _open({key: futures}):
                    future.set_result(found.get(key))
        finally:
            for future in _open(waiting):
                future.cancel()  # the process stops: nobody is to wait for ever


def _open(waiting: Mapping[K, list[asyncio.Future[V]]]) -> list[asyncio.Future[V]]:
    return [future for futures in waiting.values() for future in futures if not future.done()]
