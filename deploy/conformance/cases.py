"""The eleven cases, what became of them, and the words that all of the kit shares."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

Side = Literal["bank", "ours"]
Name = Literal[
    "valid",
    "duplicate",
    "reordered",
    "late",
    "wrong_amount",
    "wrong_signature",
    "wrong_merchant",
    "replay",
    "unknown_order",
    "slow",
    "reset",
]
NAMES: Sequence[Name] = get_args(Name)
SIDES: Sequence[Side] = get_args(Side)
Became = Literal["passed", "failed", "not_applicable"]


class Title(NamedTuple):
    """A case in a few words; what is looked at as a bank is played, and as we are."""

    vi: str
    en: str
    as_bank: str
    as_us: str


CASES: Mapping[Name, Title] = {
    "valid": Title(
        "Hợp lệ",
        "Valid",
        "A payment is told of: it is recorded, and the order settles.",
        "An order is made, asked after, paid, and part of it is given back; every answer verifies.",
    ),
    "duplicate": Title(
        "Gửi trùng",
        "Duplicate",
        "The same news once more, signed anew: an answer that ends it, and it counts once.",
        "The same request once more, signed anew: no second order, and no money given back twice.",
    ),
    "reordered": Title(
        "Sai thứ tự",
        "Reordered",
        "What happened first is told of last: what was decided stands.",
        "Asked after before there is an order, and given back before it is paid: nothing moves.",
    ),
    "late": Title(
        "Đến muộn",
        "Late",
        "A payment of the day before is told of now: it is recorded, and the order settles.",
        "A request that was signed an hour ago, or an order that is over: nothing can be paid.",
    ),
    "wrong_amount": Title(
        "Sai số tiền",
        "Wrong amount",
        "Another amount than the order's: said so, and the order does not settle.",
        "More is to be given back than was paid, or an order comes with another amount: refused.",
    ),
    "wrong_signature": Title(
        "Sai chữ ký",
        "Wrong signature",
        "Signed with a key that is not the partner's: refused, and nothing changes.",
        "Signed with a key that is not ours: no order is made, and no money given back.",
    ),
    "wrong_merchant": Title(
        "Sai đơn vị nhận",
        "Wrong merchant",
        "Rightly signed, for another merchant or account: not taken for ours, nothing changes.",
        "Rightly signed, in another merchant's name or for its account: no order is made.",
    ),
    "replay": Title(
        "Phát lại",
        "Replay",
        "The very bytes of an earlier call: refused as too old, or counted once.",
        "The very bytes of an earlier request: no second order, and no money given back twice.",
    ),
    "unknown_order": Title(
        "Không có đơn",
        "Unknown order",
        "An order that there is not: said so in the protocol's words.",
        "Asked after an order that there is not: never called paid, failed or waiting.",
    ),
    "slow": Title(
        "Chậm",
        "Slow",
        "A call that comes in pieces is answered in time, and the order settles.",
        "A request that comes in pieces is answered in time.",
    ),
    "reset": Title(
        "Đứt kết nối",
        "Connection reset",
        "The answer to a call is lost, and it is made again: it counts once.",
        "The answer to a request is lost: asked again by our rules, there is one order.",
    ),
}


class Exchange(NamedTuple):
    """One step: what it does, what was sent or looked at, without keys, and what came of it."""

    does: str
    sent: str
    expected: str
    got: str
    is_right: bool


class Outcome(NamedTuple):
    """What became of a case.  `clause`: what it rests on, or why it does not apply."""

    case: Name
    became: Became
    clause: str
    exchanges: Sequence[Exchange] = ()
    took_s: float = 0.0


class Played(NamedTuple):
    """A whole run: who was played against which address, and what became of each case."""

    partner: str
    title: str
    family: str
    side: Side
    against: str
    began: str
    outcomes: Sequence[Outcome]

    def count(self, became: Became) -> int:
        """Return how many cases became this."""
        return sum(outcome.became == became for outcome in self.outcomes)

    @property
    def is_conform(self) -> bool:
        """Tell whether all that applies has passed, and something does."""
        return self.count("passed") > 0 and not self.count("failed")


def seen(side: Side, case: Name) -> str:
    """Return what is looked at in a case."""
    return CASES[case].as_bank if side == "bank" else CASES[case].as_us
