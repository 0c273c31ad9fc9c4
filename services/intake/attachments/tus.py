"""tus 1.0 as it is spoken here: its headers, and what is said to who speaks otherwise.

https://tus.io/protocols/resumable-upload; core, creation, checksum, expiration, termination.
"""

import asyncio
import base64
import binascii
import hashlib
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from email.utils import format_datetime
from tempfile import SpooledTemporaryFile
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from services.intake.attachments.remedies import fault
from services.intake.attachments.standing import Standing, Wanted
from services.intake.attachments.uploads import Uploads, offset_conflict
from shared import problems
from shared.problems import Refusal

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
ALGORITHMS = ("sha1", "sha256")
PIECES = "application/offset+octet-stream"
SPOOL_BYTES = 1 << 20
SILENCE_LIMIT_S = 30.0
BODY_LIMIT_S = 1_800.0  # shorter than `uploads.GRACE`

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,15}")


class TusRoute(APIRoute):
    """Says on every answer which protocol this is, and turns away who speaks another."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler within our words."""
        answer = super().get_route_handler()

        async def speak(request: Request) -> Response:
            try:
                if request.method != "OPTIONS" and request.method != "GET":
                    _check_version(request)
                response = await answer(request)
            except Refusal as error:
                response = problems.answer(error.status, error.code, error.detail, error.problems)
                if error.status == 401:
                    response.headers["WWW-Authenticate"] = "Bearer"
                if error.status == 412:
                    response.headers["Tus-Version"] = VERSION
            response.headers["Tus-Resumable"] = VERSION
            return response

        return speak


async def appended(uploads: Uploads, standing: Standing, request: Request) -> Standing:
    """Add the body to an upload: with `Upload-Checksum` all of it or nothing.

    Raises `Unknown`, `Refusal` 400, 409, 413, 422, 460.
    """
    said = request.headers.get("upload-checksum", "")
    if not said:
        return await uploads.append(standing, _pieces(request))
    name, _, text = said.partition(" ")
    expected = _base64(text, "upload-checksum")
    if name not in ALGORITHMS:
        raise _invalid("upload-checksum", f"Use one of {', '.join(ALGORITHMS)}.")
    digest, room = hashlib.new(name, usedforsecurity=False), _left(standing)
    with SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:  # nothing is kept before it is right
        try:
            async for piece in _pieces(request):
                digest.update(piece)
                spool.write(piece)
                if spool.tell() > room:
                    raise Refusal(413, "too-large", "This is more than `Upload-Length` said.")
        except ClientDisconnect:
            return standing  # nobody hears the answer
        if digest.digest() != expected:
            detail = "What arrived has another checksum: send this piece again."
            raise Refusal(460, "checksum-mismatch", detail)
        spool.seek(0)

        async def checked() -> AsyncIterator[bytes]:
            while piece := spool.read(64 << 10):
                yield piece

        return await uploads.append(standing, checked())


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """Yield a body; who is too slow is treated as one whose connection broke."""
    stream, began = request.stream(), time.monotonic()
    while time.monotonic() - began < BODY_LIMIT_S:
        try:
            async with asyncio.timeout(SILENCE_LIMIT_S):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            break
        yield piece
    raise ClientDisconnect


def progress(standing: Standing) -> dict[str, str]:
    """Return the headers that say how far an upload got."""
    upload = standing.upload
    return {
        "Upload-Offset": str(standing.offset),
        "Upload-Length": str(upload.wanted.length),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
        "Motcua-State": standing.state,
    }


def wanted(request: Request) -> Wanted:
    """Return what a request to begin says.  Raises `Refusal` 400."""
    if "upload-defer-length" in request.headers:
        raise _invalid("upload-defer-length", "Say `Upload-Length` when you begin.")
    told = _metadata(request.headers.get("upload-metadata", ""))
    sha256 = told.get("sha256", "")
    if sha256 and not _SHA256.fullmatch(sha256):
        raise _invalid("upload-metadata", "`sha256` is 64 hexadecimal digits, lower case.")
    length = _number(request, "upload-length")
    if length == 0:
        raise _invalid("upload-length", "A file has at least one byte.")
    return Wanted(
        length=length,
        procedure=told.get("procedure", "")[:50],
        media_type=told.get("filetype", "")[:200],
        sha256=sha256,
    )


def _metadata(text: str) -> dict[str, str]:
    """Read `key base64,key base64`; of it only what we name is kept: a file's name may be
    personal.
    """
    pairs = (pair.strip().partition(" ") for pair in text.split(",") if pair.strip())
    return {
        key: _base64(value, "upload-metadata").decode(errors="replace")
        for key, _, value in pairs
        if key in ("procedure", "filetype", "sha256")
    }


def check_piece(request: Request, standing: Standing) -> None:
    """Turn away what does not go on where the upload ends.  Raises `Refusal` 400, 409, 413, 415."""
    if request.headers.get("content-type", "") != PIECES:
        raise Refusal(415, "not-a-piece", f"Send `Content-Type: {PIECES}`.")
    if _number(request, "upload-offset") != standing.offset:
        raise offset_conflict()
    length = request.headers.get("content-length", "")
    if _NUMBER.fullmatch(length) and int(length) > _left(standing):
        raise Refusal(413, "too-large", "This is more than `Upload-Length` said.")


def _left(standing: Standing) -> int:
    return standing.upload.wanted.length - standing.offset


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise Refusal(412, "other-protocol", f"Send `Tus-Resumable: {VERSION}`.")


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise _invalid(name, "Send a whole number, not negative.")
    return int(text)


def _base64(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _invalid(name, "What is in Base64 is not.") from None


def _invalid(name: str, detail: str) -> Refusal:
    return Refusal(400, "invalid-header", detail, (fault("invalid-header", f"/headers/{name}"),))
