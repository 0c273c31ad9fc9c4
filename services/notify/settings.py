"""What notify's process is told besides what every service is."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Self

import msgspec
from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.channels.mail.letter import BadAddress, reachable
from services.notify.domain import MILESTONES, Policy
from services.notify.domain.providers import Providers
from services.notify.domain.templates import FILE
from services.notify.domain.timing import Quiet
from services.notify.domain.wordings import CHANNELS
from services.notify.effects import LIMIT_S
from services.notify.providers import SANDBOX
from shared.errors import Misconfigured


class NotifySettings(BaseSettings):
    """`MOTCUA_PROVIDERS` (who carries notices) with addresses for rows without one,
    `MOTCUA_STATUS_PAGE` (the citizens' page, as intake has it, for what is printed), and
    `MOTCUA_NOTICE_…` for the pace, the words, and for what nobody is told of.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    sms_url: str = "http://127.0.0.1:8202"
    push_url: str = "http://127.0.0.1:8203"
    smtp_url: str = "smtp://127.0.0.1:8204"
    status_page: str = "http://127.0.0.1:8105/status"
    providers: Path = SANDBOX
    providers_clear: bool = False
    notice_limit_s: float = Field(default=LIMIT_S, gt=0)
    notice_retry_after_s: tuple[float, ...] = Policy().retry_after_s
    notice_ask_after_s: tuple[float, ...] = Policy().ask_after_s
    notice_templates: Path = FILE
    notice_jitter: float = Field(default=Policy().jitter, ge=0, le=1)
    notice_failover_after_s: float = Field(default=Policy().failover_after_s, ge=0)
    notice_quiet: str = Field(
        default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"
    )
    notice_join_s: Mapping[str, float] = Policy().join_s
    notice_units: Path | None = None
    notice_daily_cap: int = Field(default=0, ge=0, le=9_999)
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
    def _quiet_for_a_while(self) -> Self:
        begins, _, ends = self.notice_quiet.partition("-")
        if begins and begins == ends:
            raise ValueError(
                "MOTCUA_NOTICE_QUIET: hours that end when they begin are never quiet; leave it out"
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

    @model_validator(mode="after")
    def _join_on_channels(self) -> Self:
        if unknown := self.notice_join_s.keys() - set(CHANNELS):
            raise ValueError(
                f"MOTCUA_NOTICE_JOIN_S: {', '.join(sorted(unknown))} is no channel; "
                f"name some of {', '.join(CHANNELS)}"
            )
        return self

    def urls(self) -> dict[str, str]:
        """Return where providers are whose row does not say it, by kind."""
        return {
            "sms_http": self.sms_url,
            "push_http": self.push_url,
            "smtp": self.smtp_url,
        }

    def units(self) -> dict[str, str]:
        """Return the e-mail addresses of units, by code.  Raises `Misconfigured`."""
        if self.notice_units is None:
            return {}
        try:
            told = msgspec.json.decode(self.notice_units.read_bytes(), type=dict[str, str])
            for unit, address in told.items():
                try:
                    reachable(address)
                except BadAddress as wrong:
                    raise Misconfigured(f"{self.notice_units}: unit {unit}: {wrong}") from None
            return told
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{self.notice_units} is not a file of units: {error}") from error

    def policy(self, providers: Providers) -> Policy:
        """Return all that decisions go by, as the domain has it.  Raises `Misconfigured`."""
        begins, _, ends = self.notice_quiet.partition("-")
        return Policy(
            self.notice_retry_after_s,
            self.notice_ask_after_s,
            self.notice_silent,
            quiet=Quiet(time.fromisoformat(begins), time.fromisoformat(ends)) if begins else None,
            join_s=dict(self.notice_join_s),
            jitter=self.notice_jitter,
            failover_after_s=self.notice_failover_after_s,
            providers=providers,
            units=frozenset(self.units()),
        )
