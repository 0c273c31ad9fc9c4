"""Who has no key of a role that may is not let in."""

import httpx
import pytest

from services.operations import proof_api
from services.operations.api import Sources, router
from tests.services.operations.api.edge import Edge

ROUTES = [
    (method, route.path.replace("{name}", "x"))
    for route in (*router(Sources(*[None] * 9)).routes, *proof_api.router(None, None, None).routes)
    for method in route.methods
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_and_no_portal_is_let_in(
    client: httpx.AsyncClient, edge: Edge, method: str, path: str
) -> None:
    body = {"application": "x", "service": "payment", "reason": "because"}
    key = {"idempotency-key": "release-1"}
    nobody = await client.request(method, path, json=body, headers={"authorization": "", **key})
    portal = await client.request(
        method, path, json=body, headers={"authorization": "Bearer portal-key", **key}
    )

    assert (nobody.status_code, portal.status_code) == (401, 403)
