"""What an order is for, as a partner that issues receipts is told."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from shared.events.data import FeeLine


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account; `bank` is its NAPAS BIN, six digits."""

    bank: str
    number: str
    name: str


class Bill(NamedTuple):
    """A dossier, its procedure and unit, and what is to be paid line by line: nothing personal."""

    dossier: str
    procedure: str
    procedure_name: str
    unit: str
    unit_name: str
    lines: Sequence[FeeLine] = ()
