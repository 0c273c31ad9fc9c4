"""The programs of the sandbox at their doors: how switches are turned now, and turning them."""

import asyncio
from collections.abc import Mapping

import httpx
import msgspec

from services.operations.console.sandbox.switches import SWITCHES
from shared.errors import Unknown

PATH = "/faults"
LIMIT_S = 2.0
ANSWER_LIMIT_BYTES = 4 << 10


class Programs:
    """`urls`: where each answers, by name."""

    def __init__(
        self, urls: Mapping[str, str], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._urls, self._transport = urls, transport

    async def turned(self) -> dict[str, bool | None]:
        """Return how each switch is turned; None: its program does not answer."""
        names = sorted({switch.program for switch in SWITCHES.values()})
        told = await asyncio.gather(*(self._asked(name) for name in names))
        by_program = dict(zip(names, told, strict=True))
        return {name: by_program[s.program].get(s.flag) for name, s in SWITCHES.items()}

    async def turn(self, name: str, *, on: bool) -> None:
        """Turn a switch.  Raises `Unknown`: its program does not answer."""
        switch = SWITCHES[name]
        content = msgspec.json.encode({switch.flag: on})
        try:
            async with self._client(switch.program) as client:
                answer = await client.put(PATH, content=content)
        except httpx.HTTPError as error:
            raise Unknown(f"the sandbox's {switch.program} does not answer: {error!r}") from error
        if not answer.is_success:
            raise Unknown(f"the sandbox's {switch.program} answers {answer.status_code}")

    async def _asked(self, program: str) -> Mapping[str, bool]:
        try:
            async with self._client(program) as client:
                answer = (await client.get(PATH)).raise_for_status()
            return msgspec.json.decode(answer.content[:ANSWER_LIMIT_BYTES], type=dict[str, bool])
        except (httpx.HTTPError, msgspec.DecodeError):
            return {}

    def _client(self, program: str) -> httpx.AsyncClient:
        if program not in self._urls:
            raise httpx.UnsupportedProtocol(f"nobody said where {program} is")
        return httpx.AsyncClient(
            base_url=self._urls[program],
            timeout=LIMIT_S,
            trust_env=False,
            transport=self._transport,
        )
