"""Whose a receipt is: found, waited for, and refused in the end."""

import asyncio
from datetime import UTC, datetime

import smpp34

from services.notify.channels.smpp.hearing import PATIENCE_S, Hearing
from services.notify.channels.smpp.sent import Sent
from services.notify.channels.smpp.submitting import Options, reference
from services.notify.channels.smpp.wire import Frames, Pdu
from tests.services.notify.channels.smpp.side import MARKS, Kept, Rows, message

KEY = message().key
NUMBER, OTHER = "0912345678", "0987654321"
OK, AGAIN, NEVER = 0x00, 0x64, 0x65


class Setup:
    def __init__(self, options: Options | None = None) -> None:
        self.now = datetime(2026, 11, 20, 8, tzinfo=UTC)
        self.now_s = 0.0
        self.rows, self.kept = Rows(), Kept()
        self.options = options or Options()
        self.restart()

    def restart(self) -> None:
        self.sent = Sent("smsc", self.rows, lambda: self.now, self.options, MARKS)
        self.hearing = Hearing("smsc", self.sent, self.kept, lambda: self.now_s)

    async def take(self, *pdus: Pdu, under_way=()) -> list[int]:
        return await self.hearing.take(pdus, lambda: list(under_way))


async def whose(setup: Setup, number: str = NUMBER) -> list[str]:
    heard = ("7b", setup.sent.mark(number))
    return [one.key for one in (await setup.sent.whose([heard])).values()]


def receipt(id_: str = "7b", tag: int | None = None, text: str | None = None) -> Pdu:
    tlvs = [] if tag is None else [smpp34.Tlv(0x0204, tag.to_bytes(2))]
    said = f"id:{id_} stat:DELIVRD err:000" if text is None else text
    made = smpp34.DeliverSm("84912345678", "M", said.encode(), esm_class=4, tlvs=tlvs)
    [pdu] = Frames().feed(made.encode())
    return pdu


async def test_a_receipt_of_nobodys_comes_again_and_is_refused_in_the_end():
    setup = Setup()
    assert await setup.take(receipt()) == [AGAIN]
    setup.now_s = PATIENCE_S - 1
    assert await setup.take(receipt()) == [AGAIN]
    setup.now_s = PATIENCE_S
    assert await setup.take(receipt()) == [NEVER]
    assert setup.hearing.counts == {"not_known_yet": 2, "not_ours": 1, "taken": 0}


async def test_a_receipt_waits_for_the_answers_that_are_under_way():
    setup = Setup()
    answer = asyncio.get_running_loop().create_future()
    taking = asyncio.create_task(setup.take(receipt(), under_way=[answer]))
    await asyncio.sleep(0)
    setup.sent.note(KEY, ["7b"], NUMBER)
    answer.set_result(None)
    assert await taking == [OK]
    assert [r.key for r in setup.kept.receipts] == [KEY]


async def test_a_row_of_another_process_says_whose_it_is():
    setup = Setup()
    setup.sent.note(KEY, ["7b"], NUMBER)
    await setup.sent.keep()
    setup.restart()
    assert await setup.take(receipt(tag=reference(KEY))) == [OK]
    assert [r.key for r in setup.kept.receipts] == [KEY]


async def test_an_id_that_came_round_again_is_the_newest_ones():
    setup = Setup()
    setup.sent.note("old", ["7b"], NUMBER)
    await setup.sent.keep()
    setup.now = datetime(2026, 12, 5, tzinfo=UTC)
    setup.sent.note(KEY, ["7b"], NUMBER)
    await setup.sent.keep()
    setup.restart()
    assert await whose(setup) == [KEY]


async def test_an_id_of_last_month_is_known_and_one_of_long_ago_is_not():
    setup = Setup()
    setup.sent.note(KEY, ["7b"], NUMBER)
    await setup.sent.keep()
    for now, found in (
        (datetime(2026, 12, 20, tzinfo=UTC), 1),
        (datetime(2027, 2, 1, tzinfo=UTC), 0),
    ):
        setup.now = now
        setup.restart()
        assert len(await whose(setup)) == found


