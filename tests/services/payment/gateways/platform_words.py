"""Words of the Payment Platform, signed."""

from typing import Any

from services.payment.gateways.piped import checksum, piped
from services.payment.gateways.platform import CONFIRMED
from tests.services.payment.gateways.piped_vectors import CONFIRMATION, SECRET, key


def signed(secret: str = SECRET, **changes: Any) -> dict[str, Any]:
    told = {n: CONFIRMATION[n] for n in CONFIRMED} | changes
    return told | {"MaXacThuc": checksum(key(secret), piped(told, CONFIRMED))}
