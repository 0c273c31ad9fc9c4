from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.processes import TABLE, Process
from deploy.local.settings import Settings
from deploy.local.stack import Stack
from services.intake.settings import IntakeSettings
from services.notify.settings import NotifySettings
from services.operations.__main__ import STATUS_PAGE
from services.operations.settings import OperationsSettings
from shared.settings import Settings as ServiceSettings
from shared.topics import SERVICES

SERVERS = Stack("127.0.0.1:1", "mongodb://127.0.0.1:2/?replicaSet=rs0")
by_name = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)


def test_every_service_is_in_the_table() -> None:
    assert {row.name for row in TABLE if row.kind == "service"} == set(SERVICES)


@by_name
def test_a_process_is_told_its_port_and_where_the_others_are(row: Process) -> None:
    env = processes.env(row, Settings(), SERVERS)
    assert env["MOTCUA_PORT"] == str(Settings().port(row.name))
    assert {f"MOTCUA_{other.name.upper()}_URL" for other in TABLE} <= set(env)


@by_name
def test_each_side_is_shown_its_own_secrets_only(row: Process) -> None:
    told = set(processes.env(row, Settings(), SERVERS))
    assert ("MOTCUA_SECRETS" in told) == (row.kind == "service")
    assert ("MOTCUA_CLIENTS" in told) == (row.kind == "partner")
    assert ("KAFKA_URL" in told) == (row.kind == "service")  # partners know HTTP only


def test_a_service_understands_what_it_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, lanes=7)
    row = next(row for row in TABLE if row.name == "payment")
    env = processes.env(row, settings, SERVERS)
    prefix = "MOTCUA_"
    told = {
        k.removeprefix(prefix).lower() if k.startswith(prefix) else k: v for k, v in env.items()
    }
    fields = {k: v for k, v in told.items() if k in ServiceSettings.model_fields or k.isupper()}
    understood = ServiceSettings.model_validate(fields)
    assert understood.lanes == 7
    assert understood.port == settings.payment_port
    assert understood.secrets == tmp_path / "secrets" / "secrets.json"
    assert (understood.kafka_url, understood.mongo_url) == (SERVERS.kafka_url, SERVERS.mongo_url)


@pytest.mark.parametrize(
    ("service", "told"), [("intake", IntakeSettings), ("notify", NotifySettings)]
)
def test_links_on_receipts_lead_to_the_citizens_page_of_this_system(
    service: str, told: type[IntakeSettings] | type[NotifySettings]
) -> None:
    row = next(row for row in TABLE if row.name == service)
    env = processes.env(row, Settings(operations_port=18105), SERVERS)
    assert env["MOTCUA_STATUS_PAGE"] == "http://127.0.0.1:18105/status"
    assert told().status_page == processes.url(Settings(), "operations") + STATUS_PAGE


def test_the_buttons_for_forms_lead_to_notify_of_this_system() -> None:
    row = next(row for row in TABLE if row.name == "operations")
    env = processes.env(row, Settings(notify_port=18104), SERVERS)
    assert env["MOTCUA_OPERATIONS_FORMS"] == "http://127.0.0.1:18104/v1/forms"
    assert OperationsSettings().forms == processes.url(Settings(), "notify") + "/v1/forms"
