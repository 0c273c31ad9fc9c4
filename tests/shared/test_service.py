"""The edge that every service has."""

from types import SimpleNamespace

from fastapi import APIRouter

from shared import service


def test_no_edge_has_a_page_that_loads_scripts_from_elsewhere() -> None:
    resources = SimpleNamespace(
        secrets=SimpleNamespace(api_keys={}), telemetry=SimpleNamespace(metrics=bytes)
    )
    parts = SimpleNamespace(router=APIRouter())
    app = service._app("intake", resources, parts, [])  # type: ignore[arg-type]
    paths = {getattr(route, "path", "") for route in app.routes}
    assert "/openapi.json" in paths
    assert paths.isdisjoint({"/docs", "/redoc"})
