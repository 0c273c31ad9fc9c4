"""A book of addresses over a table, with a clock to turn."""

from datetime import UTC, datetime

from services.notify.addresses import Addresses
from services.notify.channels import Message

PHONE, OTHER = "0912345678", "0987654321"


class Desk:
    """Addresses over a table, and a clock to turn."""

    def __init__(self, table, cap: int = 0) -> None:
        self.at, self.table = datetime(2026, 11, 20, 8, tzinfo=UTC), table
        self.addresses = Addresses(table, b"synthetic-pepper", lambda: self.at, cap)

    async def send(self, *names: str, to: str = PHONE, attempt: int = 1) -> dict[str, str]:
        """Return which notices may not go out, and why."""
        refused = await self.addresses.refused([message(n, to, attempt) for n in names])
        return {key.partition("/")[0]: why for key, why in refused.items()}


def message(name: str, to: str = PHONE, attempt: int = 1, way: str = "sms") -> Message:
    return Message(f"{name}/accepted/{way}/{attempt}", to, "", "")
