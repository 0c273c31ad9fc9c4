"""A partner's row: who it is, which family it speaks, its keys by direction, what it takes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from services.payment.domain.terms import Terms
from services.payment.gateways.bills import Account, Beneficiary, numbers
from services.payment.gateways.words import Unsendable
from shared.errors import Misconfigured
from shared.events.data import Instant

SECRET_LEAST = 16  # characters: an empty one would verify what anybody signs


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A secret, from when until when it is used.  Two may overlap while they are rotated.

    A file's are held to their length and to times with an offset.
    """

    secret: Annotated[str, msgspec.Meta(min_length=SECRET_LEAST)]
    valid_from: Instant
    valid_to: Instant | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` for a key that ends before it begins."""
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to is not after valid_from")

    def __repr__(self) -> str:
        return f"Key(valid_from={self.valid_from}, valid_to={self.valid_to})"

    def is_valid(self, at: datetime) -> bool:
        """Tell whether the key is in use at this time."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the registry.

    `merchant`: who we are to it; `ids`: what else its family names us by.  `outgoing` keys sign
    what we send, the last valid one; `incoming` keys verify what we get, any valid one.
    `base_url` is called by us, `page_url` by citizens' browsers; `server_ip` is the address from
    which we call; a call that takes longer than `call_limit_s` has an unknown outcome.
    `account` is where money comes for which `accounts` name no other.
    """

    name: str
    title: str
    kind: Literal["bank", "intermediary"]
    family: str
    merchant: str
    outgoing: tuple[Key, ...]
    incoming: tuple[Key, ...]
    terms: Terms
    base_url: str
    page_url: str
    callback_url: str
    return_url: str
    ids: Mapping[str, str] = msgspec.field(default_factory=dict)
    account: Account | None = None
    accounts: tuple[Beneficiary, ...] = ()
    server_ip: str = "127.0.0.1"
    call_limit_s: float = 10.0
    disburses: bool = False  # allowances are paid out of our account there

    def __repr__(self) -> str:
        return f"Partner(name={self.name!r}, family={self.family!r})"

    @property
    def account_numbers(self) -> frozenset[str]:
        """Return every account of ours there."""
        return numbers(self.account, self.accounts, self.ids)

    def signing_key(self, at: datetime) -> Key:
        """Return the key that signs now.  Raises `Unsendable`."""
        valid = [k for k in self.outgoing if k.is_valid(at)]
        if not valid:
            raise Unsendable(f"no key of {self.name} is valid now: add one")
        return valid[-1]

    def verifying_keys(self, at: datetime) -> list[Key]:
        """Return the keys that may have signed what came now."""
        return [k for k in self.incoming if k.is_valid(at)]

    def check_keys(self, at: datetime, signs: bool) -> None:
        """Check that there are keys for it now, or when it begins.  Raises `Misconfigured`.

        `signs`: we send it what is signed.
        """
        since = max(at, self.terms.active_from)
        if self.terms.active_to is not None and self.terms.active_to <= since:
            return
        for direction, keys in ("incoming", self.incoming), ("outgoing", self.outgoing):
            if (signs or keys) and not any(key.is_valid(since) for key in keys):
                raise Misconfigured(
                    f"partner {self.name}: none of its {direction} keys is valid at {since}:"
                    " add one to the secrets file that begins before then"
                )
