"""What notify's process is told besides what every service is."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.domain import Policy
from services.notify.effects import LIMIT_S


class NotifySettings(BaseSettings):
    """`MOTCUA_SMS_URL`, and `MOTCUA_NOTICE_…` for the pace."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    sms_url: str = "http://127.0.0.1:8202"
    notice_limit_s: float = Field(default=LIMIT_S, gt=0)
    notice_retry_after_s: tuple[float, ...] = Policy().retry_after_s
    notice_ask_after_s: tuple[float, ...] = Policy().ask_after_s

    @model_validator(mode="after")
    def _ask_late_enough(self) -> Self:
        if any(s <= self.notice_limit_s for s in self.notice_ask_after_s):
            raise ValueError(
                f"MOTCUA_NOTICE_ASK_AFTER_S: ask later than a call can last, "
                f"{self.notice_limit_s} s, or a message on its way is sent again"
            )
        return self

    @property
    def policy(self) -> Policy:
        """Return the pace, as the domain has it."""
        return Policy(self.notice_retry_after_s, self.notice_ask_after_s)
