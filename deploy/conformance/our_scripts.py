"""What a bank is asked in each case, and what is expected, as data.

A script is steps about one order: it is made, asked after, paid by a citizen, given back.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from deploy.conformance.bank_scripts import ALL_FAMILIES, Manner
from deploy.conformance.cases import Name

Does = Literal["create", "create another", "query", "pay", "refund", "refund status"]
# how what is asked differs: `part`, `rest` and `whole` of what was paid, or more
How = Literal[
    "",
    "part",
    "rest",
    "whole",
    "more than was paid",
    "before it is paid",
    "another key",
    "another merchant",
    "an old signature",
    "already over",
    "another amount",
    "the same bytes",
]

# what came of it: an order that can be paid; surely none; no answer that verifies; and findings
MADE = ("offer",)
NOT_MADE = ("declined", "refused")
AGAIN = ("offer", "declined", "refused")
WAITS = ("pending", "not_found")
NOTHING = ("not_found", "unknown")
GIVEN = ("done", "pending")
GIVEN_BEFORE = ("done", "pending", "unknown", "refused")
NOT_GIVEN = ("failed", "unknown", "refused")

WITH_REFUNDS = frozenset({"vnpay", "momo", "zalopay", "keypay", "neutral", "iso20022"})
# a refund has a number of its own: sent again, it is the same one
REFUNDS_ONCE = WITH_REFUNDS - {"keypay"}
# one of two requests for an order makes it; a link makes as many as are followed
MAKES_ONE = frozenset({"vnpay", "momo", "neutral", "iso20022"})
# what is signed has a time, and what is old is not taken
TIMED = frozenset({"zalopay", "neutral", "iso20022"})


class Ask(NamedTuple):
    """A step: one of `means` is right; none: it is not looked at."""

    does: Does
    means: Sequence[str] = ()
    how: How = ""
    manner: Manner = "whole"


Asks = Sequence[Ask]
_CREATE, _PAY, _IS_PAID = Ask("create", MADE), Ask("pay"), Ask("query", ("paid",))
_BEGUN: Asks = (_CREATE, _PAY, _IS_PAID)

SCRIPTS: Mapping[Name, Sequence[tuple[frozenset[str], Asks]]] = {
    "valid": [
        (
            WITH_REFUNDS,
            (
                _CREATE,
                Ask("query", WAITS),
                _PAY,
                _IS_PAID,
                Ask("refund", GIVEN, "part"),
                Ask("refund status", GIVEN, "part"),
            ),
        ),
        (ALL_FAMILIES, (_CREATE, Ask("query", WAITS), _PAY, _IS_PAID)),
    ],
    "duplicate": [
        (
            REFUNDS_ONCE,
            (
                _CREATE,
                Ask("create", AGAIN),
                _PAY,
                _IS_PAID,
                Ask("refund", GIVEN, "part"),
                Ask("refund", GIVEN_BEFORE, "part"),
                Ask("refund", GIVEN, "rest"),
            ),
        ),
        (ALL_FAMILIES, (_CREATE, Ask("create", AGAIN), _PAY, _IS_PAID)),
    ],
    "reordered": [
        (
            WITH_REFUNDS,
            (
                Ask("query", NOTHING),
                _CREATE,
                Ask("refund", NOT_GIVEN, "before it is paid"),
                _PAY,
                _IS_PAID,
                Ask("refund", GIVEN, "whole"),
            ),
        ),
        (ALL_FAMILIES, (Ask("query", NOTHING), *_BEGUN)),
    ],
    "late": [
        (TIMED, (Ask("create", NOT_MADE, "an old signature"), Ask("query", NOTHING))),
        (frozenset({"vnpay"}), (Ask("create", NOT_MADE, "already over"),)),
        (
            ALL_FAMILIES,
            (Ask("create", AGAIN, "already over"), Ask("query", ("failed", *NOTHING))),
        ),
    ],
    "wrong_amount": [
        (
            WITH_REFUNDS,
            (
                *_BEGUN,
                Ask("refund", NOT_GIVEN, "more than was paid"),
                Ask("refund", GIVEN, "whole"),
            ),
        ),
        (ALL_FAMILIES, (_CREATE, Ask("create", NOT_MADE, "another amount"))),
    ],
    "wrong_signature": [
        (
            WITH_REFUNDS,
            (
                Ask("create", NOT_MADE, "another key"),
                Ask("query", NOTHING),
                *_BEGUN,
                Ask("refund", NOT_GIVEN, "another key"),
                Ask("refund", GIVEN, "whole"),
            ),
        ),
        (ALL_FAMILIES, (Ask("create", NOT_MADE, "another key"), Ask("query", NOTHING))),
    ],
    "wrong_merchant": [(ALL_FAMILIES, (Ask("create", NOT_MADE, "another merchant"),))],
    "replay": [
        (
            REFUNDS_ONCE,
            (
                *_BEGUN,
                Ask("refund", GIVEN, "part"),
                Ask("refund", GIVEN_BEFORE, "the same bytes"),
                Ask("refund", GIVEN, "rest"),
            ),
        ),
        (ALL_FAMILIES, (_CREATE, Ask("create", AGAIN, "the same bytes"), _PAY, _IS_PAID)),
    ],
    "unknown_order": [(ALL_FAMILIES, (Ask("query", NOTHING),))],
    "slow": [
        (
            ALL_FAMILIES,
            (Ask("create", MADE, manner="slowly"), Ask("query", WAITS, manner="slowly")),
        ),
    ],
    "reset": [
        (MAKES_ONE, (Ask("create", manner="cut"), _CREATE, Ask("query", WAITS), _PAY, _IS_PAID)),
        # who makes two orders of two requests is asked instead, and another order is opened
        (
            ALL_FAMILIES,
            (
                Ask("create", manner="cut"),
                Ask("query", (*WAITS, "unknown")),
                Ask("create another", MADE),
            ),
        ),
    ],
}


def script(case: Name, family: str) -> Asks:
    """Return what a bank is asked in a case that speaks like this family."""
    return next(asks for families, asks in SCRIPTS[case] if family in families)
