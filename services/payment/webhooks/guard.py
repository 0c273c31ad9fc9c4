"""Which addresses are called: those on the open internet, and no other.

A partner names the URL, so it could name a machine of ours.  The URL is looked at when it is given
and at every attempt, every address of its name is, and the connection goes to the one looked at: a
name that leads elsewhere a moment later leads nowhere.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

URL_LIMIT = 500
PORTS = frozenset({443, 8443})
_DEFAULT_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_NUMBERS = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*")
# public by number and not by nature
_IPV4_REFUSED = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # carriers' own, and a cloud's metadata
            "168.63.129.16/32",  # a cloud's metadata
            "192.0.0.0/24",
            "192.88.99.0/24",  # relays into IPv6
            "198.18.0.0/15",
        ),
    )
)
_IPV6_OPEN = ip_network("2000::/3")
_IPV6_REFUSED = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # Teredo and other protocols' own
            "2001:db8::/32",
            "2002::/16",  # an IPv4 address within
            "3fff::/20",
        ),
    )
)

# why an address is refused: what its owner is to do, in two languages
REMEDIES: Mapping[str, tuple[str, str]] = {
    "form": ("Gửi một URL đầy đủ, không quá 500 ký tự.", "Give a whole URL of 500 characters."),
    "scheme": ("Dùng https.", "Use https."),
    "userinfo": ("Bỏ tên và mật khẩu khỏi URL.", "Leave name and password out of the URL."),
    "port": ("Dùng cổng được phép: 443 hoặc 8443.", "Use a port that is allowed: 443 or 8443."),
    "name": ("Tên máy chủ không hợp lệ.", "Give the name of a server as DNS has it."),
    "unresolved": ("Không phân giải được tên máy chủ.", "Give a name that DNS knows."),
    "address": (
        "Máy chủ phải có địa chỉ công khai trên Internet.",
        "Every address of the server must be on the open internet.",
    ),
}


class Denied(Exception):
    """This address is not called; `why` is a key of `REMEDIES`."""

    def __init__(self, why: str) -> None:
        super().__init__(REMEDIES[why][1])
        self.why = why


class Rules(NamedTuple):
    """What a deployment allows besides; `loopback`: http, and any port, of this machine alone."""

    ports: frozenset[int] = PORTS
    loopback: bool = False


class Target(NamedTuple):
    """A URL taken apart."""

    scheme: str
    host: str  # without brackets
    port: int
    path: str  # and query

    @property
    def authority(self) -> str:
        """Return what the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


Resolve = Callable[[str, int], Awaitable[Sequence[str]]]  # raises OSError


def target(url: str, rules: Rules) -> Target:
    """Take a URL apart.  Raises `Denied`."""
    if (
        len(url) > URL_LIMIT
        or not url.isascii()
        or not url.isprintable()
        or set(url) & set(' "\\<>')
    ):
        raise Denied("form")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        raise Denied("form") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise Denied("scheme")
    if "@" in parts.netloc:
        raise Denied("userinfo")
    if parts.fragment or not host:
        raise Denied("form")
    address = _literal(host)
    if address is None and (not _NAME.fullmatch(host) or _NUMBERS.fullmatch(host)):
        raise Denied("name")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if not (rules.loopback and (host == "localhost" or (address and address.is_loopback))):
        if parts.scheme != "https":
            raise Denied("scheme")
        if port not in rules.ports:
            raise Denied("port")
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, (parts.path or "/") + query)


async def address(where: Target, resolve: Resolve, rules: Rules) -> str:
    """Return the address to connect to; all of the name's are looked at.  Raises `Denied`."""
    literal = _literal(where.host)
    try:
        found = [str(literal)] if literal else await resolve(where.host, where.port)
    except (OSError, UnicodeError):
        raise Denied("unresolved") from None
    if not found:
        raise Denied("unresolved")
    for one in found:
        if not _is_allowed(one, where, rules):
            raise Denied("address")
    return found[0]


def _is_allowed(text: str, where: Target, rules: Rules) -> bool:
    try:
        found = ip_address(text)
    except ValueError:
        return False
    if rules.loopback and found.is_loopback:
        return True
    if where.scheme != "https" or where.port not in rules.ports:
        return False
    return is_public(found)


def is_public(found: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is on the open internet, and only there."""
    if isinstance(found, IPv6Address):
        is_open = found in _IPV6_OPEN and found.scope_id is None
        return is_open and not any(found in network for network in _IPV6_REFUSED)
    is_odd = found.is_multicast or found.is_reserved or found.is_unspecified
    return found.is_global and not is_odd and not any(found in n for n in _IPV4_REFUSED)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
