"""How citizens pay: each behaviour is a list of steps."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Behaviour = Literal[
    "pay", "twice", "decline", "wrong_amount_first", "wrong_amount", "silent", "early"
]


class Step(NamedTuple):
    """Money moved or a decline; `calls`: how many times the bank tells of it, first to last."""

    moves: bool = True
    off_vnd: int = 0  # from the order's amount
    calls: int = 1


STEPS: Mapping[Behaviour, tuple[Step, ...]] = {
    "pay": (Step(),),
    "twice": (Step(calls=2), Step()),  # two transactions, the first told of twice
    "decline": (Step(moves=False),),
    "wrong_amount_first": (Step(off_vnd=1_000), Step()),
    "wrong_amount": (Step(off_vnd=1_000),),
    "silent": (Step(calls=0),),  # only a query finds out
    "early": (Step(),),  # by reference, before the merchant has its order: it calls again
}
