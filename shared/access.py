"""Who calls an edge: a bearer key, known by its hash only, gives a name and a role."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from fastapi import Request

from shared.problems import Refusal

ROLES = ("portal", "officer", "operator", "partner")
_SOURCES = {
    "portal": "/portals/",
    "officer": "/officers/",
    "operator": "/operators/",
    "partner": "/partners/",
}


class Caller(NamedTuple):
    """An authenticated caller; `source` is what its messages carry as CloudEvents source."""

    name: str
    role: str

    @property
    def source(self) -> str:
        """Return the CloudEvents source of the caller's messages."""
        return _SOURCES[self.role] + self.name


class Access:
    """The callers that an edge knows."""

    def __init__(self, api_keys: Mapping[str, Mapping[str, str]]) -> None:
        self._callers = {h: Caller(k["name"], k["role"]) for h, k in api_keys.items()}

    def caller(self, authorization: str) -> Caller:
        """Return who presents this `Authorization` header.  Raises `Refusal` 401."""
        scheme, _, key = authorization.partition(" ")
        # a look-up by hash: what its timing tells is of the hash, not of the key
        known = self._callers.get(hashlib.sha256(key.encode()).hexdigest())
        if scheme.lower() != "bearer" or known is None:
            raise Refusal(
                401, "unknown-key", "Send `Authorization: Bearer <key>` with a key given to you."
            )
        return known


def require(*roles: str) -> Callable[[Request], Awaitable[Caller]]:
    """Return a FastAPI dependency that lets these roles in."""

    async def dependency(request: Request) -> Caller:
        access: Access = request.app.state.access
        caller = access.caller(request.headers.get("authorization", ""))
        if caller.role not in roles:
            raise Refusal(
                403, "wrong-role", f"This needs the role {' or '.join(roles)}; yours differs."
            )
        return caller

    return dependency
