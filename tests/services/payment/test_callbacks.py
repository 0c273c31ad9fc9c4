"""A bank's callbacks, with the kernel's own reader, step and journal, over a log in a list."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.callbacks import Callbacks, Near
from services.payment.gateways import Call
from services.payment.gateways.vnpay.gateway import RSP_CODES, Vnpay
from services.payment.references import References, reference
from services.payment.set_aside import FORGED_LIMIT, SetAside
from shared import events
from shared.errors import Unknown
from shared.events.payment import Mismatched, Overpaid, QueryRequested, Settled
from shared.publisher import Publisher
from shared.vault import dead_letter_sealer, open_dead_letter
from tests.services.payment.counter import Log
from tests.services.payment.office import MASTER


def types(decided):
    """What is given back has tests of its own: it is left out."""
    return [e.type for e in decided if not e.type.startswith("refund.")]


DECLINE = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02", "vnp_TransactionNo": "0"}


# ---- answers, in their order


async def test_a_genuine_payment_is_recorded_and_settles(ordered):
    assert await ordered.call() == "00"
    assert types(await ordered.decide()) == [Settled.TYPE, "receipt.issued"]


async def test_the_same_callback_again_is_answered_02_and_appended_no_more(ordered):
    assert await ordered.call() == "00"
    await ordered.decide()

    assert await ordered.call() == "02"
    assert len(ordered.inbox()) == 1


async def test_two_at_the_same_instant_are_both_recorded_and_count_once(ordered):
    assert await asyncio.gather(ordered.call(), ordered.call()) == ["00", "00"]

    assert types(await ordered.decide()) == [Settled.TYPE, "receipt.issued"]


async def test_a_repeat_that_comes_before_the_first_is_decided_is_answered_02_and_not_appended(
    ordered,
):
    assert [await ordered.call(), await ordered.call()] == ["00", "02"]

    assert len(ordered.inbox()) == 1
    assert types(await ordered.decide()) == [Settled.TYPE, "receipt.issued"]


async def test_money_under_suspicion_told_again_is_recorded_again(ordered):
    asked = {"vnp_ResponseCode": "07"}
    assert [await ordered.call(**asked), await ordered.call(**asked)] == ["00", "00"]
    assert await ordered.call() == "00"


async def test_a_second_transaction_is_already_confirmed_but_not_lost(ordered):
    await ordered.call()
    await ordered.decide()

    assert await ordered.call(vnp_TransactionNo="14700002") == "02"
    assert types(await ordered.decide()) == [Overpaid.TYPE]


async def test_another_amount_is_answered_04_each_time_and_kept_once(ordered):
    assert await ordered.call(vnp_Amount="1599900") == "04"
    assert types(await ordered.decide()) == [Mismatched.TYPE]
    assert await ordered.call(vnp_Amount="1599900") == "04"

    assert await ordered.decide() == []
    assert await ordered.call(vnp_TransactionNo="14700002") == "00"
    assert types(await ordered.decide()) == [Settled.TYPE, "receipt.issued"]


async def test_a_decline_is_recorded_and_two_declines_of_two_attempts_differ(ordered, a):
    assert await ordered.call(**DECLINE) == "00"
    assert types(await ordered.decide()) == ["payment.failed", "payment.requested"]
    assert await ordered.call(**DECLINE) == "02"

    assert await ordered.call(**DECLINE, vnp_TxnRef=reference(a.application, 2)) == "00"
    assert types(await ordered.decide()) == ["payment.failed", "payment.requested"]


async def test_money_under_suspicion_is_recorded_and_the_bank_is_asked_at_once(ordered):
    assert await ordered.call(vnp_ResponseCode="07") == "00"
    assert types(await ordered.decide()) == [QueryRequested.TYPE]


async def test_a_bad_signature_is_answered_97_and_kept_for_operators_with_the_reason(ordered):
    query = ordered.query().replace("vnp_Amount=1600000", "vnp_Amount=1600100")

    assert await ordered.call(query) == "97"
    assert not ordered.inbox()
    (letter,) = ordered.dead()
    assert (letter.field, letter.reason) == ("signature", "the signature does not verify")
    assert ordered.partner.incoming[0].secret not in letter.reason


async def test_anybody_can_forge_so_only_some_of_it_is_kept_and_the_rest_is_counted(ordered):
    forged = ordered.query().replace("vnp_Amount=1600000", "vnp_Amount=1600100")
    for _ in range(FORGED_LIMIT + 5):
        assert await ordered.call(forged) == "97"
    assert len(ordered.dead()) == FORGED_LIMIT

    ordered.a.now += timedelta(minutes=1)
    try:
        await ordered.call(forged)
    finally:
        ordered.a.now -= timedelta(minutes=1)
    assert ordered.dead()[-1].reason.endswith("(and 5 more before it)")


async def test_an_unknown_reference_is_answered_01_and_set_aside_sealed(ordered):
    query = ordered.query(vnp_TxnRef="DVC261102000000016")

    assert await ordered.call(query) == "01"
    (letter,) = ordered.dead()
    assert "DVC261102000000016" in letter.reason
    assert open_dead_letter(ordered.master, letter.sealed).decode() == query


async def test_what_a_payer_wrote_in_the_place_of_a_reference_is_not_told_in_clear(ordered):
    assert await ordered.call(vnp_TxnRef="NguyenVanA0912345678") == "01"
    (letter,) = ordered.dead()
    assert letter.reason == "no order has the reference (none of ours)"


async def test_a_genuine_callback_in_another_form_is_set_aside_too(ordered):
    assert await ordered.call(vnp_Amount="1600050") == "99"
    assert "đồng" in ordered.dead()[0].reason


async def test_money_before_the_order_is_known_is_called_again_and_not_lost(counter, a):
    await References(counter.rows).claim([(a.application, 1)])

    assert await counter.call() == "01"
    assert await counter.decide() == []
    assert types(await counter.bring(a.routed()))[-2:] == [Settled.TYPE, "receipt.issued"]
    assert await counter.call() == "02"


async def test_the_wrong_amount_comes_before_already_confirmed(ordered):
    await ordered.call()
    await ordered.decide()

    assert await ordered.call(vnp_Amount="1599900", vnp_TransactionNo="9") == "04"
    assert types(await ordered.decide()) == [Overpaid.TYPE]


async def test_while_the_log_does_not_answer_the_bank_is_to_call_again(ordered):
    ordered.log.doubt = Unknown("no answer from the log")
    assert await ordered.call() == "99"

    ordered.log.doubt = None
    assert await ordered.call() == "00"


@pytest.mark.parametrize("fault", [Unknown("no answer"), TimeoutError(), RuntimeError("a mistake")])
async def test_whatever_goes_wrong_the_bank_is_to_call_again(ordered, fault):
    ordered.rows.fault = fault
    assert await ordered.call() == "99"

    ordered.rows.fault = None
    assert await ordered.call() == "00"


async def test_a_callback_continues_the_applications_trace(ordered, a):
    await ordered.call()
    sent = events.decode(ordered.inbox()[0].value)

    assert sent.source == "/partners/vnpay"
    assert sent.traceparent[3:35] == a.application.replace("-", "")
    assert dict(ordered.inbox()[0].headers)["traceparent"] == sent.traceparent.encode()


async def asked_in_vain(_):
    pytest.fail("the database was asked")


def at_counter(ordered, near, find=asked_in_vain, latest=asked_in_vain):
    """The callbacks of the partner, with what this process knows of itself."""
    return Callbacks(
        Vnpay(ordered.partner),
        find,
        latest,
        near,
        ordered.publisher,
        SetAside("vnpay", ordered.publisher, ordered.seal),
        lambda: ordered.a.now,
    )


async def test_an_order_opened_in_this_process_is_answered_without_a_look_up(ordered, a):
    decision = await ordered.journal.latest(a.application)
    near = Near(lambda _: a.application, lambda _: decision)
    answer = await at_counter(ordered, near).take(Call(ordered.query().encode()))

    assert msgspec.json.decode(answer.body)["RspCode"] == "00"
    assert types(await ordered.decide()) == [Settled.TYPE, "receipt.issued"]


async def test_what_this_process_knows_from_before_the_order_is_not_relied_on(ordered, a):
    decision = await ordered.journal.latest(a.application)
    old = msgspec.structs.replace(decision, state=None)
    near = Near(lambda _: a.application, lambda _: old)
    answer = await at_counter(ordered, near, latest=ordered.journal.latest).take(
        Call(ordered.query().encode())
    )

    assert msgspec.json.decode(answer.body)["RspCode"] == "00"


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_query_is_answered_in_the_protocol(a, query):
    nothing = None  # neither rows nor log are asked before the signature is checked
    log = Log()
    publisher = Publisher(
        log, lane_count=1, sample_ratio=0.0, clock=lambda: a.now, appended=lambda *_: None
    )
    aside = SetAside("vnpay", publisher, dead_letter_sealer(MASTER))
    callbacks = Callbacks(
        Vnpay(a.partner()), nothing, nothing, nothing, nothing, aside, lambda: a.now
    )

    answer = msgspec.json.decode(asyncio.run(callbacks.take(Call(query))).body)
    assert [r.topic for r in log.records] == ["payment.inbox.dead"]

    assert (answer["RspCode"], answer["Message"]) == RSP_CODES["not_genuine"]
