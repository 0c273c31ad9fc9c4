"""What payment's process is told besides what every service is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.payment.domain.draft import Pace
from services.payment.gateways import Partner
from services.payment.gateways.families import CALL_LIMITS_S
from services.payment.partners import SANDBOX, Row, keyed, read

_PACE = Pace()


class PaymentSettings(BaseSettings):
    """`MOTCUA_PARTNERS` (the file of partners), `MOTCUA_BANK_URL`
    (the sandbox, each partner under its name), `MOTCUA_BANK_PAGE_URL` (the same, as citizens'
    browsers reach it),
    `MOTCUA_PAYMENT_URL` (where they come back to), and `MOTCUA_PAYMENT_…` for the pace.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    partners: Path = SANDBOX
    bank_url: str = "http://127.0.0.1:8201"
    bank_page_url: str = ""  # empty: as `bank_url`
    payment_url: str = "http://127.0.0.1:8103"
    payment_lifetime_s: int = Field(default=86_400, ge=1)
    payment_ask_after_s: tuple[int, ...] = Field(default=_PACE.ask_after_s, min_length=1)
    payment_ask_limit: int = Field(default=_PACE.ask_limit, ge=1, le=200)
    payment_attempt_limit: int = Field(default=_PACE.attempt_limit, ge=1, le=20)
    payment_early_s: int = Field(default=_PACE.early_s, ge=1)
    payment_grace_s: int = Field(default=_PACE.grace_s, ge=1)
    payment_check_over_vnd: int = Field(default=_PACE.check_over_vnd, ge=0)
    payment_call_limit_s: float = Field(default=10.0, gt=0)

    @property
    def pace(self) -> Pace:
        """Return the pace, as the domain has it."""
        return Pace(
            ask_after_s=self.payment_ask_after_s,
            ask_limit=self.payment_ask_limit,
            attempt_limit=self.payment_attempt_limit,
            early_s=self.payment_early_s,
            grace_s=self.payment_grace_s,
            check_over_vnd=self.payment_check_over_vnd,
        )

    def registry_rows(self, secrets: Mapping[str, Any]) -> tuple[Partner, ...]:
        """Return the rows of the registry; `secrets` has each one's keys.  Raises `Misconfigured`.

        A row without an address is at the sandbox, under its name.
        """
        return tuple(
            keyed(
                row,
                secrets,
                lifetime_s=self.payment_lifetime_s,
                call_limit_s=self._call_limit_s(row),
                **self.addresses(row),
            )
            for row in read(self.partners)
        )

    def _call_limit_s(self, row: Row) -> float:
        family_s = CALL_LIMITS_S.get(row.family, 0.0)
        return row.timeout_s or max(family_s, self.payment_call_limit_s)

    def addresses(self, row: Row) -> dict[str, str]:
        """Return where a partner is called, and where it calls."""
        page_url = self.bank_page_url or self.bank_url
        return {
            "base_url": row.base_url or f"{self.bank_url}/{row.name}",
            "page_url": row.page_url or row.base_url or f"{page_url}/{row.name}",
            "callback_url": f"{self.payment_url}/v1/callbacks/{row.name}",
            "return_url": f"{self.payment_url}/v1/return/{row.name}",
        }
