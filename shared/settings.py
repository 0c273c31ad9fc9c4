"""What a process is told by its environment; nothing else is configurable."""

import re
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from shared.catalogue.reading import DATA
from shared.errors import Misconfigured

S = TypeVar("S", bound=BaseSettings)
Level = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)
]


class Settings(BaseSettings):
    """`MOTCUA_…` variables, and the two addresses that other tools know by their own names."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    kafka_url: str = Field(default="127.0.0.1:19092", validation_alias="KAFKA_URL")
    mongo_url: str = Field(
        default="mongodb://127.0.0.1:27117/?replicaSet=rs0", validation_alias="MONGO_URL"
    )
    otlp_endpoint: str = Field(default="", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    database: str = "motcua"
    lanes: int = Field(default=4, ge=1, le=1_000)  # fixed for ever once topics are made
    host: str = "127.0.0.1"
    port: int = 0
    secrets: Path = Path(".local/secrets/secrets.json")
    sample_ratio: float = Field(default=1.0, ge=0.0, le=1.0)
    failpoint: str = ""
    session_s: float = 10.0  # without a sign of life: the group goes on without us
    poll_limit_s: float = 120.0  # alive and without progress: the same
    clock_offset_s: float = 0.0  # for tests: how far this process's clock is off
    log_level: Level = "INFO"
    catalogue: Path = DATA  # a folder of reference data; another edition in it is taken as it comes
    catalogue_look_s: float = Field(default=30.0, gt=0.0)


def told(reader: type[S]) -> S:
    """Return what the environment says.  Raises `Misconfigured`, with all that it may not say."""
    try:
        return reader()
    except ValidationError as error:
        raise Misconfigured(refused(error, reader.model_config.get("env_prefix", ""))) from error
    except SettingsError as error:
        raise Misconfigured(_unread(error, reader)) from error


def refused(error: ValidationError, prefix: str) -> str:
    """Return each variable that was refused, with what it was set to and why."""
    found = []
    for one in error.errors():
        why = one["msg"].removeprefix("Value error, ")
        if not one["loc"]:  # of several together, which the sentence names
            found.append(f"{why}.")
            continue
        variable = _variable(f"{one['loc'][0]}", prefix)
        found.append(f"{variable} is set to {one['input']!r}: {why}.")
    return " ".join(found)


def _unread(error: SettingsError, reader: type[BaseSettings]) -> str:
    """Return which variable is no JSON; the library names the field, and no variable."""
    named = re.search(r'field "(\w+)"', str(error))
    if not named:
        return f"{error}: a list is written as JSON."
    alias = reader.model_fields[named[1]].validation_alias
    prefix = reader.model_config.get("env_prefix", "")
    variable = _variable(alias if isinstance(alias, str) else named[1], prefix)
    given = getattr(error.__cause__, "doc", "")
    return f'{variable} is set to {given!r}: a list is written as JSON, ["one", "two"] or [10, 60].'


def _variable(name: str, prefix: str) -> str:
    return name if name.isupper() else f"{prefix}{name}".upper()
