"""Who a client is to the broker, and how it knows the broker; on one machine, neither is asked."""

import ssl
from pathlib import Path
from typing import Any, Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

from shared import settings
from shared.errors import Misconfigured


class KafkaSecurity(BaseSettings):
    """`MOTCUA_KAFKA_PROTOCOL` and what it needs: a user with a password in a file, an authority."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_KAFKA_", frozen=True)

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None  # none: the authorities that the system trusts

    def options(self) -> dict[str, Any]:
        """Return what every client of aiokafka is told.  Raises `Misconfigured`."""
        told: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol.endswith("SSL"):
            told["ssl_context"] = self._trusted()
        if self.protocol.startswith("SASL"):
            told |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self._password(),
            }
        return told

    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise Misconfigured(
                f"MOTCUA_KAFKA_CA_FILE is {self.ca_file}, which is no certificate that can be "
                f"read ({error}): name a file in PEM form, readable for this account."
            ) from error

    def _password(self) -> str:
        if not self.user or not self.password_file:
            raise Misconfigured(
                f"MOTCUA_KAFKA_PROTOCOL is {self.protocol}: set MOTCUA_KAFKA_USER and "
                "MOTCUA_KAFKA_PASSWORD_FILE too."
            )
        try:
            password = self.password_file.read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(
                f"MOTCUA_KAFKA_PASSWORD_FILE cannot be read ({error}): "
                "name a text file, readable for this account."
            ) from error
        if not password:
            raise Misconfigured(
                f"MOTCUA_KAFKA_PASSWORD_FILE is {self.password_file}, which is empty: "
                f"write the password of {self.user} there."
            )
        return password


def told() -> dict[str, Any]:
    """Return what the environment says of security, for every client.  Raises `Misconfigured`."""
    return settings.told(KafkaSecurity).options()
