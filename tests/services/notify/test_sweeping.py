"""What is kept for a time is forgotten after it, and nothing that somebody may still ask for."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.notify.channels.mail.turns import ASKED, KEPT_FOR, Turns
from services.notify.channels.mail.words import Meaning
from services.notify.channels.smpp.sent import LATE, Sent, sweep
from services.notify.settings import NotifySettings
from services.notify.sweeping import PAGE, forget, keep_sweeping
from shared.errors import Unknown

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Desk:
    """A table of its own, and a clock to turn."""

    def __init__(self, rows) -> None:
        self.rows, self.at = rows, AT

    def sent(self, provider: str) -> Sent:
        return Sent(provider, self.rows, lambda: self.at)


@pytest.fixture
def desk(rows) -> Desk:
    return Desk(rows)


async def test_a_mail_can_be_asked_after_for_its_time_and_its_rows_are_gone_after_it(desk):
    own = Turns(desk.rows, lambda: desk.at)
    for n in range(PAGE + 5):
        await own.begin(f"old-{n}")
    await own.came("old-0", Meaning("handed"))
    desk.at += timedelta(days=1)
    await own.begin("young")
    desk.at = AT + KEPT_FOR
    await own.sweep()
    assert len(desk.rows.rows) == PAGE + 7, "not yet"
    desk.at += timedelta(seconds=1)
    await own.sweep()
    assert list(desk.rows.rows) == ["begun/young"]


def test_a_mail_is_forgotten_long_after_the_last_question():
    asks_s = sum(NotifySettings().notice_ask_after_s)
    assert timedelta(seconds=asks_s) * 10 < KEPT_FOR
    assert ASKED.finding == "absent", "which is why"


async def test_message_ids_are_forgotten_when_nobody_looks_for_them_any_more(desk):
    for provider in ("smsc", "smsc-2", "a", "gone/away"):
        sent = desk.sent(provider)
        sent.note(f"old-key-{provider}", [f"old-{provider}"], "")
        await sent.keep()
    desk.at += timedelta(days=28)
    for provider in ("smsc", "a"):
        sent = desk.sent(provider)
        sent.note(f"young-key-{provider}", ["young"], "")
        await sent.keep()
    await sweep(desk.rows, desk.at)
    found = await desk.sent("smsc").whose([("old-smsc", "")])
    assert [one.key for one in found.values()] == ["old-key-smsc"]
    assert len(desk.rows.rows) == 12, "a receipt of last month is still ours"
    desk.at = datetime(2026, 12, 1, tzinfo=UTC) + LATE
    await sweep(desk.rows, desk.at)
    assert sorted(desk.rows.rows) == [
        "id/a/2026-12/young",
        "id/smsc/2026-12/young",
        "key/young-key-a",
        "key/young-key-smsc",
    ]


async def test_many_months_are_forgotten_page_by_page(desk):
    sent = Sent("smsc", desk.rows, lambda: desk.at, limit=9_999)
    for n in range(2 * PAGE + 5):
        sent.note(f"key-{n}", [f"{n}"], "")
    await sent.keep()
    desk.at += timedelta(days=99)
    await sweep(desk.rows, desk.at)
    assert desk.rows.rows == {}


async def test_of_a_range_only_what_is_over_goes(desk):
    await desk.rows.insert_missing([{"_id": f"a/{n}", "n": n} for n in range(9)])
    await desk.rows.insert_missing([{"_id": "b/0", "n": 0}])
    await forget(desk.rows, ("a/", "a0"), lambda row: row["n"] < 8)
    assert sorted(desk.rows.rows) == ["a/8", "b/0"]


async def test_a_database_that_does_not_answer_is_asked_again_the_next_time():
    tries, enough = [], asyncio.Event()

    async def sweep_badly() -> None:
        tries.append(1)
        if len(tries) == 3:
            enough.set()
        raise Unknown("no primary")

    task = asyncio.create_task(keep_sweeping(sweep_badly, every_s=0.0))
    await enough.wait()
    task.cancel()
