"""With whom citizens of the town pay, and what the partner does then: tables, and a draw from them.

`ORDERS` is what becomes of a single order; where that does not exist for a family, the table says
why not.  How partners call us (`deploy.sandbox.partners.rough`) is the same for all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from deploy.sandbox.officers.habits import seeded
from deploy.sandbox.payers import Behaviour
from services.payment.partners import SANDBOX, Row, read

MUTE = "nobody asks it or has it do anything: it calls by itself"
TRANSFERRED = "who transfers money by himself declines nothing"
ASKED = "it is asked after an order, and found out"
ONE = "an order is told of by its detail, which knows a single payment"
NO_WORD = "its detail says paid or not paid, and nothing of a decline"
FIRST = "only of the partner that all orders open with is the reference known before"
CALLED = ("vnpay", "momo", "zalopay", "payos", "platform", "keypay", "neutral", "iso20022")
FAMILIES = (*CALLED, "casso", "sepay")

# behaviour of an order → its share of a hundred, and the families that do not have it, and why not
ORDERS: Mapping[Behaviour, tuple[int, Mapping[str, str]]] = {
    "twice": (15, {"keypay": ONE}),
    "wrong_amount_first": (14, {"keypay": ONE}),
    "decline": (
        14,
        {"keypay": NO_WORD, "payos": TRANSFERRED, "casso": TRANSFERRED, "sepay": TRANSFERRED},
    ),
    "silent": (20, {"casso": MUTE, "sepay": MUTE}),
    "late": (20, dict.fromkeys(CALLED, ASKED)),
    "early": (20, {family: FIRST for family in FAMILIES if family != "vnpay"}),
}
OFFERED = 0.25  # of all citizens take the partner that they are offered

PARTNERS: tuple[Row, ...] = read(SANDBOX)
FIRST_OFFERED, *OTHERS = PARTNERS
BY_NAME: Mapping[str, Row] = {row.name: row for row in PARTNERS}
Draw = Callable[[str, str], float]  # from 0 to 1, for a purpose and an application


class Way(NamedTuple):
    """How one application is paid: whom its citizen chooses, empty: nobody, and how."""

    partner: str
    behaviour: Behaviour


def drawn(seed: int, what: str, application: str) -> float:
    """Return a number from 0 to 1 for an application, by its part that comes from the seed."""
    text = f"{seed}/{what}/{seeded(application)}"
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest()) / (1 << 48)


def way(draw: Draw, application: str) -> Way:
    """Return how an application is paid, the same every time."""
    share = draw("partner", application)
    partner = ""
    if share >= OFFERED:
        partner = OTHERS[int((share - OFFERED) / (1 - OFFERED) * len(OTHERS))].name
    family = BY_NAME[partner or FIRST_OFFERED.name].family
    rest = draw("paying", application) * 100
    for behaviour, (percent, without) in ORDERS.items():
        if family in without or (behaviour == "early" and partner):
            continue
        if rest < percent:
            return Way(partner, behaviour)
        rest -= percent
    return Way(partner, "pay")


def able(behaviour: Behaviour) -> Sequence[str]:
    """Return the partners whose family has this behaviour."""
    if behaviour == "early":
        return [FIRST_OFFERED.name]
    return [row.name for row in PARTNERS if row.family not in ORDERS[behaviour][1]]
