"""How citizens pay: each behaviour is a list of steps."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Behaviour = Literal["pay", "twice", "decline", "wrong_amount_first", "silent"]


class Step(NamedTuple):
    """Money moved or a decline; `calls`: how many times it is told of, first to last."""

    moves: bool = True
    off_vnd: int = 0  # from the order's amount
    calls: int = 1


STEPS: Mapping[Behaviour, tuple[Step, ...]] = {
    "pay": (Step(),),
    "twice": (Step(calls=2), Step()),  # two transactions, the first told of twice
    "decline": (Step(moves=False),),  # MoMo tells of it, ZaloPay never
    "wrong_amount_first": (Step(off_vnd=1_000), Step()),
    "silent": (Step(calls=0),),  # only a question finds out
}
