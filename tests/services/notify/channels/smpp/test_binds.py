"""The bind: made, lost, refused, made again; and the rows that lead to none."""

import asyncio

import pytest

from services.notify.channels.sms_smpp import connect
from shared.effects import NotCalled
from shared.errors import Misconfigured
from tests.services.notify.channels.smpp.side import (
    SECRET,
    Kept,
    Row,
    Rows,
    centre,
    channel,
    message,
    until,
    world,
)


async def test_without_a_bind_nothing_is_called():
    async with channel(9, Rows(), Kept()) as lonely:
        with pytest.raises(NotCalled, match="not bound"):
            await lonely.send([message()])


async def test_a_bind_that_is_lost_is_made_again():
    async with world() as w:
        w.switchboard.drop(w.switchboard.links)
        await until(lambda: w.centre.binds == 2)
        await w.bound()
        assert [a.finding for a in await w.channel.send([message()])] == ["handed"]


async def test_an_unbind_is_answered_and_the_bind_made_again():
    async with world() as w:
        for link in list(w.switchboard.links):
            link.unbind()
        await until(lambda: w.centre.binds == 2)


async def test_a_centre_that_falls_silent_leaves_one_window_in_doubt_and_not_more():
    async with world("?window=3", limit_s=5.0) as w:
        [link] = w.switchboard.links
        handle, held = link._handle, []
        link._handle = lambda octets: held.append(octets) or True
        answers = await w.channel.send([message(n) for n in range(1, 21)])
        found = [(a.finding, a.reason) for a in answers]
        assert found == [("unknown", "no_answer")] * 3 + [("deferred", "no_answer")] * 17
        with pytest.raises(NotCalled, match="no_answer"):
            await w.channel.send([message(21)])
        await until(lambda: held[-1][4:8] == b"\0\0\0\x15")  # is anybody there?
        link._handle = handle
        for octets in held:  # it was only slow
            handle(octets)
        await until(lambda: not w.channel._session._is_silent)
        assert w.centre.binds == 1
        assert [a.finding for a in await w.channel.ask([answers[0].key])] == ["handed"]
        assert [a.finding for a in await w.channel.send([message(22)])] == ["handed"]


async def test_whoever_is_told_to_stop_says_goodbye():
    async with centre() as (_, switchboard, port):
        row = Row(url=f"smpp://127.0.0.1:{port}")
        ours = connect(
            row, SECRET, Kept(), table=Rows(), clock=lambda: None, marks_key=b"", limit_s=5.0
        )
        running = asyncio.create_task(ours.run())
        await until(ours.is_bound)
        [link] = switchboard.links
        heard, handle = [], link._handle
        link._handle = lambda octets: heard.append(octets[4:8]) or handle(octets)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert heard == [b"\0\0\0\x06"]


async def test_binds_that_are_lost_half_way_are_tried_until_one_stands():
    async with world(lost_binds=0.5, seed=3) as w:
        assert w.centre.binds == 1
        assert [a.finding for a in await w.channel.send([message()])] == ["handed"]


async def test_a_wrong_password_is_said_and_nothing_is_called():
    async with centre() as (_, switchboard, port):
        switchboard._account = ("motcua", "other")
        async with channel(port, Rows(), Kept()) as refused:
            await until(lambda: "invalid_password" in refused._why)
            with pytest.raises(NotCalled, match="the bind is refused: invalid_password"):
                await refused.send([message()])


async def test_a_centre_that_shows_no_sign_of_life_is_left():
    async with world("?enquire_s=0.2", limit_s=0.5) as w:
        [link] = w.switchboard.links
        link._handle = lambda _: True
        await until(lambda: w.centre.binds == 2)


@pytest.mark.parametrize(
    ("row", "secret"),
    [
        (Row(url="http://127.0.0.1:2775"), SECRET),
        (Row(url="smpp://127.0.0.1:port"), SECRET),
        (Row(url="smpp://127.0.0.1?windows=5"), SECRET),
        (Row(url="smpp://127.0.0.1?window=0"), SECRET),
        (Row(url="smpp://127.0.0.1?rate_per_s=0"), SECRET),
        (Row(sender="a name that is too long"), SECRET),
        (Row(), {"system_id": "motcua"}),
        (Row(), SECRET | {"password": "123456789"}),
        (Row(), SECRET | {"password": "mật khẩu"}),
    ],
)
async def test_a_row_that_cannot_work_is_refused_at_the_start_and_shows_no_secret(row, secret):
    with pytest.raises(Misconfigured, match="provider smsc") as raised:
        connect(row, secret, Kept(), table=Rows(), clock=lambda: None, marks_key=b"", limit_s=1.0)
    assert secret.get("password", "none") not in str(raised.value)
    assert "ậ" not in str(raised.value)
