"""What a full disk, or one that cannot be written, asks of an operator."""

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def remedy(error: OSError, place: object) -> str:
    """Return what to do about a place that could not be written, as the end of a sentence."""
    if error.errno in FULL:
        return f"free space for {place}"
    return f"see that {place} can be written"
