"""Who may be spoken to without encryption: this machine, and in a sandbox others, too.

What goes to a provider has people's numbers and addresses in it, and our password or key.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

ENCRYPTED = frozenset({"https", "smpps", "smtp", "smtps"})  # with smtp:// STARTTLS is a must


def is_near(host: str | None, *, clear: bool = False) -> bool:
    """Tell whether what goes to a host may be in the clear; `clear`: for a sandbox alone."""
    try:
        return clear or host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def check(url: str, *, clear: bool = False) -> None:
    """Refuse an address to which things would go in the clear.  Raises `ValueError`."""
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("user and password stand in the secrets file, not in the url")
    if parts.scheme not in ENCRYPTED and not is_near(parts.hostname, clear=clear):
        raise ValueError(
            f"{parts.scheme}:// goes in the clear, which is for this machine alone; "
            f"begin its url with https://, smpps:// or smtps://"
        )
