"""What is said to payment's edge in each case, and what is expected, as data.

A script is steps of news about one order, or two; after them the orders are looked at.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from deploy.conformance.answers import Means
from deploy.conformance.cases import Name
from services.payment.gateways.families import FAMILIES

Says = Literal[
    "paid",
    "paid a day ago",
    "not paid",
    "another amount",
    "another key",
    "another merchant",
    "an old signature",
    "an unknown order",
    "the same bytes",
    "its status changed",
]
Manner = Literal["whole", "slowly", "cut"]
Stands = Literal["settled", "open"]
ALL_FAMILIES = frozenset(FAMILIES)
# a signature holds the time, and what is old is not taken
WINDOWED = frozenset({"sepay", "neutral", "iso20022"})
# a callback proves nothing: we ask, and the answer decides
UNPROVEN = frozenset({"keypay"})
# an address is tried with money of any account: what is rightly signed is taken, and kept
TRIED = frozenset({"payos"})
MONEY_ONLY = frozenset({"zalopay", "casso", "sepay"})


class Step(NamedTuple):
    """News: one of `means` is the right answer, none: it is not waited for.

    `after`: how the order must stand before this is said.
    """

    says: Says
    means: Sequence[Means] = ()
    order: int = 0
    manner: Manner = "whole"
    after: Stands | None = None


class Script(NamedTuple):
    """What is said, and how each order stands in the end; nothing is to be given back then."""

    steps: Sequence[Step]
    ends: Sequence[Stands] = ("settled",)


_PAID = Step("paid", ("recorded",))
_AGAIN: Sequence[Means] = ("recorded", "already_final")

# of a case the first script counts whose families have this one
SCRIPTS: Mapping[Name, Sequence[tuple[frozenset[str], Script]]] = {
    "valid": [(ALL_FAMILIES, Script([_PAID]))],
    "duplicate": [
        (ALL_FAMILIES, Script([_PAID, Step("paid", ("already_final",), after="settled")])),
    ],
    "reordered": [
        (MONEY_ONLY, Script([Step("paid", ("recorded",), 1), _PAID], ("settled", "settled"))),
        # the answer to a request has no amount: it is recorded whatever the order is by then
        (
            frozenset({"iso20022"}),
            Script([_PAID, Step("not paid", ("recorded",), after="settled")]),
        ),
        (ALL_FAMILIES, Script([_PAID, Step("not paid", ("already_final",), after="settled")])),
    ],
    "late": [(ALL_FAMILIES, Script([Step("paid a day ago", ("recorded",))]))],
    "wrong_amount": [
        (ALL_FAMILIES, Script([Step("another amount", ("amount_differs",))], ("open",))),
    ],
    "wrong_signature": [
        (ALL_FAMILIES, Script([Step("another key", ("not_genuine",))], ("open",))),
    ],
    "wrong_merchant": [
        (TRIED, Script([Step("another merchant", ("unknown_order",))], ("open",))),
        (ALL_FAMILIES, Script([Step("another merchant", ("not_genuine",))], ("open",))),
    ],
    "replay": [
        (WINDOWED, Script([Step("an old signature", ("not_genuine",))], ("open",))),
        (
            UNPROVEN,
            Script(
                [Step("not paid", ("recorded",)), Step("its status changed", ("recorded",))],
                ("open",),
            ),
        ),
        (
            ALL_FAMILIES,
            Script([_PAID, Step("the same bytes", ("already_final",), after="settled")]),
        ),
    ],
    "unknown_order": [
        (ALL_FAMILIES, Script([Step("an unknown order", ("unknown_order",))], ("open",))),
    ],
    "slow": [(ALL_FAMILIES, Script([Step("paid", ("recorded",), manner="slowly")]))],
    "reset": [(ALL_FAMILIES, Script([Step("paid", manner="cut"), Step("paid", _AGAIN)]))],
}


def script(case: Name, family: str) -> Script:
    """Return what is said in a case to who speaks like this family."""
    found = next(script for families, script in SCRIPTS[case] if family in families)
    if family not in UNPROVEN:
        return found
    steps = [
        step._replace(
            means=_AGAIN if "already_final" in step.means else step.means,
            after="open" if step.after else None,
        )
        for step in found.steps
    ]
    return Script(steps, ["open"] * len(found.ends))
