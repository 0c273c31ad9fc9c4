"""A bank may call about an archived application, as late as it likes."""

from services.payment.domain.standing import standing
from shared.archived import first_version, last_version
from shared.events.payment import Overpaid
from shared.events.refunds import RefundProposed, RefundRequested

RUN = "20270101T000000Z"


def types(decided):
    return [e.type for e in decided]


async def archived(counter):
    """Settle the order; leave of the journal what the archive leaves."""
    assert await counter.call() == "00"
    await counter.decide()
    table = counter.journal._table
    rows = [row for _, row in sorted(table.rows.items())]
    first = first_version(rows[0], RUN)
    last = last_version(rows, RUN, counter.a.now)
    table.rows = {row["_id"]: row for row in (first, last)}
    return counter


async def test_a_settled_payment_rests(ordered):
    latest = await (await archived(ordered)).journal.latest(ordered.a.application)
    assert standing(latest.state) == "resting"
    assert latest.is_archived


async def test_the_same_callback_after_the_archive_is_already_confirmed(ordered):
    late = await archived(ordered)
    known = len(late.inbox())
    assert await late.call() == "02"
    assert len(late.inbox()) == known
    assert late.dead() == []


async def test_a_second_payment_after_the_archive_is_kept_to_be_refunded(ordered):
    late = await archived(ordered)
    before = await late.journal.latest(late.a.application)

    assert await late.call(vnp_TransactionNo="14700002") == "02"
    decided = types(await late.decide())
    assert decided == [Overpaid.TYPE, RefundProposed.TYPE, RefundRequested.TYPE]

    after = await late.journal.latest(late.a.application)
    assert after.version == before.version + 1
    assert after.sequence == before.sequence + len(decided)
    assert [m.kept_as for m in after.state.money] == ["settled", "overpaid"]
    answer = await late.http.get(f"/v1/payments/{late.a.application}")
    assert answer.json()["to_refund_vnd"] == 16_000
    assert answer.json()["status"] == "settled"


async def test_another_amount_after_the_archive_is_told_so(ordered):
    late = await archived(ordered)
    assert await late.call(vnp_Amount="100000", vnp_TransactionNo="14700003") == "04"


async def test_the_application_is_not_assessed_a_second_time(ordered, a):
    late = await archived(ordered)
    assert types(await late.bring(a.routed())) == []
    latest = await late.journal.latest(late.a.application)
    assert len(latest.state.obligations) == len(latest.state.attempts) == 1
