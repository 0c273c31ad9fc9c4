"""The running system as the demo sees it from outside: addresses, keys, clients, processes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import psutil

from deploy.local import launcher, processes, secrets
from deploy.local.children import Children
from deploy.local.settings import Settings
from deploy.local.stack import PARTS, Stack

CALL_LIMIT_S = 30.0


class Ended(Exception):
    """A process of the system is gone; the sentence says where to look."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A running system."""

    children: Children
    settings: Settings
    stack: Stack

    def clients(self) -> Mapping[str, Any]:
        """Return the other side's secrets: API keys, intake's public key, what the bank shares."""
        path = processes.secret(self.settings, secrets.CLIENTS_FILE)
        content: dict[str, Any] = json.loads(path.read_text())
        return content

    def url(self, name: str) -> str:
        """Return where a process answers."""
        return processes.url(self.settings, name)

    def client(self, name: str, key: Callable[[Mapping[str, Any]], str]) -> httpx.AsyncClient:
        """Return an HTTP client of a process that shows a key of ours."""
        bearer = {"authorization": f"Bearer {key(self.clients())}"}
        return httpx.AsyncClient(
            base_url=self.url(name), headers=bearer, trust_env=False, timeout=CALL_LIMIT_S
        )

    def browser(self, name: str) -> httpx.AsyncClient:
        """Return an HTTP client of a process that shows no key."""
        return httpx.AsyncClient(base_url=self.url(name), trust_env=False, timeout=CALL_LIMIT_S)

    def silent(self) -> list[str]:
        """Return the processes that do not say that they are ready."""
        rows = processes.TABLE
        return [r.name for r in rows if not launcher.ready(r, self.settings.port(r.name))]

    def memory_bytes(self) -> int:
        """Return what all processes hold now, ourselves included.  Raises `Ended`."""
        total: int = psutil.Process().memory_info().rss
        for name in (*PARTS, *(row.name for row in processes.TABLE)):
            child = self.children.find(name)
            process = child.process() if child else None
            if process is None:
                raise Ended(f"{name} ended while at work: {self.children.log(name)} says why.")
            total += process.memory_info().rss
        return total


def role(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Return where the API key of a role stands among the secrets."""
    return lambda clients: str(clients["api_keys"][name])
