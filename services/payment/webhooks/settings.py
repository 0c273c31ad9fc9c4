"""What the sending of webhooks is told."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.payment.webhooks.guard import PORTS, Rules


class WebhookSettings(BaseSettings):
    """`MOTCUA_WEBHOOK_…`."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_WEBHOOK_", frozen=True)

    ports: tuple[int, ...] = Field(default=tuple(sorted(PORTS)), min_length=1)
    loopback: bool = False
    call_limit_s: float = Field(default=15.0, gt=0, le=30)

    @property
    def rules(self) -> Rules:
        """Return which addresses are called."""
        return Rules(frozenset(self.ports), self.loopback)
