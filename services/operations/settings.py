"""What operations' process is told besides what every service is."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class OperationsSettings(BaseSettings):
    """`MOTCUA_OPERATIONS_…`."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_OPERATIONS_", frozen=True)

    replicas: int = Field(default=1, ge=1)  # of the live table's changelog, when Faust makes it
