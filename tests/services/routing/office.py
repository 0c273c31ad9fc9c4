"""An operator before the edge of re-homing, with routing's lane behind it."""

import httpx
from fastapi import FastAPI

from services.routing import rehoming
from shared import problems
from shared.clock import system_clock
from shared.pages import Pages
from shared.publisher import Publisher

MARRIAGE = "1.000894"  # accepted by an officer, without a fee
KEY = {"authorization": "Bearer operator-key"}
PREVIEWS, REHOMINGS = "/v1/routing/previews", "/v1/routing/rehomings"


class Office:
    """An operator before the edge, with routing's lane behind it."""

    def __init__(self, desk, catalogue, rules, rows_limit=2_000, clock=system_clock):
        self.desk = desk
        pages = Pages(desk.journal._table, desk.journal, rows_limit)
        publisher = Publisher(
            desk.log, lane_count=1, sample_ratio=0.0, clock=system_clock, appended=lambda *_: None
        )
        app = FastAPI()
        app.state.access = desk.app.state.access
        problems.install(app)
        app.include_router(rehoming.router(publisher, desk.journal, pages, catalogue, rules, clock))
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://edge", headers=KEY
        )

    async def ask(self, path, **body):
        return await self.http.post(path, json=body)


def application(n):
    return f"0197b1c2-aaaa-7bbb-8ccc-{n:012d}"
