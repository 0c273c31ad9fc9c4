"""Writes `docs/settings.md` from the classes that read the environment: `make docs`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from deploy.local.settings import ROOT
from deploy.local.settings import Settings as LocalSettings
from docs.meanings import MEANINGS
from services.intake.attachments.settings import AttachmentSettings
from services.intake.settings import IntakeSettings
from services.notify.settings import NotifySettings
from services.operations.settings import OperationsSettings
from services.payment.settings import PaymentSettings
from services.payment.webhooks.settings import WebhookSettings
from services.routing.settings import RoutingSettings
from shared.kafka.security import KafkaSecurity
from shared.settings import Settings

PAGE = Path(__file__).with_name("settings.md")

HEAD = """\
<!-- Made from the settings classes by `make docs`; a test fails when it is stale. -->
# Settings

What a process is told by its environment. It is read at the start, once; with a value outside its
limits the process ends and names it, before it speaks to anybody. A list is written as JSON,
`["one", "two"]`, `[10, 60]`; a switch as `true` or `false`. *Nothing* means that it is empty as
it is.

What the rules of the administration are (working hours, clocks, fees, procedures) is not here: that
is [reference data](catalogue.md) with dates from which it holds.
"""


class Part(NamedTuple):
    """One table: whom it is for, and the classes that read it."""

    title: str
    says: str
    readers: tuple[type[BaseSettings], ...]


PARTS = (
    Part(
        "Every service",
        "Intake, routing, payment, notify, operations.",
        (Settings,),
    ),
    Part(
        "Accounts at the broker",
        "Every service, and `motcua` where it speaks to Kafka: "
        "[deploy.md](deploy.md#who-may-do-what).",
        (KafkaSecurity,),
    ),
    Part("Intake", "Files: [files.md](files.md).", (IntakeSettings, AttachmentSettings)),
    Part("Routing", "Rules: [routing.md](routing.md).", (RoutingSettings,)),
    Part("Payment", "Banks: [banks.md](banks.md).", (PaymentSettings, WebhookSettings)),
    Part("Notify", "", (NotifySettings,)),
    Part("Operations", "", (OperationsSettings,)),
    Part(
        "`make` and `motcua`",
        "What a local start, and the commands of `motcua`, are told. They tell the services that "
        "they start what those need.",
        (LocalSettings,),
    ),
)


def variables(reader: type[BaseSettings]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield each variable that a class reads, with its field."""
    prefix = reader.model_config.get("env_prefix", "")
    for name, field in reader.model_fields.items():
        alias = field.validation_alias
        yield (alias if isinstance(alias, str) else f"{prefix}{name}".upper()), field


def default(field: FieldInfo) -> str:
    """Return what holds where nothing is said."""
    value = field.default
    if isinstance(value, Path):
        value = str(value.relative_to(ROOT) if value.is_absolute() else value)
    if isinstance(value, (tuple, frozenset)):
        value = json.dumps(sorted(value) if isinstance(value, frozenset) else value)
    if isinstance(value, bool):
        value = str(value).lower()
    if value in ("", None):
        return "nothing"
    return value if str(value).startswith("/") else f"`{value}`"  # no route of ours


_SAYS = {
    "ge": "at least {}",
    "gt": "above {}",
    "le": "at most {}",
    "min_length": "at least {} long",
}


def limits(field: FieldInfo) -> str:
    """Return what is refused otherwise."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    said = {
        name: _number(bound)
        for part in _flat(field.metadata)
        for name in _SAYS
        if (bound := getattr(part, name, None)) is not None
    }
    if "ge" in said and "le" in said:
        return f"{said['ge']} to {said['le']}"
    return ", ".join(_SAYS[name].format(bound) for name, bound in said.items())


def _flat(metadata: list[Any]) -> Iterator[Any]:
    """Yield each limit, also those that stand in a field of an annotation's own."""
    for part in metadata:
        yield part
        yield from getattr(part, "metadata", ())


def _number(bound: Any) -> str:
    return f"{bound:,}".removesuffix(".0")


def table(part: Part) -> Iterator[str]:
    """Yield one row for each variable."""
    yield "| Variable | Unless told | Limits | What it is |"
    yield "|---|---|---|---|"
    for reader in part.readers:
        for variable, field in variables(reader):
            meaning = MEANINGS[reader.__module__][variable]
            yield f"| `{variable}` | {default(field)} | {limits(field)} | {meaning} |"


def page() -> str:
    """Return the whole page."""
    lines = [HEAD]
    for part in PARTS:
        lines += [f"## {part.title}", ""]
        lines += [part.says, ""] if part.says else []
        lines += [*table(part), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
