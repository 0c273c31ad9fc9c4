"""An attempt can be asked after: what was never begun never will be, and what came is known."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.mail.turns import ASKED, BEGUN, Beginning, Turns
from services.notify.channels.mail.words import Meaning
from shared.errors import Unknown
from tests.services.notify.channels.mail.posting import channel, findings, message
from tests.services.notify.channels.mail.servers import DROP, Office, Script, aiosmtpd, scripted
from tests.services.payment.webhooks.memory import Table

AT = datetime(2026, 11, 20, tzinfo=UTC)
HANDED = Meaning("handed", "", "Q1")


def turns(table: Table) -> Turns:
    return Turns(table, lambda: AT)


async def test_what_was_begun_is_in_doubt_until_its_answer_is_kept() -> None:
    own = turns(Table())
    assert await own.begin("a") is None
    assert await own.ask(["a", "b"]) == {"a": BEGUN, "b": ASKED}
    await own.came("a", HANDED)
    assert await own.ask(["a"]) == {"a": HANDED}


async def test_when_a_mail_was_begun_and_by_whom_is_known_and_of_no_other() -> None:
    table = Table()
    own = turns(table)
    await Turns(table, lambda: AT, "mail-a").begin("a")
    await own.ask(["b"])
    await table.insert_missing([{"_id": "begun/old", "at": AT, "by": "mail"}])
    begun = await own.begun(["a", "b", "c", "old"])
    assert begun == {"a": Beginning(AT, "mail-a"), "old": Beginning(AT, "")}


async def test_what_was_asked_after_before_it_was_begun_is_begun_no_more() -> None:
    own = turns(Table())
    assert await own.ask(["a"]) == {"a": ASKED}
    assert await own.begin("a") == ASKED
    assert await own.ask(["a"]) == {"a": ASKED}


async def test_nobody_begins_twice() -> None:
    own = turns(Table())
    assert await own.begin("a") is None
    assert await own.begin("a") == BEGUN


@given(st.lists(st.sampled_from(["begin", "ask"]), min_size=2, max_size=6))
def test_in_whichever_order_no_mail_goes_over_that_was_said_to_be_absent(order: list[str]) -> None:
    async def run() -> None:
        own = turns(Table())

        async def one(what: str) -> str:
            if what == "begin":
                return "goes" if await own.begin("a") is None else ""
            return (await own.ask(["a"]))["a"].finding

        said = await asyncio.gather(*map(one, order))
        assert not ("goes" in said and "absent" in said)
        assert said.count("goes") <= 1

    asyncio.run(run())


async def test_a_store_that_does_not_answer_lets_no_mail_go_and_no_question_be_answered() -> None:
    table = Table()
    table.fails = lambda: True
    own = turns(table)
    assert await own.begin("a") == Meaning("absent", "not_begun")
    with pytest.raises(Unknown):
        await own.ask(["a"])
    await own.came("a", HANDED)  # it stays in doubt
    table.fails = lambda: False
    assert (await own.ask(["a"]))["a"].finding != "handed"


# ---- in the channel


async def test_after_a_crash_only_what_was_under_way_is_in_doubt() -> None:
    office, table = Office(), Table()
    async with aiosmtpd(office) as port, channel(port, "?connections=1", table=table) as mail:
        await findings(mail, message(1), message(2, "nobody@mail.test"))
        await findings(mail, message(3, "drop@mail.test"))
    async with channel(port, table=table) as after:  # another process
        asked = await after.ask([message(n).key for n in (1, 2, 3, 4)])
    assert [(a.finding, a.reason, a.gateway_id) for a in asked] == [
        ("handed", "", "Q1"),
        ("rejected", "no_such_user", ""),
        ("unknown", "cannot_be_asked", ""),
        ("absent", "not_begun", ""),
    ]


async def test_a_mail_that_was_said_to_be_absent_does_not_go_over_late() -> None:
    office, table = Office(), Table()
    async with aiosmtpd(office) as port, channel(port, table=table) as mail:
        await mail.ask([message(1).key])
        assert await findings(mail, message(1), message(2)) == [
            ("absent", "not_begun"),
            ("handed", ""),
        ]
    assert len(office.taken) == 1


async def test_without_its_rows_no_mail_goes_over() -> None:
    office, table = Office(), Table()
    table.fails = lambda: True
    async with aiosmtpd(office) as port, channel(port, table=table) as mail:
        assert await findings(mail, message(1)) == [("absent", "not_begun")]
    assert office.taken == []


async def test_another_line_is_the_same_turn() -> None:
    script, table = Script(), Table()
    async with (
        scripted(script) as port,
        channel(port, "?connections=1", table=table) as mail,
    ):
        await findings(mail, message(1))
        script.step, script.answer, script.times = "RCPT", DROP, 1
        assert await findings(mail, message(2)) == [("handed", "")]
