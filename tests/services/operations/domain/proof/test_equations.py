"""What must be equal is told with both sides, and whether it is."""

import pytest

from services.operations.domain.proof.equations import equations, holds
from services.operations.domain.proof.tally import Proof


def sums(**vnd: int) -> Proof:
    return Proof(vnd={"vnpay": vnd, "momo": {"received": 5, "settled": 5, "receipts": 5}})


def failing(proof: Proof) -> list[tuple[str, str]]:
    return [(e.name, e.of) for e in equations(proof) if not e.holds]


def test_of_nothing_nothing_is_said_and_it_holds() -> None:
    assert equations(Proof()) == []
    assert holds(Proof())


def test_money_is_told_of_all_and_of_each_partner() -> None:
    found = equations(
        sums(received=100, settled=60, overpaid=30, mismatched=10, receipts=60, released=40)
    )

    assert [(e.name, e.of, e.left) for e in found] == [
        ("money", "", 105),
        ("money", "momo", 5),
        ("money", "vnpay", 100),
        ("receipts", "", 65),
        ("refunds", "", 0),
        ("refunds", "vnpay", 0),
    ]
    assert found[0].right == {"settled": 65, "overpaid": 30, "mismatched": 10, "waiting": 0}
    assert all(e.holds for e in found)


@pytest.mark.parametrize(
    ("vnd", "wrong"),
    [
        ({"received": 9, "settled": 8, "receipts": 8}, [("money", ""), ("money", "vnpay")]),
        ({"received": 9, "settled": 9, "receipts": 8}, [("receipts", "")]),
        ({"refunded": 9, "released": 8}, [("refunds", ""), ("refunds", "vnpay")]),
        ({"received": 9, "waiting": 9}, []),
    ],
)
def test_what_does_not_add_up_is_told(vnd: dict[str, int], wrong: list[tuple[str, str]]) -> None:
    assert failing(sums(**vnd)) == wrong
    assert holds(sums(**vnd)) == (not wrong)


@pytest.mark.parametrize(
    ("section", "left", "right"),
    [
        ("submissions", "acknowledged", "refused"),
        ("children", "acknowledged", "registered"),
        ("submissions", "acknowledged", "waiting"),
        ("petitions", "acknowledged", "dismissed"),
        ("letters", "set_aside", "sent_again"),
        ("sequences", "highest_numbers", "first_occurrences"),
        ("notices", "requested", "under_way"),
        ("at_the_end", "received", "suspended"),
        ("now", "received", "not_accepted"),
    ],
)
def test_what_is_counted_adds_up_or_is_told(section: str, left: str, right: str) -> None:
    assert failing(Proof(counts={section: {left: 3, right: 3}})) == []
    assert failing(Proof(counts={section: {left: 3, right: 2}})) == [(section, "")]


def test_what_is_excepted_does_not_hold_though_all_adds_up() -> None:
    assert not holds(Proof(excepted={"fork": 1}))
    assert holds(Proof(waiting={"notice": 1}))
