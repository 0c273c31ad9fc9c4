"""What every process answers beside its own routes: alive, ready, metrics."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from shared.lanes.health import Health

PLAIN: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}}


NONE: Mapping[str, Health] = {}


def router(
    healths: Mapping[str, Health],
    metrics: Callable[[], bytes],
    beside: Mapping[str, Health] = NONE,
) -> APIRouter:
    """Return the routes; `healths` are those of the process's loops, by name; `beside`, of loops
    that are shown and that nobody waits for.
    """
    routes = APIRouter(tags=["process"])

    def report() -> dict[str, Any]:
        return {
            "loops": {
                name: {"doing": h.doing, "because": h.because, "lanes": sorted(h.lanes)}
                for name, h in healths.items()
            },
            "beside": {
                name: {"doing": h.doing, "because": h.because} for name, h in beside.items()
            },
        }

    @routes.get(
        "/healthz",
        summary="Alive: not stuck.  Waiting for a database is not stuck.",
        responses={200: _shown("stuck", "It is not stuck"), 503: _shown("stuck", "It is stuck")},
    )
    async def healthz() -> JSONResponse:
        stuck = any(health.is_stuck() for health in healths.values())
        return JSONResponse({"stuck": stuck, **report()}, 503 if stuck else 200)

    @routes.get(
        "/readyz",
        summary="Ready: has lanes and works on them.",
        responses={200: _shown("ready", "It is ready"), 503: _shown("ready", "Not yet")},
    )
    async def readyz() -> JSONResponse:
        ready = all(health.is_ready() for health in healths.values())
        return JSONResponse({"ready": ready, **report()}, 200 if ready else 503)

    @routes.get(
        "/metrics",
        summary="Metrics, in Prometheus' text format",
        response_class=Response,
        responses={200: PLAIN},
    )
    async def metrics_text() -> Response:
        return Response(metrics(), media_type="text/plain; version=0.0.4")

    return routes


def _shown(verdict: str, means: str) -> dict[str, Any]:
    loop = {
        "type": "object",
        "properties": {
            "doing": {"type": "string"},
            "because": {"type": "string"},
            "lanes": {"type": "array", "items": {"type": "integer"}},
        },
    }
    properties = {
        verdict: {"type": "boolean"},
        "loops": {"type": "object", "additionalProperties": loop},
        "beside": {"type": "object", "additionalProperties": loop},
    }
    schema = {"type": "object", "properties": properties, "required": [verdict, "loops"]}
    return {"description": means, "content": {"application/json": {"schema": schema}}}
