"""An address as a QR code, for who holds the paper and a telephone."""

from functools import lru_cache

import segno

KEPT = 16  # a deployment has one address, or few
QUIET_MODULES = 4  # what the standard wants around a code


@lru_cache(KEPT)
def qr(address: str) -> str:
    """Return a QR code as SVG; nothing of the address is markup in it."""
    code = segno.make_qr(address, error="m")
    return code.svg_inline(border=QUIET_MODULES, omitsize=True)
