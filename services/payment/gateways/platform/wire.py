"""What the Payment Platform's messages are made of: their times, and the bus's envelope."""

import re
from datetime import datetime
from typing import Any

from services.payment.gateways import Refused
from services.payment.gateways.exact_json import read
from shared.clock import VIETNAM

STAMP = "%Y%m%d%H%M%S"
STAMPED = re.compile(r"[0-9]{14}")


def stamp(at: datetime) -> str:
    """Return a time as they write it: local, of 24 hours."""
    return at.astimezone(VIETNAM).strftime(STAMP)


def moment(wire: str) -> datetime:
    """Return the time that they wrote.  Raises `Refused`."""
    try:
        return datetime.strptime(wire, STAMP).replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise Refused("unreadable", "ThoiGianGD is no moment of 24 hours") from error


def opened(body: bytes) -> dict[str, Any]:
    """Return an answer, out of the bus's envelope if it is in one.  Raises `Refused`."""
    found = read(body)
    if "MaLoi" in found or "error_code" not in found:
        return found
    if str(found["error_code"]) != "0" or not isinstance(found.get("message"), str):
        raise Refused("unreadable", "the bus did not bring an answer of the platform")
    return read(found["message"])
