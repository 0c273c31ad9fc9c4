"""The portals' edge for files on their way: tus 1.0, and what became of each."""

from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.intake.attachments import tus, views
from services.intake.attachments.files import Files
from services.intake.attachments.reading import reading
from services.intake.attachments.scan import NoVerdict
from services.intake.attachments.standing import Standing
from services.intake.attachments.uploads import Uploads
from services.intake.domain.validation import portal_of
from shared import edge
from shared.access import Caller, require
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

Portal = Annotated[Caller, Depends(require("portal"))]


class Shelf(NamedTuple):
    """What the edge is wired with."""

    uploads: Uploads
    files: Files
    clock: Clock


def router(shelf: Shelf) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    for part in (_beginning(shelf), _sending(shelf.uploads), _asking(shelf.uploads)):
        routes.include_router(part)
    routes.include_router(reading(shelf.files))
    return routes


def _beginning(shelf: Shelf) -> APIRouter:
    routes, uploads = APIRouter(tags=["files"], route_class=tus.TusRoute), shelf.uploads

    @routes.options(
        "/v1/uploads",
        status_code=204,
        summary="What of tus 1.0 is spoken here",
        response_class=Response,
    )
    async def tus_offers(_: Portal) -> Response:
        headers = {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
            "Tus-Max-Size": str(uploads.limits.file_bytes(local_day(shelf.clock()))),
        }
        return Response(None, 204, headers)

    @routes.post(
        "/v1/uploads",
        status_code=201,
        summary="Begin to upload a file (tus creation)",
        response_class=Response,
        openapi_extra={"parameters": [views.VERSION, views.LENGTH, views.METADATA]},
        responses=edge.refused(400, 413, 429),
    )
    async def begin_upload(request: Request, caller: Portal) -> Response:
        upload = await uploads.create(portal_of(caller.source), tus.wanted(request))
        headers = {"Location": f"/v1/uploads/{upload.id}"}
        return Response(None, 201, headers | tus.progress(Standing(upload, 0, None)))

    return routes


def _sending(uploads: Uploads) -> APIRouter:
    routes = APIRouter(tags=["files"], route_class=tus.TusRoute)

    @routes.patch(
        "/v1/uploads/{upload}",
        status_code=204,
        summary="Add to an upload; the last piece is answered with a verdict",
        response_class=Response,
        openapi_extra=views.PATCHED,
        responses=edge.refused(400, 404, 409, 413, 415, 422),
    )
    async def add_to_upload(upload: str, request: Request, caller: Portal) -> Response:
        standing = await uploads.standing(upload, portal_of(caller.source))
        tus.check_piece(request, standing)
        if standing.state == "receiving":
            standing = await tus.appended(uploads, standing, request)
        if standing.state == "checking":
            standing = await _settled(uploads, standing)
        _refuse(standing)
        return Response(None, 204, tus.progress(standing))

    @routes.delete(
        "/v1/uploads/{upload}",
        status_code=204,
        summary="Take an upload back (tus termination)",
        response_class=Response,
        openapi_extra={"parameters": [views.VERSION]},
        responses=edge.refused(404),
    )
    async def end_upload(upload: str, caller: Portal) -> Response:
        standing = await uploads.standing(upload, portal_of(caller.source))
        await uploads.end(standing.upload)
        return Response(None, 204)

    return routes


def _asking(uploads: Uploads) -> APIRouter:
    routes = APIRouter(tags=["files"], route_class=tus.TusRoute)

    @routes.head(
        "/v1/uploads/{upload}",
        summary="How far an upload got",
        response_class=Response,
        openapi_extra={"parameters": [views.VERSION]},
        responses=edge.refused(404),
    )
    async def upload_offset(upload: str, caller: Portal) -> Response:
        standing = await uploads.standing(upload, portal_of(caller.source))
        if standing.state == "checking":  # a kill may have come before it was put on record
            await uploads.wait(standing)
        return Response(None, 200, tus.progress(standing) | {"Cache-Control": "no-store"})

    @routes.get(
        "/v1/uploads/{upload}",
        summary="What became of an upload: receiving, checking, stored, refused",
        response_class=Response,
        responses=edge.answers(200, views.UploadView, 404, example=views.UPLOAD),
    )
    async def upload_view(upload: str, caller: Portal) -> Response:
        standing = await uploads.standing(upload, portal_of(caller.source))
        body = msgspec.json.encode(views.shown(standing))
        return Response(body, media_type="application/json")

    return routes


async def _settled(uploads: Uploads, standing: Standing) -> Standing:
    try:
        return await uploads.settle(standing)
    except NoVerdict:
        return standing  # all is there: it is looked at again later


def _refuse(standing: Standing) -> None:
    if standing.state == "refused":
        detail = "This file is not taken: `problems` says why. Begin a new upload."
        raise Refusal(422, "file-refused", detail, views.shown(standing).problems)
