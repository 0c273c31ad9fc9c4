"""The devices in a browser, and as JSON.

GET /                                all of them
GET /devices/{device}                one, as its owner sees it
GET /devices/{device}/mails/{n}.html, /devices/{device}/files/{n}/{name}
GET /sandbox/devices/{device}        the same, as JSON
"""

from collections.abc import Callable, Iterable
from typing import Annotated

import msgspec
from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import HTMLResponse, Response

from deploy.sandbox.devices import page
from deploy.sandbox.devices.item import Item, on, shown

NO_SCRIPTS = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
KEPT = {"content-disposition": "attachment"}  # under the name at the end of its address

Name = Annotated[str, Path(pattern="^[0-9a-f]{12}$")]


def router(items: Callable[[], Iterable[Item]]) -> APIRouter:
    """Return the routes; `items`: what all devices show, the first one first."""
    routes = APIRouter()

    def one(device: str, number: int) -> Item:
        found = on(device, items())
        if not 0 <= number < len(found):
            raise HTTPException(404)
        return found[number]

    @routes.get("/")
    async def every() -> HTMLResponse:
        return _page(page.devices(items()))

    @routes.get("/devices/{device}")
    async def device(device: Name) -> HTMLResponse:
        return _page(page.device(on(device, items())))

    @routes.get("/devices/{device}/mails/{number}.html")
    async def mail(device: Name, number: int) -> HTMLResponse:
        return _page(one(device, number).html)

    @routes.get("/devices/{device}/files/{number}/{name}")
    async def file(device: Name, number: int, name: str) -> Response:
        content = dict(one(device, number).files).get(name)
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type="text/calendar", headers=KEPT)

    @routes.get("/sandbox/devices/{device}")
    async def told(device: Name) -> Response:
        found = [shown(item) for item in on(device, items())]
        return Response(msgspec.json.encode({"items": found}), media_type="application/json")

    return routes


def _page(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers=NO_SCRIPTS)
