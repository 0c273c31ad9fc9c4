"""What payment's process is told besides what every service is."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from services.payment.gateways import Key, Partner

_ALWAYS = datetime(2025, 7, 1, tzinfo=UTC)
_PACE = Pace()


class PaymentSettings(BaseSettings):
    """`MOTCUA_BANK_URL`, `MOTCUA_BANK_PAGE_URL` (the same bank, as citizens' browsers reach it),
    `MOTCUA_PAYMENT_URL` (where they come back to), and `MOTCUA_PAYMENT_…` for the pace.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    bank_url: str = "http://127.0.0.1:8201"
    bank_page_url: str = ""  # empty: as `bank_url`
    payment_url: str = "http://127.0.0.1:8103"
    payment_lifetime_s: int = Field(default=86_400, ge=1)
    payment_ask_after_s: tuple[int, ...] = Field(default=_PACE.ask_after_s, min_length=1)
    payment_ask_limit: int = Field(default=_PACE.ask_limit, ge=1, le=200)
    payment_attempt_limit: int = Field(default=_PACE.attempt_limit, ge=1, le=20)
    payment_early_s: int = Field(default=_PACE.early_s, ge=1)
    payment_call_limit_s: float = Field(default=10.0, gt=0)

    @property
    def pace(self) -> Pace:
        """Return the pace, as the domain has it."""
        return Pace(
            ask_after_s=self.payment_ask_after_s,
            ask_limit=self.payment_ask_limit,
            attempt_limit=self.payment_attempt_limit,
            early_s=self.payment_early_s,
        )

    def partners(self, vnpay: Mapping[str, str]) -> tuple[Partner, ...]:
        """Return the rows of the registry; `vnpay` has our merchant code there and its secret."""
        key = Key(secret=vnpay["secret"], valid_from=_ALWAYS)
        return (
            Partner(
                name="vnpay",
                family="vnpay",
                merchant=vnpay["merchant"],
                outgoing=(key,),
                incoming=(key,),
                terms=Terms(
                    partner="vnpay",
                    lifetime_s=self.payment_lifetime_s,
                    min_vnd=1_000,
                    max_vnd=9_999_999_999,  # twelve digits on the wire, two of them decimals
                    active_from=_ALWAYS,
                ),
                pay_url=f"{self.bank_page_url or self.bank_url}/paymentv2/vpcpay.html",
                query_url=f"{self.bank_url}/merchant_webapi/api/transaction",
                return_url=f"{self.payment_url}/v1/return/vnpay",
                call_limit_s=self.payment_call_limit_s,
            ),
        )
