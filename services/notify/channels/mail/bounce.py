"""How long an address that bounced is left alone."""

from datetime import datetime, timedelta

from services.notify.channels.mail.words import HARDNESS, Hardness
from services.notify.channels.receipts import AddressBounced

# for good is not for ever: mailboxes are opened again, and servers are set up wrong
LEFT_ALONE: dict[Hardness, timedelta] = {"hard": timedelta(days=180), "soft": timedelta(days=3)}


def address_bounced(
    address: str, key: str, reason: str, at: datetime, *, is_lasting: bool = True
) -> AddressBounced | None:
    """Return that an address is not to be written to; None: the reason is not the address's.

    What was said for now only, until somebody lost patience, is soft whatever its reason.
    """
    hardness = HARDNESS.get(reason)
    if hardness is None:
        return None
    hardness = hardness if is_lasting else "soft"
    return AddressBounced(address, key, hardness, reason, at + LEFT_ALONE[hardness])
