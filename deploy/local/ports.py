"""Ports: free ones for tests, a clear word when one is taken."""

import socket
from collections.abc import Mapping

import psutil

from deploy.local.settings import HOST
from shared.errors import Misconfigured


def free(count: int) -> list[int]:
    """Return ports nobody listens on, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind((HOST, 0))
        return [int(s.getsockname()[1]) for s in sockets]
    finally:
        for s in sockets:
            s.close()


def open_at(port: int) -> bool:
    """Tell whether somebody answers there."""
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex((HOST, port)) == 0


def require_free(ports: Mapping[str, int]) -> None:
    """Raise `Misconfigured` for the first port that is taken; `ports` is name → port."""
    for name, port in ports.items():
        if not _bindable(port):
            raise Misconfigured(
                f"Port {port} ({name}) is in use{_owner(port)}: "
                f"stop what uses it, or set MOTCUA_{name.upper()}_PORT to a free port."
            )


def _bindable(port: int) -> bool:
    with socket.socket() as s:
        s.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as the servers do: ignore TIME_WAIT
        try:
            s.bind((HOST, port))
        except OSError:
            return False
    return True


def _owner(port: int) -> str:
    """Return who listens, when the system lets us know."""
    try:
        for c in psutil.net_connections("tcp"):
            if c.status == psutil.CONN_LISTEN and c.laddr.port == port and c.pid:
                return f" by {psutil.Process(c.pid).name()}, process {c.pid}"
    except psutil.Error:
        pass
    return ""
