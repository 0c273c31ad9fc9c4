"""What notify's process is told besides what every service is."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.domain import MILESTONES, Policy
from services.notify.domain.templates import FILE
from services.notify.effects import LIMIT_S


class NotifySettings(BaseSettings):
    """`MOTCUA_SMS_URL`, and `MOTCUA_NOTICE_…` for the pace, and for what nobody is told of."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    sms_url: str = "http://127.0.0.1:8202"
    notice_limit_s: float = Field(default=LIMIT_S, gt=0)
    notice_retry_after_s: tuple[float, ...] = Policy().retry_after_s
    notice_ask_after_s: tuple[float, ...] = Policy().ask_after_s
    notice_templates: Path = FILE
    notice_silent: frozenset[str] = Policy().silent

    @model_validator(mode="after")
    def _ask_late_enough(self) -> Self:
        if any(s <= self.notice_limit_s for s in self.notice_ask_after_s):
            raise ValueError(
                f"MOTCUA_NOTICE_ASK_AFTER_S: ask later than a call can last, "
                f"{self.notice_limit_s} s, or a message on its way is sent again"
            )
        return self

    @model_validator(mode="after")
    def _silent_about_something(self) -> Self:
        if unknown := self.notice_silent - MILESTONES.keys():
            raise ValueError(
                f"MOTCUA_NOTICE_SILENT: {', '.join(sorted(unknown))} is no milestone; "
                f"name some of {', '.join(MILESTONES)}"
            )
        return self

    @property
    def policy(self) -> Policy:
        """Return the pace, and the silence, as the domain has them."""
        return Policy(self.notice_retry_after_s, self.notice_ask_after_s, self.notice_silent)
