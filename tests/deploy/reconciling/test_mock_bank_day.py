"""A day with an independent bank is reconciled: its notices decide, its statement is run over.

What a citizen pays by transfer, the bank tells by camt.054; what is given back goes out as pain.001
and is asked after; what it never told of stands on the camt.053 alone.  No break is left.
"""

from importlib.util import find_spec

import msgspec
import pytest

from services.payment.gateways import Refund
from services.payment.gateways.iso20022.gateway import Iso20022
from services.payment.gateways.iso20022.sent import identity
from services.payment.iso20022 import transfers
from services.payment.iso20022.transfers import Transfer
from shared import events
from shared.events.payment import Settled
from shared.events.refunds import RefundAnswered, RefundRequested
from shared.events.routing import Closed
from tests.deploy.reconciling.conftest import DAY, PARTNER_NAME
from tests.services.payment.gateways.iso20022 import iso20022_words as words
from tests.services.payment.iso20022.mock_bank import CITIZEN, OFFICE, mock_bank
from tests.services.payment.office import AMOUNT_VND, NOW

pytestmark = pytest.mark.skipif(
    find_spec("mockbank") is None, reason="mock-bank is not installed: pip install motcua[dev]"
)

TOLD, UNTOLD = 8, 2
GATEWAY = Iso20022(msgspec.structs.replace(words.ROW, name=PARTNER_NAME))


@pytest.fixture
def bank():
    with mock_bank(5_000_000, "2026-11-20T09:00") as made:
        yield made


def signed(body: bytes):
    return words.call(body, at=NOW)


async def hear(world, bank) -> int:
    """Take in what the bank tells, as its callbacks would bring it; return how much that was."""
    notices = [
        notice
        for body in bank.collect("camt.054.001.08")
        for notice in GATEWAY.read_callback(signed(body), NOW)
    ]
    for n in notices:
        line = world.line(n.reference, 0, transaction=n.transaction, amount_vnd=n.amount_vnd)
        await world.call(line)
    return len(notices)


async def give_back(world, bank, application: str) -> None:
    """Withdraw an application; send its money back, and ask what became of that."""
    world._keep(await world.counter.bring(Closed(national_code=8, reason="x"), application))
    asked = [events.decode(v) for v in world.decided if RefundRequested.TYPE.encode() in v]
    call = msgspec.json.decode(asked[-1].data, type=RefundRequested)
    key = identity("R", call.refund)
    transfer = Transfer(key, call.amount_vnd, CITIZEN, "hoan le phi")
    status, _ = bank.send(transfers.build(f"M{key}"[:35], OFFICE.name, OFFICE, [transfer], NOW))
    assert status == 202
    bank.collect("camt.054.001.08")
    bank.switch("accounts/KBNN/report")
    [report] = bank.collect("camt.052.001.08")
    due = Refund(
        call.refund,
        call.reference,
        call.transaction,
        call.amount_vnd,
        call.paid_vnd,
        call.opened_at,
        call.reason,
        "o",
        call.asked_at,
    )
    answer = words.answer(report)._replace(headers=words.headers(report, at=NOW))
    said = GATEWAY.read_refund_answer(answer, due, NOW)
    assert (said.finding, bool(said.transaction)) == ("done", True)
    data = RefundAnswered(
        key=call.key, refund=call.refund, finding=said.finding, transaction=said.transaction
    )
    event = events.Event(
        id=f"{call.refund}/answered",
        source="/test",
        type=data.TYPE,
        subject=application,
        time=NOW,
        data=msgspec.Raw(events.encode(data)),
    )
    await world.counter.publisher.publish("payment.inbox", event)
    await world.decide()


async def test_a_day_of_an_independent_bank_ends_without_an_open_break(world, bank) -> None:
    orders = [await world.order(n) for n in range(TOLD + UNTOLD)]
    for reference in orders[:TOLD]:
        bank.pay(reference, AMOUNT_VND, end_to_end_id=reference, note=f"LE PHI {reference}")
    assert await hear(world, bank) == TOLD
    found = await world.references.find(orders[:1])
    await give_back(world, bank, found[orders[0]])
    for reference in orders[TOLD:]:
        bank.pay(reference, AMOUNT_VND, end_to_end_id=reference, note=f"LE PHI {reference}")
    assert len(bank.collect("camt.054.001.08")) == UNTOLD, "and these messages are lost"

    bank.switch("advance?days=1")
    [statement] = bank.collect("camt.053.001.08")
    path = world.folder / "a.xml"
    path.write_bytes(statement)
    outcome = await world.run(path, DAY)

    report = outcome.report
    assert (report.lines, report.matched) == (TOLD + UNTOLD + 1, TOLD + 1)
    assert [(b.kind, b.count) for b in report.breaks] == [("missing_here", UNTOLD)]
    assert (outcome.open_now, outcome.closed) == ((), {"cured": UNTOLD})
    assert report.closing_vnd - report.opening_vnd == (TOLD + UNTOLD - 1) * AMOUNT_VND
    assert sum(Settled.TYPE.encode() in v for v in world.decided) == TOLD + UNTOLD
    assert (await world.run(path, DAY)).again
