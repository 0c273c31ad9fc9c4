"""What a family does not do is said once, and in the words that those who ask understand."""

from collections.abc import Mapping

import pytest

from services.payment.gateways import Answer, Order, Refund, Refused
from services.payment.gateways.families import FAMILIES
from services.payment.gateways.not_done import (
    AnswersNoQuery,
    GivesNothingBack,
    SendsNoOrder,
    SignsNoReturn,
)
from tests.fuzz.voices import AT

WATCHER = {SendsNoOrder, SignsNoReturn, AnswersNoQuery, GivesNothingBack}
NOT_DONE: Mapping[str, set[type]] = {
    "vnpay": {SendsNoOrder},
    "momo": set(),
    "zalopay": set(),
    "payos": {SignsNoReturn, GivesNothingBack},
    "casso": WATCHER,
    "sepay": WATCHER,
    "platform": {SignsNoReturn, GivesNothingBack},
    "keypay": {SignsNoReturn},
    "neutral": {SignsNoReturn},
    "iso20022": {SignsNoReturn},
}
ORDER = Order("DVC261102000000016", 16_000, AT, AT)
REFUND = Refund("R1", ORDER.reference, "FT1", 1, 2, AT, "", "", AT)
NOTHING = Answer(200, b"")


@pytest.mark.parametrize("family", FAMILIES)
def test_the_list_says_what_each_family_does_not_do(family):
    assert {kind for kind in WATCHER if issubclass(FAMILIES[family], kind)} == NOT_DONE[family]


@pytest.mark.parametrize("kind", sorted(WATCHER, key=str))
@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_that_does_not_do_it_says_nothing_else_of_it(family, kind):
    if kind in NOT_DONE[family]:
        inherited = {name for name in vars(kind) if not name.startswith("_")}
        assert all(getattr(FAMILIES[family], n) is vars(kind)[n] for n in inherited)


def test_nobody_is_asked_and_nothing_is_known():
    assert AnswersNoQuery().query("k", ORDER, AT) is None
    assert GivesNothingBack().refund(REFUND, AT) is None
    assert GivesNothingBack().query_refund("k", REFUND, AT) is None
    assert SignsNoReturn().read_return(b"status=1", AT) == "unknown"


def test_an_answer_to_nothing_is_refused():
    for read in (
        lambda: SendsNoOrder().read_created(NOTHING, ORDER, AT),
        lambda: AnswersNoQuery().read_answer(NOTHING, ORDER, AT),
        lambda: GivesNothingBack().read_refunded(NOTHING, REFUND, AT),
        lambda: GivesNothingBack().read_refund_answer(NOTHING, REFUND, AT),
    ):
        with pytest.raises(Refused, match="was not asked"):
            read()
