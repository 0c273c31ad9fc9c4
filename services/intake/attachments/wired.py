"""Attachments as a process has them, over a connection of their own: lanes need not wait for it."""

import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from fastapi import APIRouter

from services.intake.attachments import limits, s3
from services.intake.attachments.files import Files
from services.intake.attachments.named import NamedFiles
from services.intake.attachments.room import OpenLimits, Room
from services.intake.attachments.routes import Shelf, router
from services.intake.attachments.scan import scanner
from services.intake.attachments.settings import AttachmentSettings
from services.intake.attachments.signing import Key
from services.intake.attachments.standing import Tables
from services.intake.attachments.store import Contents, GridFS
from services.intake.attachments.sweep import Sweep
from services.intake.attachments.uploads import Uploads
from shared.errors import Misconfigured
from shared.mongo import MongoTable, connect
from shared.service import Loop, Resources


class Attachments(NamedTuple):
    """The routes, what checks the files that are named, the loop, and what is to be closed."""

    router: APIRouter
    named: NamedFiles
    loop: Loop
    close: Callable[[], Coroutine[Any, Any, None]]


class _Account(msgspec.Struct, frozen=True):
    access_key: str
    secret_key: str


def attachments(resources: Resources, settings: AttachmentSettings) -> Attachments:
    """Return them.  Raises `Misconfigured`."""
    account = _account(settings.bucket_key) if settings.bucket_key else None
    clock, permitted, looks = resources.clock, limits.load(settings.limits), scanner(settings.clamd)
    database = connect(resources.settings.mongo_url, resources.settings.database)

    def table(name: str) -> MongoTable:
        return MongoTable(database[f"{resources.service}.{name}"])

    client = s3.connect(settings.bucket_url) if settings.bucket_url else None
    contents: Contents = GridFS(database, table("attempts"), clock)
    if client and account:
        key = Key(account.access_key, account.secret_key, settings.bucket_region)
        contents = s3.S3(client, settings.bucket_name, key, clock)
    kept, infected = table("files"), table("infected")
    files = Files(kept, infected, contents)
    named = NamedFiles(kept, infected, permitted, settings.elsewhere)
    tables = Tables(table("uploads"), table("parts"), table("waiting"), table("outcomes"))
    room = Room(table("open"), OpenLimits(settings.open_uploads, settings.open_bytes), clock)
    uploads = Uploads(tables, files, looks, permitted, room, clock)
    sweep = Sweep(uploads, contents, clock, time.monotonic, settings.sweep_every_s)

    async def close() -> None:
        database.client.close()
        if client:
            await client.aclose()

    shelf = Shelf(uploads, files, clock)
    return Attachments(router(shelf), named, ("attachments", sweep.health, sweep.run), close)


def _account(path: Path) -> _Account:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Account)
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured(f"{path} is no key of an S3-compatible store: {error}") from error
