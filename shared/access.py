"""Who calls an edge: a bearer key, known by its hash only, gives a name, a role and a principal."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from fastapi import Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from shared.errors import Misconfigured
from shared.principals import People
from shared.problems import Refusal

ROLES = ("portal", "officer", "operator", "partner")
CONSOLE_ROLES = ("viewer", "unit_officer", "operator", "checker", "partner", "admin")
_SOURCES = {
    "portal": "/portals/",
    "officer": "/officers/",
    "operator": "/operators/",
    "partner": "/partners/",
    # who sits at the console
    "viewer": "/operators/",
    "unit_officer": "/officers/",
    "checker": "/operators/",
    "admin": "/operators/",
}


# who sees at the console what is of its `units` alone
LIMITED = frozenset({"unit_officer", "partner"})


class Caller(NamedTuple):
    """An authenticated caller; `source` is what its messages carry as CloudEvents source.

    `units` are those that it speaks for, a province's code for all in it; none: it is not limited.
    Of a partner it is one, the bank's name: the caller's own name says nothing of whose it is.
    `principal` is the human (`shared.principals`), empty where that is nobody in particular.
    """

    name: str
    role: str
    units: tuple[str, ...] = ()
    principal: str = ""

    @property
    def source(self) -> str:
        """Return the CloudEvents source of the caller's messages."""
        return _SOURCES[self.role] + self.name


def unfit(role: str, units: Sequence[str]) -> str:
    """Return what is wrong with the units of somebody at the console; empty: nothing."""
    if role == "unit_officer" and not units:
        return "a unit_officer needs `units`, codes with blanks"
    if role == "partner" and len(units) != 1:
        return "a partner needs `units`, the name of the one bank that it sees"
    return ""


class Access:
    """The callers that an edge knows.

    Raises `Misconfigured` for a key of an unknown person, or one that would see too much.
    """

    def __init__(
        self, api_keys: Mapping[str, Mapping[str, str]], people: People | None = None
    ) -> None:
        known = people or People({})
        self._callers = {
            h: Caller(k["name"], k["role"], tuple(k.get("units", "").split()), known.text_of(k))
            for h, k in api_keys.items()
        }
        for one in self._callers.values():
            # who carries notices is a partner, too, and no bank: a bank's page asks for its own
            if one.role != "partner" and (wrong := unfit(one.role, one.units)):
                raise Misconfigured(f"`api_keys` of the secrets: {one.name}: {wrong}")

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


class Required(SecurityBase):
    """A dependency that lets callers of any of these roles in; the description names them."""

    def __init__(self, roles: tuple[str, ...]) -> None:
        self.model = HTTPBearer()
        self.scheme_name = " ".join(roles)
        self._roles = roles

    async def __call__(self, request: Request) -> Caller:
        """Return who calls.  Raises `Refusal` 401, 403."""
        access: Access = request.app.state.access
        caller = access.caller(request.headers.get("authorization", ""))
        if caller.role not in self._roles:
            raise wrong_role(self._roles)
        return caller


def wrong_role(roles: Sequence[str]) -> Refusal:
    """Return what is said to who has none of these roles."""
    detail = f"This needs the role {' or '.join(roles)}; yours differs."
    return Refusal(403, "wrong-role", detail)


def require(*roles: str) -> Callable[[Request], Awaitable[Caller]]:
    """Return a FastAPI dependency that lets these roles in."""
    return Required(roles)
