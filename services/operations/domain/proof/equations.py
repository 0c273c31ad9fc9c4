"""What must be equal, and whether it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from services.operations.domain.proof.tally import Proof

ANSWERS = ("registered", "refused", "waiting", "dismissed")
LETTERS = ("sent_again", "dismissed", "waiting")
KEPT = ("settled", "overpaid", "mismatched", "waiting")
ENDS = ("sent", "delivered", "failed", "dropped", "under_way")
COLUMNS = ("settled", "in_process", "suspended", "not_accepted")


class Equation(msgspec.Struct, frozen=True):
    """`left` is the sum of `right`, or at most that; `of`: of this partner alone."""

    name: str
    what: str
    left: int
    relation: Literal["=", "≤"]
    right: dict[str, int]
    holds: bool
    of: str = ""


def equations(proof: Proof) -> list[Equation]:
    """Return all that a proof says; what there is nothing of is left out."""
    return [
        *_counted(proof, "submissions", "acknowledged", ANSWERS),
        *_counted(proof, "children", "acknowledged", ANSWERS),
        *_counted(proof, "petitions", "acknowledged", ANSWERS),
        *_counted(proof, "letters", "set_aside", LETTERS),
        *_counted(proof, "sequences", "highest_numbers", ("first_occurrences",)),
        *_money(proof),
        *_counted(proof, "notices", "requested", ENDS),
        *_counted(proof, "at_the_end", "received", COLUMNS),
        *_counted(proof, "now", "received", COLUMNS),
    ]


def holds(proof: Proof) -> bool:
    """Tell whether all of it holds, and nothing is excepted."""
    return not proof.excepted and all(e.holds for e in equations(proof))


def _counted(proof: Proof, section: str, left: str, right: Sequence[str]) -> Iterator[Equation]:
    counts = proof.counts.get(section)
    if counts:
        sums = {name: counts.get(name, 0) for name in right}
        yield _equal(section, left, counts.get(left, 0), sums)


def _money(proof: Proof) -> Iterator[Equation]:
    if not proof.vnd:
        return
    everyone = {what: proof.total_vnd(what) for own in proof.vnd.values() for what in own}
    yield _came("", everyone)
    for partner, own in sorted(proof.vnd.items()):
        yield _came(partner, own)
    receipts = {what: everyone.get(what, 0) for what in ("receipts", "receipts_awaited")}
    yield _equal("receipts", "settled", everyone.get("settled", 0), receipts)
    yield _given_back("", everyone)
    for partner, own in sorted(proof.vnd.items()):
        if "released" in own or "refunded" in own:
            yield _given_back(partner, own)


def _came(partner: str, vnd: Mapping[str, int]) -> Equation:
    sums = {what: vnd.get(what, 0) for what in KEPT}
    return _equal("money", "received", vnd.get("received", 0), sums, partner)


def _given_back(partner: str, vnd: Mapping[str, int]) -> Equation:
    released, refunded = vnd.get("released", 0), vnd.get("refunded", 0)
    is_less = refunded <= released
    return Equation("refunds", "refunded", refunded, "≤", {"released": released}, is_less, partner)


def _equal(name: str, what: str, left: int, right: dict[str, int], of: str = "") -> Equation:
    return Equation(name, what, left, "=", right, left == sum(right.values()), of)
