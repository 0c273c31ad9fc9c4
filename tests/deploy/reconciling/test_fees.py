"""A partner that settles what is left after its fee, and one that is paid its fee apart."""

from datetime import UTC, datetime

import pytest

from services.payment.domain.partner_fees import PartnerFee
from shared.events.payment import Settled
from tests.deploy.reconciling.conftest import Killed
from tests.services.payment.office import AMOUNT_VND

NET = PartnerFee(
    valid_from=datetime(2025, 7, 1, tzinfo=UTC),
    flat_vnd=300,
    basis_points=50,
    vat_percent=10,
    settled="net",
)
FEE_VND, LEFT_VND = 418, AMOUNT_VND - 418


def kinds(found) -> dict[str, int]:
    return {s.kind: s.count for s in found.report.breaks}


@pytest.fixture
def net(world):
    world.fees = (NET,)
    return world


async def test_what_is_left_and_the_fee_make_the_payment_and_no_break(net) -> None:
    lines = [(await net.paid(n))._replace(amount_vnd=LEFT_VND) for n in range(5)]

    found = await net.run(net.file(*lines))

    report = found.report
    assert (report.matched, report.matched_vnd, report.breaks) == (5, 5 * AMOUNT_VND, ())
    assert report.paid_vnd == 5 * LEFT_VND, "as the partner's own balance has it"
    assert found.fee_vnd == found.report.fee_vnd == 5 * FEE_VND
    assert (await net.run(net.file(*lines))).fee_vnd == 5 * FEE_VND, "of a file run before too"


@pytest.mark.parametrize("said_vnd", [AMOUNT_VND, LEFT_VND - 1, LEFT_VND + 1])
async def test_another_amount_is_a_break_the_whole_payment_too(net, said_vnd) -> None:
    line = (await net.paid(1))._replace(amount_vnd=said_vnd)

    found = await net.run(net.file(line))

    assert kinds(found) == {"amount": 1}
    [standing] = found.open_now
    assert standing.opened.expected_vnd == AMOUNT_VND


async def test_an_order_that_nobody_told_of_settles_with_what_was_paid(net) -> None:
    line = net.line(await net.order(1), 1, amount_vnd=LEFT_VND)

    found = await net.run(net.file(line))

    assert (kinds(found), found.open_now) == ({"missing_here": 1}, ())
    [settled] = [v for v in net.decided if Settled.TYPE.encode() in v]
    assert b'"amount_vnd":%d' % AMOUNT_VND in settled


async def test_a_refund_is_named_whole(net) -> None:
    paid = await net.paid(1)
    second = net.line(paid.reference, 2, amount_vnd=LEFT_VND, kind="refunded")

    found = await net.run(net.file(paid._replace(amount_vnd=LEFT_VND), second))

    [standing] = found.open_now
    assert (standing.opened.cause, standing.opened.amount_vnd) == ("not_sent", LEFT_VND)
    assert found.fee_vnd == FEE_VND


async def test_a_fee_that_is_billed_apart_changes_no_line_and_is_shown(world) -> None:
    world.fees = (PartnerFee(valid_from=NET.valid_from, basis_points=110),)
    lines = [await world.paid(n) for n in range(3)]

    found = await world.run(world.file(*lines))

    assert (found.report.matched, found.report.breaks) == (3, ())
    assert found.fee_vnd == 3 * 176


async def test_of_a_run_that_was_cut_off_the_fee_is_whole(net) -> None:
    lines = [(await net.paid(n))._replace(amount_vnd=LEFT_VND) for n in range(5)]
    path = net.file(*lines)
    net.power.left = 6
    with pytest.raises(Killed):
        await net.run(path)
    net.power.left = -1

    assert (await net.run(path)).fee_vnd == 5 * FEE_VND
