"""How the message centre goes wrong; drawn from a seed, so that a run repeats."""

from collections import Counter
from hashlib import blake2b
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Ratio = Annotated[float, Field(ge=0.0, le=1.0)]


class Faults(BaseSettings):
    """`MOTCUA_SMSC_…` variables: of all binds, messages or receipts, how many go wrong, and how."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_SMSC_", frozen=True)

    seed: int = 0
    lost_binds: Ratio = 0.0  # connections are dropped instead of the answer to a bind
    lost_before: Ratio = 0.0  # connections are dropped when a message comes; it is not taken
    lost_after: Ratio = 0.0  # connections are dropped when a message was taken
    unanswered: Ratio = 0.0  # messages are taken, and nothing is said
    answered_twice: Ratio = 0.0  # messages are taken, and the answer comes twice
    throttled: Ratio = 0.0  # messages are refused for now
    full: Ratio = 0.0  # likewise, by another name
    system_errors: Ratio = 0.0  # messages are taken, and the answer is "system error"
    blocked: Ratio = 0.0  # numbers are refused for good
    rate_limit_per_s: float = Field(default=0.0, ge=0.0)  # beyond it messages are throttled
    receipts: bool = True
    receipt_delay_s: float = 0.5
    receipt_again_s: float = 1.0  # a receipt that was not taken comes again
    undelivered: Ratio = 0.0  # messages never reach the handset
    doubled_receipts: Ratio = 0.0  # receipts come twice
    early_receipts: Ratio = 0.0  # receipts come before the answer
    late_receipts: Ratio = 0.0  # receipts come when nobody expects them any more
    late_s: float = 10.0
    lost_receipts: Ratio = 0.0  # receipts never come
    malformed_receipts: Ratio = 0.0  # receipts say nothing that can be read
    receipt_form: Literal["text", "optional", "both"] = "both"
    echoes_reference: bool = True  # user_message_reference comes back in a receipt


class Fate:
    """Says what goes wrong; each time something is tried it is drawn anew."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.befell: Counter[str] = Counter()  # what struck, how often
        self._tried: Counter[str] = Counter()

    def strikes(self, fault: str, name: str) -> bool:
        """Tell whether a fault strikes this bind, message or receipt, this time."""
        chance: float = getattr(self.faults, fault)
        if not chance:
            return False
        self._tried[f"{fault}/{name}"] += 1
        return self._hits(fault, f"{fault}/{name}/{self._tried[f'{fault}/{name}']}")

    def is_blocked(self, number: str) -> bool:
        """Tell whether a number is refused, now and for ever."""
        return self._hits("blocked", f"blocked/{number}")

    def _hits(self, fault: str, text: str) -> bool:
        drawn = blake2b(f"{self.faults.seed}/{text}".encode(), digest_size=8).digest()
        ratio: float = getattr(self.faults, fault)
        if int.from_bytes(drawn) / (1 << 64) >= ratio:
            return False
        self.befell[fault] += 1
        return True
