"""What may be asked for, and whether the machine has room for it; each refusal is one sentence."""

import shutil
from pathlib import Path

from shared.errors import Misconfigured

RATE_LIMIT = 5_000.0
SECONDS_LEAST, SECONDS_LIMIT = 3.0, 3_600.0
ROOM_BYTES = 2 << 30  # MongoDB's own files, Kafka's, logs
ROOM_PER_APPLICATION_BYTES = 150 << 10  # ours, the floor's, what the audit spills


def number(name: str, text: str, least: float, most: float, what: str) -> float:
    """Return a number that was given as text.  Raises `Misconfigured`."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise Misconfigured(f"{name}={text} cannot be: give {what}, {least:g} to {most:g}.")
    return value


def rate(text: str) -> float:
    """Return applications per second."""
    return number("RATE", text, 1, RATE_LIMIT, "applications per second")


def seconds(text: str, least: float = SECONDS_LEAST) -> float:
    """Return how long to offer them."""
    return number("SECONDS", text, least, SECONDS_LIMIT, "a number of seconds")


def require_own_servers(environment: dict[str, str]) -> None:
    """Refuse to measure servers that are not started here: their CPU would not be counted."""
    for name in ("KAFKA_URL", "MONGO_URL"):
        if environment.get(name):
            raise Misconfigured(
                f"{name} is set, and a measurement starts servers of its own to count their CPU: "
                f"unset {name}."
            )


def require_room(folder: Path, applications: float) -> None:
    """Refuse to fill the disk."""
    needed = ROOM_BYTES + ROOM_PER_APPLICATION_BYTES * applications
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Misconfigured(
            f"{applications:.0f} applications need {needed / 2**30:.1f} GiB in {folder}, and "
            f"{free / 2**30:.1f} GiB are free: make room, set TMPDIR to a larger disk, or lower "
            f"RATE or SECONDS."
        )
