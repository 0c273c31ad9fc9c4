"""The edge that every service has."""

import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from services.intake.settings import IntakeSettings
from services.notify.settings import NotifySettings
from shared import process_routes, service
from shared.errors import Misconfigured
from shared.lanes.health import Health
from shared.principals import People
from shared.service import Parts, Resources
from shared.settings import Settings, told

SERVICES = ("intake", "notify", "operations", "payment", "routing")


def test_no_edge_has_a_page_that_loads_scripts_from_elsewhere() -> None:
    resources: Any = SimpleNamespace(
        secrets=SimpleNamespace(api_keys={}, known=People({})),
        telemetry=SimpleNamespace(metrics=bytes),
    )
    parts = service.Parts(router=APIRouter())
    app = service._app("intake", resources, parts, [])
    paths = {getattr(route, "path", "") for route in app.routes}
    assert "/openapi.json" in paths
    assert paths.isdisjoint({"/docs", "/redoc"})


async def test_a_loop_beside_that_fails_is_shown_and_keeps_nobody_from_being_ready() -> None:
    lanes, rounds = Health(lambda: 0.0), Health(lambda: 0.0)
    lanes.assigned(frozenset({0}))
    rounds.failing("KeyError: planted")
    app = FastAPI()
    app.include_router(process_routes.router({"lanes": lanes}, bytes, {"rounds": rounds}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://any") as client:
        for path in ("/healthz", "/readyz"):
            answer = await client.get(path)
            assert answer.status_code == 200
            told = answer.json()
            assert told["beside"] == {
                "rounds": {"doing": "failing", "because": "KeyError: planted"}
            }
            assert told["loops"].keys() == {"lanes"}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MOTCUA_LANES", "0", "MOTCUA_LANES is set to '0': Input should be greater than or equal"),
        ("MOTCUA_CATALOGUE_LOOK_S", "soon", "MOTCUA_CATALOGUE_LOOK_S is set to 'soon': "),
        (
            "MOTCUA_DUPLICATES_REFUSED",
            "all",
            "MOTCUA_DUPLICATES_REFUSED is set to 'all': a list is written as JSON",
        ),
        (
            "MOTCUA_LOG_LEVEL",
            "LOUD",
            "MOTCUA_LOG_LEVEL is set to 'LOUD': Input should be 'DEBUG', ",
        ),
        ("MOTCUA_NOTICE_SILENT", '["foo"]', "MOTCUA_NOTICE_SILENT: foo is no milestone; name some"),
        ("MOTCUA_NOTICE_SILENT", "transferred", "MOTCUA_NOTICE_SILENT is set to 'transferred': "),
    ],
)
def test_a_setting_that_cannot_be_ends_the_start_with_its_name_and_why(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Misconfigured, match=re.escape(said)):
        told(Settings), told(IntakeSettings), told(NotifySettings)


def test_every_setting_that_cannot_be_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_LANES", "0")
    monkeypatch.setenv("MOTCUA_PORT", "none")
    with pytest.raises(SystemExit, match=r"MOTCUA_LANES is .* MOTCUA_PORT is "):
        service.main("intake", _never)


def test_a_level_of_the_log_may_be_written_in_small_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOTCUA_LOG_LEVEL", "warning")
    assert told(Settings).log_level == "WARNING"


def test_what_a_service_is_told_besides_is_read_before_anything_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOTCUA_NOTICE_SILENT", '["foo"]')
    with pytest.raises(SystemExit, match=r"^MOTCUA_NOTICE_SILENT: foo is no milestone"):
        service.main("notify", _never, NotifySettings)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_names_all_that_it_is_told_to_its_host(name: str) -> None:
    wiring = Path(import_module(f"services.{name}").__path__[0], "__main__.py").read_text()
    named = wiring.partition(f'service.main("{name}", build, ')[2]
    read = re.findall(r"told\((\w+)\)", wiring)
    assert read
    assert all(reader in named for reader in read)


async def _never(_: Resources) -> Parts:
    raise AssertionError("no service is built by wrong settings")
