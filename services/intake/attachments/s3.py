"""Contents in any S3-compatible store: three calls, signed; a PUT is whole or not there.

The signed hash of a PUT's payload is the content's address: the store itself refuses another.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from os import SEEK_END
from typing import BinaryIO

import httpx

from services.intake.attachments.signing import EMPTY, Call, Key, authorization, moment
from services.intake.attachments.store import Missing
from shared.errors import Unknown

LIMIT_S = 60.0
CHUNK_BYTES = 256 << 10


def connect(
    url: str, limit_s: float = LIMIT_S, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Return a client of a store."""
    return httpx.AsyncClient(base_url=url, timeout=limit_s, transport=transport)


class S3:
    """A bucket of a store that is addressed by path."""

    def __init__(
        self, client: httpx.AsyncClient, bucket: str, key: Key, clock: Callable[[], datetime]
    ) -> None:
        self._client, self._bucket, self._key, self._clock = client, bucket, key, clock

    async def put(self, sha256: str, content: BinaryIO) -> None:
        """See `Contents`."""
        if await self.has(sha256):
            return
        size = content.seek(0, SEEK_END)
        content.seek(0)
        with _doubted():
            request = self._request("PUT", sha256, sha256, _chunks(content), size)
            _expect(await self._client.send(request), 200)

    async def has(self, sha256: str) -> bool:
        """See `Contents`."""
        with _doubted():
            answer = await self._client.send(self._request("HEAD", sha256))
        if answer.status_code != 404:
            _expect(answer, 200)
        return answer.status_code == 200

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """See `Contents`."""
        with _doubted():
            answer = await self._client.send(self._request("GET", sha256), stream=True)
            try:
                if answer.status_code == 404:
                    raise Missing(sha256)
                _expect(answer, 200)
                async for chunk in answer.aiter_bytes(CHUNK_BYTES):
                    yield chunk
            finally:
                await answer.aclose()

    async def sweep(self, _before: datetime, _limit: int) -> int:
        """See `Contents`: a PUT that was cut off left nothing."""
        return 0

    def _request(
        self,
        method: str,
        sha256: str,
        payload_sha256: str = EMPTY,
        content: AsyncIterator[bytes] | None = None,
        size: int = 0,
    ) -> httpx.Request:
        path, now = f"/{self._bucket}/{sha256}", self._clock()
        headers = {
            "host": self._client.base_url.netloc.decode(),
            "x-amz-content-sha256": payload_sha256,
            "x-amz-date": moment(now),
        }
        call = Call(method, path, headers, payload_sha256)
        headers["authorization"] = authorization(self._key, call, now)
        if content is not None:
            headers["content-length"] = str(size)
        return self._client.build_request(method, path, headers=headers, content=content)


async def _chunks(content: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := content.read(CHUNK_BYTES):
        yield chunk


@contextmanager
def _doubted() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise Unknown(f"no answer from the store of contents: {error!r}") from error


def _expect(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        raise Unknown(
            f"the store of contents answered {answer.status_code}: "
            "check its address, its bucket and its key"
        )
