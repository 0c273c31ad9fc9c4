"""The edge that every service has."""

import re
from types import SimpleNamespace

import pytest
from fastapi import APIRouter

from services.intake.settings import IntakeSettings
from shared import service
from shared.errors import Misconfigured
from shared.service import Parts, Resources
from shared.settings import Settings, told


def test_no_edge_has_a_page_that_loads_scripts_from_elsewhere() -> None:
    resources = SimpleNamespace(
        secrets=SimpleNamespace(api_keys={}), telemetry=SimpleNamespace(metrics=bytes)
    )
    parts = SimpleNamespace(router=APIRouter())
    app = service._app("intake", resources, parts, [])  # type: ignore[arg-type]
    paths = {getattr(route, "path", "") for route in app.routes}
    assert "/openapi.json" in paths
    assert paths.isdisjoint({"/docs", "/redoc"})


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MOTCUA_LANES", "0", "MOTCUA_LANES is set to '0': Input should be greater than or equal"),
        ("MOTCUA_CATALOGUE_LOOK_S", "soon", "MOTCUA_CATALOGUE_LOOK_S is set to 'soon': "),
        ("MOTCUA_DUPLICATES_REFUSED", "all", "a list is written as JSON"),
    ],
)
def test_a_setting_that_cannot_be_ends_the_start_with_its_name_and_why(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Misconfigured, match=re.escape(said)):
        told(Settings), told(IntakeSettings)


def test_every_setting_that_cannot_be_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_LANES", "0")
    monkeypatch.setenv("MOTCUA_PORT", "none")
    with pytest.raises(SystemExit, match=r"MOTCUA_LANES is .* MOTCUA_PORT is "):
        service.main("intake", _never)


async def _never(_: Resources) -> Parts:
    raise AssertionError("no service is built by wrong settings")
