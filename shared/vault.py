"""Personal data at rest: sealed per application, with a key that can be destroyed.

The master key opens nothing by itself; keys for one purpose each are derived from it.  An
application's key is random, stands wrapped in the vault's table, and seals with the application id
as associated data: a sealed value moved to another application does not open.  Without its key
nothing opens: erased.
"""

import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import Misconfigured
from shared.jwe import NotOpened
from shared.store import Table

KEY_BYTES = 32
NONCE_BYTES = 12
CACHED_KEYS = 50_000
CACHED_FOR_S = 300.0  # as long may another process open what this one has destroyed
_FORM = "v1."

_access = structlog.stdlib.get_logger("vault.access")


class Sealed(NamedTuple):
    """A sealed value, and the application it belongs to."""

    application: str
    value: str


def derive(master_key: bytes, purpose: str) -> bytes:
    """Return the key for one purpose.  Raises `Misconfigured`."""
    if len(master_key) != KEY_BYTES:
        raise Misconfigured(f"the master key must have {KEY_BYTES} bytes, not {len(master_key)}")
    return HKDF(SHA256(), KEY_BYTES, None, f"motcua/{purpose}".encode()).derive(master_key)


def seal(key: bytes, plaintext: bytes, application: str) -> str:
    """Return a text that only this key opens, only for this application."""
    return _FORM + urlsafe_b64encode(_encrypt(key, plaintext, application)).decode()


def unseal(key: bytes, sealed: str, application: str) -> bytes:
    """Return what was sealed.  Raises `NotOpened`."""
    try:
        if not sealed.startswith(_FORM):
            raise ValueError("not a sealed value")
        return _decrypt(key, urlsafe_b64decode(sealed[len(_FORM) :]), application)
    except (ValueError, InvalidTag) as error:
        raise NotOpened(f"a sealed value of {application} cannot be opened") from error


def keyed_hash(key: bytes, value: bytes) -> str:
    """Return a hash that says nothing to who has no key, however few the possible values."""
    return hmac.digest(key, value, "sha256").hex()


def dead_letter_sealer(master_key: bytes) -> Callable[[bytes], str]:
    """Return what seals bytes that belong to no application."""
    key = derive(master_key, "dead letters")
    return lambda value: seal(key, value, "")


def open_dead_letter(master_key: bytes, sealed: str) -> bytes:
    """Return the original bytes of a dead letter.  Raises `NotOpened`."""
    return unseal(derive(master_key, "dead letters"), sealed, "")


class Vault:
    """The keys of applications.  `pepper` keys the hashes that tell subjects and contents apart."""

    def __init__(
        self,
        table: Table,
        master_key: bytes,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        cached_keys: int = CACHED_KEYS,
    ) -> None:
        self._table, self._monotonic, self._limit = table, monotonic, cached_keys
        self._wrapping = derive(master_key, "wrapping")
        self._cache: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self.pepper = derive(master_key, "pepper")

    async def keys(self, applications: Collection[str], *, create: bool) -> dict[str, bytes]:
        """Return the keys of these applications, created where there is none, if so asked.

        Without `create`, an application whose key was never made, or was destroyed, is left out.
        At most one insert and one query.  Raises `Unknown`.
        """
        found = self._cached(applications)
        missing = [a for a in dict.fromkeys(applications) if a not in found]
        if create and missing:
            made = {a: os.urandom(KEY_BYTES) for a in missing}
            rows = [{"_id": a, "wrapped": _encrypt(self._wrapping, k, a)} for a, k in made.items()]
            stood = await self._table.insert_missing(rows)
            self._remember({a: k for a, k in made.items() if a not in stood}, found)
            missing = [a for a in missing if a in stood]
        if missing:
            stored = await self._table.get(missing)
            self._remember({r["_id"]: self._unwrap(r["_id"], r["wrapped"]) for r in stored}, found)
        return found

    async def open(self, values: Sequence[Sealed], *, who: str, purpose: str) -> list[bytes | None]:
        """Return what was sealed, in order; None where the key was destroyed.  Every use is logged.

        Raises `Unknown`, `NotOpened`.
        """
        applications = list(dict.fromkeys(v.application for v in values))
        keys = await self.keys(applications, create=False)
        _access.info("opened", who=who, purpose=purpose, applications=applications)
        return [
            unseal(key, v.value, v.application) if (key := keys.get(v.application)) else None
            for v in values
        ]

    async def destroy(self, application: str) -> None:
        """Erase: nothing sealed for this application opens again.  Raises `Unknown`."""
        self._cache.pop(application, None)
        await self._table.delete([application])

    def subject_hash(self, personal_number: str) -> str:
        """Return what a person is found by."""
        return keyed_hash(self.pepper, b"subject/" + personal_number.encode())

    def _unwrap(self, application: str, wrapped: bytes) -> bytes:
        try:
            return _decrypt(self._wrapping, wrapped, application)
        except (ValueError, InvalidTag) as error:
            raise Misconfigured(
                f"the key of {application} was wrapped by another master key"
            ) from error

    def _cached(self, applications: Collection[str]) -> dict[str, bytes]:
        found, now = {}, self._monotonic()
        for application in applications:
            key, until = self._cache.get(application, (b"", 0.0))
            if now < until:
                self._cache.move_to_end(application)
                found[application] = key
        return found

    def _remember(self, keys: dict[str, bytes], found: dict[str, bytes]) -> None:
        found.update(keys)
        until = self._monotonic() + CACHED_FOR_S
        self._cache.update({a: (k, until) for a, k in keys.items()})
        while len(self._cache) > self._limit:
            self._cache.popitem(last=False)


def _encrypt(key: bytes, plaintext: bytes, application: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, application.encode())


def _decrypt(key: bytes, sealed: bytes, application: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], application.encode())
