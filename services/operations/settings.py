"""What operations' process is told besides what every service is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.operations.domain.causes import CAUSES


class OperationsSettings(BaseSettings):
    """`MOTCUA_OPERATIONS_…`.  `forms`: where a citizen's browser asks notify for official forms;
    `intake`: where intake answers whose applications are whose;
    `console`: where operators' browsers reach the console, for links in what alarms tell;
    `rebuilds`: read the edition that does not serve, and answer nothing (`motcua rebuild`).
    `thresholds`: the file of those that units are judged by.  `sandbox`: where the programs of a
    demonstration's sandbox answer, by name, on this machine.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_OPERATIONS_", frozen=True)

    replicas: int = Field(default=1, ge=1)  # of the live table's changelog, when Faust makes it
    forms: str = Field(
        default="http://127.0.0.1:8104/v1/forms",
        pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~-]+)*)?$",
    )
    intake: str = Field(default="http://127.0.0.1:8101", pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")
    console: str = Field(
        default="http://127.0.0.1:8105/console",
        pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~-]+)*$",
    )
    rebuilds: bool = False
    patience_s: Mapping[str, Annotated[float, Field(ge=0)]] = {}  # by cause, in place of ours
    sandbox: Mapping[str, Annotated[str, Field(pattern=r"^http://127\.0\.0\.1:[0-9]{1,5}$")]] = {}
    per_second: int = Field(default=20, ge=1, le=500)  # commands of all rounds together
    thresholds: Path = Path(__file__).parent / "domain" / "thresholds.json"

    @field_validator("patience_s")
    @classmethod
    def _of_causes(cls, told: Mapping[str, float]) -> Mapping[str, float]:
        if unknown := sorted(told.keys() - CAUSES.keys()):
            raise ValueError(f"{', '.join(unknown)}: one of {', '.join(sorted(CAUSES))}")
        return told
