"""Every behaviour of an order is had by each family, or the table says why not."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, get_args

import pytest

from deploy.sandbox.bank.behaviours import STEPS as OF_ORDERS
from deploy.sandbox.iso_bank.bank import STEPS as OF_ISO
from deploy.sandbox.payers import Behaviour
from deploy.sandbox.transfers.behaviours import STEPS as OF_TRANSFERS
from deploy.sandbox.wallets.behaviours import STEPS as OF_WALLETS
from services.payment.gateways.families import FAMILIES as SPOKEN
from tests.invariants import paying
from tests.invariants.faults import BY_BEHAVIOUR
from tests.invariants.paying import FAMILIES, ORDERS, PARTNERS, Way, able, drawn, way

SIMULATED: dict[str, Mapping[Any, Any]] = {
    **dict.fromkeys(("vnpay", "platform", "keypay", "neutral"), OF_ORDERS),
    **dict.fromkeys(("momo", "zalopay"), OF_WALLETS),
    **dict.fromkeys(("payos", "casso", "sepay"), OF_TRANSFERS),
    "iso20022": OF_ISO,
}
MANY = 6_000


def ways() -> Counter[Way]:
    return Counter(way(lambda what, a: drawn(3, what, a), f"{n:012}") for n in range(MANY))


def test_every_family_and_every_partner_is_in_use() -> None:
    assert set(FAMILIES) == SPOKEN.keys() == SIMULATED.keys() == {row.family for row in PARTNERS}
    assert len(PARTNERS) == 19


def test_every_behaviour_is_in_the_table() -> None:
    assert {*ORDERS, "pay"} == set(get_args(Behaviour))
    assert {*BY_BEHAVIOUR.values(), "early"} == ORDERS.keys(), "each is looked for afterwards"


@pytest.mark.parametrize("behaviour", ORDERS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_a_behaviour_or_the_table_says_why_not(
    family: str, behaviour: Behaviour
) -> None:
    _, without = ORDERS[behaviour]
    if family in without:
        assert without[family]
    else:
        assert behaviour in SIMULATED[family]


def test_each_partner_is_chosen_with_each_behaviour_that_it_has() -> None:
    found = ways()
    for behaviour in ORDERS:
        chosen = {w.partner or paying.FIRST_OFFERED.name for w in found if w.behaviour == behaviour}
        assert chosen == set(able(behaviour)), behaviour
    assert {w.partner for w in found} == {"", *(row.name for row in paying.OTHERS)}


def test_most_citizens_choose_and_the_same_seed_chooses_the_same() -> None:
    assert ways() == ways()
    offered = sum(n for w, n in ways().items() if not w.partner)
    assert 0.2 < offered / MANY < 0.3
