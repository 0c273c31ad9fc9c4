"""The edge for reading files: a portal its own, an officer any whose SHA-256 a dossier names."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from services.intake.attachments import views
from services.intake.attachments.checking import File
from services.intake.attachments.files import Files
from services.intake.domain.validation import SHA256, portal_of
from shared import edge
from shared.access import Caller, require
from shared.problems import Refusal

Reader = Annotated[Caller, Depends(require("portal", "officer"))]


def reading(files: Files) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["files"])

    async def known(sha256: str, caller: Caller) -> File:
        """Return a file that a caller may read: a portal its own, an officer any."""
        file = None
        if SHA256.fullmatch(sha256) and caller.role == "officer":
            file = await files.any(sha256)
        elif SHA256.fullmatch(sha256):
            file = (await files.find(portal_of(caller.source), [sha256])).get(sha256)
        if file is None:
            raise Refusal(404, "unknown-file", "No file for you is kept under this SHA-256.")
        return file

    @routes.get(
        "/v1/files/{sha256}",
        summary="A file that is kept: its type, its size, whether it was scanned",
        responses=edge.answers(200, views.FileView, 404, example=views.FILE),
    )
    async def file_view(sha256: str, caller: Reader) -> Response:
        return _json(views.FileView.of(await known(sha256, caller)))

    @routes.get(
        "/v1/files/{sha256}/content",
        summary="The content of a file that is kept",
        response_class=Response,
        responses={200: views.CONTENT, **edge.refused(404)},
    )
    async def file_content(sha256: str, caller: Reader) -> Response:
        file = await known(sha256, caller)
        headers = {
            "Content-Length": str(file.size),
            "Content-Disposition": f'attachment; filename="{sha256}"',
            "X-Content-Type-Options": "nosniff",
            "Motcua-Scan": file.scan,
        }
        return StreamingResponse(files.read(sha256), headers=headers, media_type=file.media_type)

    return routes


def _json(value: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
