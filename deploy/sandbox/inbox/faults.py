"""What goes wrong, drawn from a seed and a name, so that a run repeats."""

from hashlib import blake2b
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]


class Faults(BaseSettings):
    """`MOTCUA_INBOX_…` variables: of all addresses, mails, messages or calls, how many go wrong."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_INBOX_", frozen=True)

    seed: int = 0
    greylisted: Ratio = 0.0  # addresses whose first mail is put off with 451
    refused: Ratio = 0.0  # addresses that are refused with 550
    dropped: Ratio = 0.0  # mails are taken, and the connection is lost before the answer
    slow: Ratio = 0.0  # mails or calls are taken and answered late
    slow_s: float = 30.0
    bounced: Ratio = 0.0  # mails are taken and come back as a report
    rejected: Ratio = 0.0  # people who do not want messages in their app
    throttled: Ratio = 0.0  # messages are refused for now
    lost_answers: Ratio = 0.0  # calls are taken, then answered 500
    undelivered: Ratio = 0.0  # messages never reach the device
    doubled_receipts: Ratio = 0.0
    late_receipts: Ratio = 0.0  # receipts and reports come when nobody expects them any more
    late_s: float = 10.0
    receipts: bool = True
    receipt_delay_s: float = 0.5

    def hits(self, what: str, name: str) -> bool:
        """Tell whether a fault befalls this one."""
        ratio: float = getattr(self, what)
        text = f"{self.seed}/{what}/{name}"
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) / (1 << 64) < ratio
