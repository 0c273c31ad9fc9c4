"""What an order is for, as a partner that issues receipts is told."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.events.data import FeeLine


class Bill(NamedTuple):
    """A dossier, its procedure and unit, and what is to be paid line by line: nothing personal."""

    dossier: str
    procedure: str
    procedure_name: str
    unit: str
    unit_name: str
    lines: Sequence[FeeLine] = ()
