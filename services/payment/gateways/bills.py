"""What an order is for, as a partner that issues receipts is told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import msgspec

from shared.events.data import FeeLine

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account; `bank` is its NAPAS BIN, six digits."""

    bank: str
    number: str
    name: str


class Beneficiary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose money it is: an account for a procedure, a unit that receives, or both.

    An empty one is any; a province stands for the units in it.
    """

    account: Account
    procedure: str = ""
    unit: str = ""
    valid_from: Moment = datetime(2025, 7, 1, tzinfo=UTC)
    valid_to: Moment | None = None

    def is_valid(self, at: datetime) -> bool:
        """Tell whether orders that are opened at this time are paid to it."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def numbers(
    account: Account | None, accounts: Iterable[Beneficiary], ids: Mapping[str, str]
) -> frozenset[str]:
    """Return every account of ours at a partner; `ids` may have more, parted by blanks.

    Money may come to one that is not used any more.
    """
    named = [account.number] if account else []
    return frozenset(
        (*named, *(b.account.number for b in accounts), *ids.get("accounts", "").split())
    )


class Bill(NamedTuple):
    """A dossier, its procedure and unit, and what is to be paid line by line: nothing personal."""

    dossier: str
    procedure: str
    procedure_name: str
    unit: str
    unit_name: str
    lines: Sequence[FeeLine] = ()
