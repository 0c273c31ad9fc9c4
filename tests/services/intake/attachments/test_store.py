"""Every store of contents keeps to this: GridFS on a real MongoDB, S3 against a strict server."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from services.intake.attachments import s3
from services.intake.attachments.signing import Call, Key, authorization
from services.intake.attachments.store import Contents, Missing
from shared.errors import Unknown

KEY = Key("made-up", "made-up-secret", "vn-1")
CONTENT = b"made up " * 100_000
SHA = sha256(CONTENT).hexdigest()


class Server:
    """A strict S3-compatible server: signature, time, payload's hash and length must be right."""

    def __init__(self, clock: Callable[[], Any]) -> None:
        self.objects: dict[str, bytes] = {}
        self.status = 0  # what to answer whatever is asked
        self._clock = clock

    async def answer(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        if self.status:
            return httpx.Response(self.status)
        if not self._is_signed(request):
            return httpx.Response(403)
        path = request.url.path
        if request.method == "PUT":
            if sha256(body).hexdigest() != request.headers["x-amz-content-sha256"]:
                return httpx.Response(400)
            if request.headers.get("content-length") != str(len(body)):
                return httpx.Response(411)
            self.objects[path] = body
            return httpx.Response(200)
        if path not in self.objects:
            return httpx.Response(404)
        content = self.objects[path] if request.method == "GET" else b""
        return httpx.Response(200, content=content)

    def _is_signed(self, request: httpx.Request) -> bool:
        said = request.headers["authorization"]
        names = re.findall(r"SignedHeaders=([^,]+)", said)[0].split(";")
        if not {"host", "x-amz-content-sha256", "x-amz-date"} <= set(names):
            return False
        headers = {name: request.headers[name] for name in names}
        payload = request.headers["x-amz-content-sha256"]
        call = Call(request.method, request.url.path, headers, payload)
        return said == authorization(KEY, call, self._clock())


@pytest.fixture
def server(make: Any) -> Server:
    return Server(lambda: make.NOW)


def bucket(server: Server, make: Any, key: Key = KEY) -> Contents:
    transport = httpx.MockTransport(server.answer)
    return s3.S3(s3.connect("http://store", transport=transport), "files", key, lambda: make.NOW)


@pytest.fixture(params=["memory", "s3", pytest.param("gridfs", marks=pytest.mark.stack)])
def kind(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Which store, and where MongoDB is.  No coroutine: the stack starts with a loop of its own."""
    is_real = request.param == "gridfs"
    return request.param, request.getfixturevalue("mongo_url") if is_real else ""


@pytest.fixture
async def contents(kind: tuple[str, str], server: Server, make: Any) -> AsyncIterator[Contents]:
    name, url = kind
    if name == "memory":
        yield make.MemoryContents()
    elif name == "s3":
        yield bucket(server, make)
    else:
        async with make.mongo_world(url) as world:
            yield world.contents


async def read(contents: Contents, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in contents.read(sha256)])


async def test_what_is_put_can_be_read(contents: Contents) -> None:
    await contents.put(SHA, io.BytesIO(CONTENT))
    assert await contents.has(SHA)
    assert await read(contents, SHA) == CONTENT


async def test_the_same_again_is_no_error(contents: Contents) -> None:
    await contents.put(SHA, io.BytesIO(CONTENT))
    await contents.put(SHA, io.BytesIO(CONTENT))
    assert await read(contents, SHA) == CONTENT


async def test_two_may_put_the_same_at_once(contents: Contents) -> None:
    await asyncio.gather(*(contents.put(SHA, io.BytesIO(CONTENT)) for _ in range(4)))
    assert await read(contents, SHA) == CONTENT


async def test_what_was_never_put_is_missing(contents: Contents) -> None:
    assert not await contents.has(SHA)
    with pytest.raises(Missing):
        await read(contents, SHA)


async def test_there_is_nothing_to_sweep_after_what_went_well(
    contents: Contents, make: Any
) -> None:
    await contents.put(SHA, io.BytesIO(CONTENT))
    assert await contents.sweep(make.NOW + timedelta(days=9), 10) == 0
    assert await read(contents, SHA) == CONTENT


class Cut(io.BytesIO):
    """A content whose reading ends by an error after the first chunks, as a kill would."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > len(CONTENT) // 2:
            raise RuntimeError("killed")
        return super().read(size)


@pytest.mark.stack
async def test_gridfs_shows_nothing_of_what_was_cut_off_and_sweeps_it(
    mongo_url: str, make: Any
) -> None:
    async with make.mongo_world(mongo_url) as world:
        chunks = world.contents._chunks
        attempt = "20261118T000000/left"
        await world.tables["attempts"].insert([{"_id": attempt}])
        await chunks.insert_one({"files_id": attempt, "n": 0, "data": b"half"})
        with pytest.raises(RuntimeError):
            await world.contents.put(SHA, Cut(CONTENT))
        assert not await world.contents.has(SHA)
        await world.contents.put(SHA, io.BytesIO(CONTENT))
        before = await chunks.count_documents({})
        assert await world.contents.sweep(make.NOW - timedelta(days=1), 10) == 1
        assert await chunks.count_documents({}) == before - 1
        assert await world.contents.sweep(make.NOW + timedelta(days=1), 10) == 1
        assert await chunks.count_documents({"files_id": attempt}) == 0
        assert await read(world.contents, SHA) == CONTENT


async def test_s3_takes_no_content_under_anothers_hash(server: Server, make: Any) -> None:
    with pytest.raises(Unknown, match="400"):
        await bucket(server, make).put("a" * 64, io.BytesIO(CONTENT))
    assert server.objects == {}


async def test_s3_with_a_wrong_key_says_what_to_check(server: Server, make: Any) -> None:
    wrong = KEY._replace(secret_key="another")
    with pytest.raises(Unknown, match="check its address, its bucket and its key"):
        await bucket(server, make, wrong).put(SHA, io.BytesIO(CONTENT))


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_s3_that_is_down_is_unknown_not_missing(
    server: Server, make: Any, status: int
) -> None:
    server.status = status
    store = bucket(server, make)
    for attempt in (store.put(SHA, io.BytesIO(CONTENT)), store.has(SHA), read(store, SHA)):
        with pytest.raises(Unknown, match=str(status)):
            await attempt


async def test_s3_that_does_not_answer_is_unknown(make: Any) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("planted")

    client = s3.connect("http://store", transport=httpx.MockTransport(silent))
    with pytest.raises(Unknown, match="no answer"):
        await s3.S3(client, "files", KEY, lambda: make.NOW).has(SHA)
