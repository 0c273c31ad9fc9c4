"""Attachments over tables in memory, or over a real MongoDB; contents are made up."""

import base64
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from types import SimpleNamespace
from typing import Any, BinaryIO

import httpx
import pytest
from fastapi import FastAPI

from services.intake.attachments import limits
from services.intake.attachments.files import Files
from services.intake.attachments.media import DOCX
from services.intake.attachments.named import NamedFiles
from services.intake.attachments.room import OpenLimits, Room
from services.intake.attachments.routes import Shelf, router
from services.intake.attachments.scan import NoVerdict, ScannerAway, Verdict
from services.intake.attachments.standing import Tables
from services.intake.attachments.store import Contents, GridFS, Missing
from services.intake.attachments.sweep import Sweep
from services.intake.attachments.uploads import Uploads
from shared import problems
from shared.access import Access
from shared.errors import Unknown
from shared.mongo import MongoTable, connect
from shared.store import Table
from tests.shared.tables import WRITES, MemoryTable

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + b"made up " * 5_000 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40) + b"\xff\xd9"
XML = '<?xml version="1.0"?><don xmlns="urn:thu">Thử nghiệm</don>'.encode()
LIMITS = limits.load()

_names = (f"attachments_{n}" for n in count())


def docx(main: str = f"{DOCX}.main+xml", **members: str) -> bytes:
    """A package of Word's, with members more."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("[Content_Types].xml", f'<Types><Override ContentType="{main}"/></Types>')
        package.writestr("word/document.xml", "<w/>")
        for name, text in members.items():
            package.writestr(name.replace("__", "/"), text)
    return file.getvalue()


class FailingTable(MemoryTable):
    """A table whose writes can be made to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False

    async def begin(self, call: str) -> None:
        if self.is_down and call in WRITES:
            raise Unknown("planted")


class MemoryContents:
    """A store of contents that can be down."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.is_down = False

    async def put(self, sha256: str, content: BinaryIO) -> None:
        if self.is_down:
            raise Unknown("planted")
        self.kept.setdefault(sha256, content.read())

    async def has(self, sha256: str) -> bool:
        return sha256 in self.kept

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        if sha256 not in self.kept:
            raise Missing(sha256)
        yield self.kept[sha256]

    async def sweep(self, before: datetime, limit: int) -> int:
        return 0


class ToldScanner:
    """A scanner that says what it is told to."""

    def __init__(self) -> None:
        self.says: Verdict | None = Verdict("clean")
        self.seen: list[bytes] = []
        self.too_much: set[bytes] = set()  # of these it says nothing
        self.asked = 0

    async def scan(self, content: BinaryIO) -> Verdict:
        self.asked += 1
        if self.says is None:
            raise ScannerAway("planted")
        self.seen.append(content.read())
        if self.seen[-1] in self.too_much:
            raise NoVerdict("planted")
        return self.says


class World:
    """Intake's attachments; `restart` is another process over the same tables."""

    def __init__(self, tables: dict[str, Table], contents: Contents) -> None:
        self.tables, self.contents, self.scanner = tables, contents, ToldScanner()
        self.now, self.open_limits = NOW, OpenLimits()
        self.restart()

    def restart(self) -> None:
        tables = self.tables
        self.files = Files(tables["files"], tables["infected"], self.contents)
        self.named = NamedFiles(tables["files"], tables["infected"], LIMITS)
        standing = Tables(*(tables[n] for n in ("uploads", "parts", "waiting", "outcomes")))
        self.room = Room(tables["open"], self.open_limits, self.clock)
        self.uploads = Uploads(standing, self.files, self.scanner, LIMITS, self.room, self.clock)
        self.sweep = Sweep(self.uploads, self.contents, self.clock, lambda: 0.0)
        app = FastAPI()
        callers = (("sandbox", "portal"), ("other", "portal"), ("clerk", "officer"))
        app.state.access = Access(
            {sha256(n.encode()).hexdigest(): {"name": n, "role": role} for n, role in callers}
        )
        problems.install(app)
        app.include_router(router(Shelf(self.uploads, self.files, self.clock)))
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://intake"
        )

    def clock(self) -> datetime:
        return self.now

    async def call(
        self, method: str, path: str, content: Any = None, key: str = "sandbox", **headers: str
    ) -> httpx.Response:
        sent = {"authorization": f"Bearer {key}", "tus-resumable": "1.0.0"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method, path, content=content, headers={k: v for k, v in sent.items() if v}
        )

    async def begin(self, length: int, key: str = "sandbox", **metadata: str) -> str:
        """Begin an upload; return its address."""
        said = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in metadata.items())
        answer = await self.call(
            "POST", "/v1/uploads", key=key, upload_length=str(length), upload_metadata=said
        )
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def add(self, at: str, offset: int, content: Any, **headers: str) -> httpx.Response:
        sent = {"upload_offset": str(offset), "content_type": "application/offset+octet-stream"}
        return await self.call("PATCH", at, content, **sent | headers)

    async def upload(self, content: bytes, key: str = "sandbox", **metadata: str) -> httpx.Response:
        """Upload a file in one piece; return the last answer."""
        at = await self.begin(len(content), key, **metadata)
        return await self.add(at, 0, content, key=key)

    async def offset(self, at: str) -> int:
        answer = await self.call("HEAD", at)
        assert answer.status_code == 200
        return int(answer.headers["upload-offset"])

    async def ids(self, table: str) -> set[str]:
        return {row["_id"] for row in await self.tables[table].ranges([("", "~")])}


NAMES = ("uploads", "open", "parts", "waiting", "outcomes", "files", "infected", "attempts")


@asynccontextmanager
async def mongo_world(url: str) -> AsyncIterator[World]:
    database = connect(url, next(_names))
    tables: dict[str, Table] = {n: MongoTable(database[f"intake.{n}"]) for n in NAMES}
    yield World(tables, GridFS(database, tables["attempts"], lambda: NOW))
    await database.client.drop_database(database.name)
    database.client.close()


@pytest.fixture
async def memory() -> World:
    return World({n: FailingTable() for n in NAMES}, MemoryContents())


@pytest.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.stack)])
def url(request: pytest.FixtureRequest) -> str:
    """Where MongoDB is; empty: in memory.  No coroutine: the stack starts a loop of its own."""
    return "" if request.param == "memory" else request.getfixturevalue("mongo_url")


@pytest.fixture
async def world(url: str) -> AsyncIterator[World]:
    if url:
        async with mongo_world(url) as found:
            yield found
    else:
        yield World({n: FailingTable() for n in NAMES}, MemoryContents())


class Make(SimpleNamespace):
    """The names of this file, for tests."""

    def __repr__(self) -> str:
        return "make"


@pytest.fixture(scope="session")
def make() -> Make:
    return Make(**globals())