async def test_another_reference_than_ours_means_another_message():
    setup = Setup()
    setup.sent.note(KEY, ["7b"], NUMBER)
    assert await setup.take(receipt(tag=reference(KEY) ^ 1)) == [AGAIN]
    assert setup.kept.receipts == []


async def test_an_id_written_in_two_ways_is_found():
    setup = Setup(Options(answer_ids="hex", receipt_ids="decimal"))
    setup.sent.note(KEY, ["0000007B"], NUMBER)
    assert await setup.take(receipt("123")) == [OK]


async def test_a_doubt_is_settled_once_by_number_and_reference():
    setup = Setup()
    setup.hearing.doubt(KEY, "84912345678")
    tag = reference(KEY)
    assert await setup.take(receipt(tag=tag ^ 1), receipt("7c", tag)) == [AGAIN, OK]
    assert await setup.sent.message_ids([KEY]) == {KEY: ("7c",)}
    assert await setup.take(receipt("7d", tag)) == [AGAIN]


async def test_two_doubts_that_cannot_be_told_apart_stay_doubts():
    setup = Setup()
    twin = next(k for k in (f"{n}" for n in range(1 << 20)) if reference(k) == reference(KEY))
    setup.hearing.doubt(KEY, "84912345678")
    setup.hearing.doubt(twin, "84912345678")
    assert await setup.take(receipt(tag=reference(KEY))) == [AGAIN]


async def test_one_bad_receipt_spoils_no_other():
    setup = Setup()
    setup.sent.note(KEY, ["7b"], NUMBER)
    garbled = receipt()._replace(octets=receipt().octets[:-4])
    said = await setup.take(receipt(text="id:1"), garbled, receipt(), receipt(text="id:1 stat:?"))
    assert said == [NEVER, NEVER, OK, NEVER]
    assert setup.hearing.counts == {
        "malformed_no_state": 1,
        "malformed_pdu": 1,
        "malformed_unknown_state": 1,
        "taken": 1,
    }


async def test_what_is_underway_is_answered_and_not_handed_on():
    setup = Setup()
    setup.sent.note(KEY, ["7b"], NUMBER)
    assert await setup.take(receipt(text="id:7b stat:ACCEPTD")) == [OK]
    assert setup.kept.receipts == []


async def test_rows_that_cannot_be_read_mean_again():
    setup = Setup()
    setup.rows.is_down = True
    assert await setup.take(receipt(), receipt(text="STOP")) == [AGAIN, NEVER]
    assert setup.hearing.counts["not_kept"] == 1


async def test_an_id_of_the_same_month_is_the_newest_ones_also_in_other_processes():
    setup = Setup()
    setup.sent.note("old", ["7b"], OTHER)
    await setup.sent.keep()
    other = Sent("smsc", setup.rows, lambda: setup.now, marks_key=MARKS)
    other.note(KEY, ["7b"], NUMBER)
    await other.keep()
    assert await setup.take(receipt()) == [OK]
    assert [r.key for r in setup.kept.receipts] == [KEY], "though we remember the old one"


async def test_a_receipt_from_another_handset_is_nobodys():
    setup = Setup()
    setup.sent.note(KEY, ["7b"], OTHER)
    await setup.sent.keep()
    for _ in range(2):
        assert await setup.take(receipt()) == [AGAIN]
        setup.restart()
    assert setup.kept.receipts == []
    assert OTHER[1:] not in f"{setup.rows.rows}"


async def test_rows_that_are_written_again_stay():
    setup = Setup()
    for _ in range(2):
        setup.sent.note(KEY, ["7b"], NUMBER)
        assert await setup.sent.keep() == [KEY]
    assert setup.rows.writes == 2
