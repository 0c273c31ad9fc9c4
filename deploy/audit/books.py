"""What partners moved, by their own books: each calls our order in its own way."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from deploy.audit.evidence import Payment

_REFERENCE = re.compile("DVC[0-9]{15}")
_GAPS = re.compile(r"[\s.-]+")  # a transfer's text may come broken


class Books(NamedTuple):
    """The money that came, what of it was given back, what was paid out; and, by partner, what
    befell calls to us.
    """

    paid: list[Payment]
    given_back: list[Payment]
    paid_out: list[Payment]
    befell: Mapping[tuple[str, str], int]


def read(statement: Mapping[str, Any]) -> Books:
    """Read the statement of all partners."""
    return Books(
        _entries(statement["payments"], "transaction"),
        _entries(statement["refunds"], "of"),
        _entries(statement["disbursements"], "transaction"),
        {(e["partner"], e["what"]): e["times"] for e in statement.get("befell", ())},
    )


def reference_in(told: str) -> str:
    """Return our reference in what a partner calls an order; all of that, if it is not in it."""
    found = _REFERENCE.search(_GAPS.sub("", told.upper()))
    return found[0] if found else told


def _entries(said: Iterable[Mapping[str, Any]], transaction: str) -> list[Payment]:
    return [
        Payment(reference_in(e["reference"]), e[transaction], e["amount_vnd"], e["partner"])
        for e in said
    ]
