"""Words of the Payment Platform, signed."""

from typing import Any

from services.payment.gateways.platform.gateway import CONFIRMED
from services.payment.gateways.platform.piped import checksum, piped
from tests.services.payment.gateways.platform.piped_vectors import CONFIRMATION, SECRET, key


def signed(secret: str = SECRET, **changes: Any) -> dict[str, Any]:
    told = {n: CONFIRMATION[n] for n in CONFIRMED} | changes
    return told | {"MaXacThuc": checksum(key(secret), piped(told, CONFIRMED))}
