"""Local accounts of the console: names and hashed passwords from the secrets file.

Made for demonstration and development.  Their passwords are made by us, never chosen, so what one
hash costs (`scrypt`, 16 MiB) need not make up for a weak one.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping

from shared.access import CONSOLE_ROLES, Caller, unfit
from shared.errors import Misconfigured
from shared.principals import People

NAME_LIMIT, PASSWORD_LIMIT = 100, 200  # characters
COST, BLOCK, PARALLEL = 1 << 14, 8, 1
MEMORY_LIMIT_BYTES = 64 << 20
SALT_BYTES = 16


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    salt = secrets.token_bytes(SALT_BYTES)
    return "$".join(("scrypt", *(b64encode(p).decode() for p in (salt, _digest(password, salt)))))


def is_right(password: str, kept: str) -> bool:
    """Tell whether this is the password.  Takes a tenth of a second of a core."""
    salt, digest = (b64decode(part) for part in kept.split("$")[1:])
    return hmac.compare_digest(_digest(password, salt), digest)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=MEMORY_LIMIT_BYTES
    )


class Accounts:
    """Who may sign in.  Raises `Misconfigured` for a row that would let in too many."""

    def __init__(self, rows: Mapping[str, Mapping[str, str]], people: People | None = None) -> None:
        known = people or People({})
        self._rows = {
            name: (_caller(name, row, known), row["password"]) for name, row in rows.items()
        }
        # of a name that is not there a hash is worked out as well
        self._nobody = Caller("", "viewer"), hashed(secrets.token_hex(8))

    def __len__(self) -> int:
        return len(self._rows)

    def caller(self, name: str, password: str) -> Caller | None:
        """Return who signs in with these; None: one of them is wrong."""
        if len(password) > PASSWORD_LIMIT:
            return None
        known, kept = self._rows.get(name, self._nobody)
        return known if is_right(password, kept) and known.name else None

    def knows(self, caller: Caller) -> bool:
        """Tell whether this account is still there, with this role, these units and this person."""
        known, _ = self._rows.get(caller.name, self._nobody)
        return known == caller


def _caller(name: str, row: Mapping[str, str], people: People) -> Caller:
    role, units = row["role"], tuple(row.get("units", "").split())
    if role not in CONSOLE_ROLES:
        raise Misconfigured(f"account {name}: role {role} is none of {', '.join(CONSOLE_ROLES)}")
    if wrong := unfit(role, units):
        raise Misconfigured(f"account {name}: {wrong}")
    return Caller(name, role, units, people.text_of(row))
