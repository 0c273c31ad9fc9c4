"""What routing's process is told besides what every service is."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.routing.domain.rule_file import RULES


class RoutingSettings(BaseSettings):
    """`MOTCUA_RULES`: the file of routing rules, in the place of those that are shipped."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    rules: Path = RULES
