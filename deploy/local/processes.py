"""The table of processes above Kafka and MongoDB: services and sandbox partners."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from deploy.local import secrets
from deploy.local.settings import HOST, ROOT, Settings
from deploy.local.stack import Stack
from services.payment.partners import SANDBOX

Kind = Literal["service", "partner"]
READY = {"service": "/readyz", "partner": "/healthz"}


@dataclass(frozen=True, slots=True)
class Process:
    """A row: `python -m <module>`, listening on the port that the settings have under its name;
    `told`: what it alone is told; `on_the_log`: a partner that writes and reads Kafka as well;
    `nice`: how far it gives way to the others where all want the processor.
    """

    name: str
    kind: Kind
    module: str
    told: Mapping[str, str] = field(default_factory=dict)
    on_the_log: bool = False
    nice: int = 0


# partners first: a service may call one as soon as it is up
TABLE = (
    Process(*("bank", "partner", "deploy.sandbox.partners"), {"MOTCUA_PARTNERS": str(SANDBOX)}),
    Process("sms", "partner", "deploy.sandbox.sms"),
    Process("inbox", "partner", "deploy.sandbox.inbox"),
    # the sandbox portal uploads nothing: its documents are references
    Process(
        *("intake", "service", "services.intake"),
        {"MOTCUA_ATTACHMENTS_ELSEWHERE": '["sandbox-portal"]'},
    ),
    Process("routing", "service", "services.routing"),
    # a bank that tries its side out here listens on this machine
    Process("payment", "service", "services.payment", {"MOTCUA_WEBHOOK_LOOPBACK": "true"}),
    Process("notify", "service", "services.notify"),
    # who watches does not hold up what is watched
    Process("operations", "service", "services.operations", nice=5),
)

# people who act in a system that a demonstration leaves running, so that faults can be tried
TOWN = Process("town", "partner", "deploy.sandbox.town", on_the_log=True)
ALL = (*TABLE, TOWN)
# what has a port: a mail server listens beside the page of citizens' devices
PORTS = (*(row.name for row in ALL), "inbox_smtp")


def url(settings: Settings, name: str) -> str:
    """Return where a process answers."""
    return f"http://{HOST}:{settings.port(name)}"


def env(process: Process, settings: Settings, stack: Stack) -> Mapping[str, str]:
    """Return what a process is told; each side is shown its own secrets only."""
    addresses = {f"MOTCUA_{row.name.upper()}_URL": url(settings, row.name) for row in TABLE}
    addresses |= _devices(settings)
    addresses["MOTCUA_OPERATIONS_FORMS"] = f"{url(settings, 'notify')}/v1/forms"
    addresses["MOTCUA_OPERATIONS_INTAKE"] = url(settings, "intake")
    addresses["MOTCUA_STATUS_PAGE"] = f"{url(settings, 'operations')}/status"
    own = {"MOTCUA_PORT": str(settings.port(process.name))}
    log = {"KAFKA_URL": stack.kafka_url, "MOTCUA_LANES": str(settings.lanes)}
    if process.kind == "partner":
        clients = {"MOTCUA_CLIENTS": str(secret(settings, secrets.CLIENTS_FILE))}
        on_the_log = log if process.on_the_log else {}
        return {**addresses, **own, **process.told, **clients, **on_the_log}
    return {
        **addresses,
        **own,
        **process.told,
        **log,
        "MONGO_URL": stack.mongo_url,
        "MOTCUA_SECRETS": str(secret(settings, secrets.SERVICES_FILE)),
    }


def _devices(settings: Settings) -> dict[str, str]:
    """Return where apps and mails go, and where they come in."""
    port = settings.port("inbox_smtp")
    return {
        "MOTCUA_PUSH_URL": url(settings, "inbox"),
        "MOTCUA_SMTP_URL": f"smtp://{HOST}:{port}",
        "MOTCUA_INBOX_SMTP_PORT": str(port),
    }


def secret(settings: Settings, file: str) -> Path:
    """Return the path of a secrets file."""
    return settings.home / "secrets" / file


def present(process: Process) -> bool:
    """Tell whether its code is here."""
    path = ROOT.joinpath(*process.module.split("."))
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()
