"""Ports, folders, the number of lanes: each may be set in the environment as `MOTCUA_<NAME>`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"

Port = Annotated[int, Field(ge=1024, le=65535)]


class Settings(BaseSettings):
    """What an operator may choose.  `KAFKA_URL`, `MONGO_URL`: existing servers to use instead;
    `operations_url`, `operator_key`: an existing system to ask, and the key to show there.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", populate_by_name=True)

    home: Path = ROOT / ".local"
    lanes: Annotated[int, Field(ge=1, le=64)] = 4  # fixed for ever once topics exist
    replicas: Annotated[int, Field(ge=1, le=9)] = 1  # of each new topic; 3 where it matters
    kafka_url: Annotated[str, Field(validation_alias="KAFKA_URL")] = ""
    mongo_url: Annotated[str, Field(validation_alias="MONGO_URL")] = ""

    kafka_port: Port = 19092
    controller_port: Port = 19093
    mongo_port: Port = 27117
    intake_port: Port = 8101
    routing_port: Port = 8102
    payment_port: Port = 8103
    notify_port: Port = 8104
    operations_port: Port = 8105
    bank_port: Port = 8201
    sms_port: Port = 8202
    inbox_port: Port = 8203
    inbox_smtp_port: Port = 8204
    town_port: Port = 8205

    operations_url: str = ""
    operator_key: str = ""

    @property
    def demo(self) -> Path:
        """Return the folder of a demonstration's own system."""
        return self.home / "demo"

    def port(self, name: str) -> int:
        """Return the port of the process of this name."""
        port: int = getattr(self, f"{name}_port")
        return port
