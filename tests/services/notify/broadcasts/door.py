"""The routes of broadcasts, behind the real doors."""

import httpx
from fastapi import FastAPI

from services.notify import broadcasts_api
from services.notify.broadcasts.views import DRAFT
from shared import problems
from shared.edge import builtins
from tests.services.notify.broadcasts.office import ME, OTHER
from tests.shared.callers import access

BROADCASTS = "/v1/broadcasts"
UNITS = {"audience": {"units": ["00004"]}}
CALLERS = {ME: "operator", OTHER: "operator", "officer-1": "officer", "portal-1": "portal"}


class Edge:
    """The routes behind the real doors."""

    def __init__(self, office) -> None:
        self.office, self.app = office, FastAPI()
        self.app.state.access = access({name: (name, role) for name, role in CALLERS.items()})
        problems.install(self.app)
        self.app.include_router(broadcasts_api.router(office.desk, office.clock))

    async def ask(self, method: str, path: str, by: str = ME, key: str = "", **body):
        async with httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(self.app),
            headers={"authorization": f"Bearer {by}"} | ({"idempotency-key": key} if key else {}),
        ) as client:
            return await client.request(method, path, **body)

    async def draft(self, key: str = "morning-1", by: str = ME, **changes):
        body = builtins(DRAFT) | UNITS | changes
        return await self.ask("POST", BROADCASTS, by, key, json=body)

    async def drafted(self, key: str = "morning-1", **changes) -> str:
        answer = await self.draft(key, **changes)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def do(self, id_: str, verb: str, by: str = OTHER, reason: str = "synthetic"):
        return await self.ask("POST", f"{BROADCASTS}/{id_}/{verb}", by, json={"reason": reason})

    async def get(self, path: str, **query):
        answer = await self.ask("GET", f"{BROADCASTS}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()
