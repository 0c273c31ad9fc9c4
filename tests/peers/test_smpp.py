"""SMPP as npm `smpp` understands it: a message centre and a client, not of our making."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from services.notify.channels.smpp.statuses import STATUSES
from services.notify.channels.smpp.submitting import reference
from shared.effects import NotCalled
from tests.peers.asking import needs
from tests.peers.smpp_peer import peer
from tests.services.notify.channels.smpp.side import (
    SECRET,
    Kept,
    Rows,
    centre,
    channel,
    message,
    until,
)

pytestmark = needs("smpp")

LONG = "Hồ sơ của bạn đã được tiếp nhận. " * 6


@asynccontextmanager
async def bound(query: str = "", form: str = "both", limit_s: float = 10.0):
    """Their centre, our channel bound to it, and the receipts that we keep."""
    kept = Kept()
    async with peer(role="centre", password=SECRET["password"], form=form) as theirs:
        [listening] = await theirs.hears("listening")
        async with channel(listening["port"], Rows(), kept, query, limit_s) as ours:
            await until(ours.is_bound)
            yield theirs, ours, kept


async def test_their_centre_takes_our_bind_and_our_goodbye():
    async with bound() as (theirs, ours, _):
        assert await theirs.hears("bound") == [
            {"event": "bound", "system_id": "motcua", "version": 0x34}
        ]
        await ours.aclose()
        await theirs.hears("unbound")
        await theirs.hears("closed")


async def test_their_centre_reads_a_message_as_we_mean_it():
    async with bound() as (theirs, ours, _):
        [answer] = await ours.send([message(urgent=True)])
        assert (answer.finding, answer.gateway_id) == ("handed", "peer-1")
        [heard] = await theirs.hears("submitted")
        assert heard == {
            "event": "submitted",
            "source_addr_ton": 5,
            "source_addr_npi": 0,
            "source_addr": "MOTCUA",
            "dest_addr_ton": 1,
            "dest_addr_npi": 1,
            "destination_addr": "84912345678",
            "esm_class": 0,
            "priority_flag": 1,
            "validity_period": heard["validity_period"],  # they make a date of it
            "registered_delivery": 1,
            "data_coding": 0,
            "user_message_reference": reference(answer.key),
            "payload": False,
            "text": "Ho so da duoc tiep nhan.",
        }


@pytest.mark.parametrize("text", ["Hồ sơ 😀 đã được tiếp nhận.", "{[€]} ~ @ à _ $ ¥ Ω"])
async def test_their_centre_reads_both_alphabets(text):
    async with bound(form="none") as (theirs, ours, _):
        await ours.send([message(text=text)])
        [heard] = await theirs.hears("submitted")
        assert heard["text"] == text


async def test_their_centre_reads_a_long_text_in_each_form():
    async with bound("?long=payload", form="none") as (theirs, ours, _):
        await ours.send([message(text=LONG)])
        [heard] = await theirs.hears("submitted")
        assert (heard["payload"], heard["text"]) == (True, LONG)
    async with bound("?long=udh", form="none") as (theirs, ours, _):
        await ours.send([message(text=LONG)])
        parts = await theirs.hears("submitted", 3)
        assert "".join(p["text"] for p in parts) == LONG
        tag = reference(message().key).to_bytes(2)
        assert [p["udh"][0]["data"] for p in parts] == [[8, 4, *tag, 3, n] for n in (1, 2, 3)]
        assert [p["registered_delivery"] for p in parts] == [1, 1, 1]
    async with bound("?long=sar", form="none") as (theirs, ours, _):
        await ours.send([message(text=LONG)])
        parts = await theirs.hears("submitted", 3)
        assert "".join(p["text"] for p in parts) == LONG
        assert [(p["sar_total_segments"], p["sar_segment_seqnum"]) for p in parts] == [
            (3, 1),
            (3, 2),
            (3, 3),
        ]


@pytest.mark.parametrize("form", ["text", "optional", "both"])
async def test_their_receipts_are_read_and_answered_for(form):
    async with bound(form=form) as (theirs, ours, kept):
        answers = await ours.send([message(n) for n in (1, 2, 3)])
        answered = await theirs.hears("answered", 3)
        assert {a["status"] for a in answered} == {0}
        assert {(r.key, r.delivered, r.gateway_id) for r in kept.receipts} == {
            (a.key, True, a.gateway_id) for a in answers
        }


async def test_their_receipt_before_the_answer_is_taken():
    async with bound() as (theirs, ours, kept):
        await theirs.tell(do="early")
        [answer] = await ours.send([message()])
        [answered] = await theirs.hears("answered")
        assert answered["status"] == 0
        assert [r.key for r in kept.receipts] == [answer.key]


async def test_a_receipt_that_is_not_kept_is_told_to_come_again_and_nonsense_is_refused():
    async with bound(form="none") as (theirs, ours, kept):
        [answer] = await ours.send([message()])
        kept.is_down = True
        told = {"source_addr": "84912345678", "destination_addr": "MOTCUA", "esm_class": 4}
        text = f"id:{answer.gateway_id} stat:DELIVRD"
        await theirs.tell(do="deliver", short_message=text, **told)
        await theirs.hears("answered")
        await theirs.tell(do="deliver", short_message="id:1 stat:SOLD", **told)
        answered = await theirs.hears("answered", 2)
        kept.is_down = False
        await theirs.tell(do="deliver", short_message=text, **told)
        answered = await theirs.hears("answered", 3)
        assert [a["status"] for a in answered] == [0x64, 0x65, 0]
        assert [r.key for r in kept.receipts] == [answer.key]


async def test_a_message_that_they_throttle_is_handed_over_again_and_has_one_receipt():
    async with bound() as (theirs, ours, kept):
        await theirs.tell(do="refuse", status=0x58, count=2)
        [answer] = await ours.send([message()])
        assert (answer.finding, answer.gateway_id) == ("handed", "peer-1")
        await theirs.hears("answered")
        assert len(theirs.heard("submitted")) == 3
        assert [r.key for r in kept.receipts] == [answer.key]


async def test_their_throttling_without_an_end_is_absent_for_now():
    async with bound(limit_s=1.0) as (theirs, ours, _):
        await theirs.tell(do="refuse", status=0x14, count=100)
        [answer] = await ours.send([message()])
        assert (answer.finding, answer.reason) == ("absent", "queue_full")


async def test_a_bind_that_they_drop_with_a_message_on_its_way_leaves_it_unknown():
    async with bound() as (theirs, ours, _):
        await theirs.tell(do="silent", count=1)
        sending = asyncio.create_task(ours.send([message()]))
        await theirs.hears("submitted")
        await theirs.tell(do="drop")
        [answer] = await sending
        assert answer.finding == "unknown"
        await theirs.hears("bound", 2)
        await until(ours.is_bound)
        assert [a.finding for a in await ours.send([message(2)])] == ["handed"]
        assert len(theirs.heard("submitted")) == 2


async def test_their_unbind_is_answered_and_the_bind_made_again():
    async with bound() as (theirs, ours, _):
        await theirs.tell(do="unbind")
        await theirs.hears("bound", 2)
        await until(ours.is_bound)
        assert [a.finding for a in await ours.send([message()])] == ["handed"]


async def test_signs_of_life_are_given_both_ways():
    async with bound("?enquire_s=0.2") as (theirs, _, _):
        await theirs.hears("enquired", 2)
        await theirs.tell(do="enquire")
        [alive] = await theirs.hears("alive")
        assert alive["status"] == 0
        assert len(theirs.heard("bound")) == 1


async def test_their_centre_is_asked_after_a_message():
    async with bound(form="none") as (theirs, ours, kept):
        [answer] = await ours.send([message()])
        [asked] = await ours.ask([answer.key])
        assert asked.finding == "handed"
        assert [q["id"] for q in theirs.heard("queried")] == ["peer-1"]
        assert [(r.key, r.delivered) for r in kept.receipts] == [(answer.key, True)]


async def test_their_refusal_of_a_password_is_understood():
    async with peer(role="centre", password="other", form="both") as theirs:
        [listening] = await theirs.hears("listening")
        async with channel(listening["port"], Rows(), Kept()) as ours:
            await until(lambda: "invalid_password" in ours._why)
            with pytest.raises(NotCalled):
                await ours.send([message()])


async def test_every_status_of_ours_is_one_of_theirs():
    async with peer(role="errors") as theirs:
        [errors] = await theirs.hears("errors")
        of_3_4 = {v for k, v in errors.items() if k != "event" and v < 0x100}
        assert of_3_4 == set(STATUSES)


# ---- the sandbox, to their client


async def test_their_client_is_served_by_the_sandbox():
    told = {"source_addr": "MOTCUA", "registered_delivery": 1, "user_message_reference": 513}
    texts = ["Ho so", "Hồ sơ 😀", LONG]
    messages = [
        told | {"destination_addr": "84912345678"} | body
        for body in (
            {"short_message": texts[0]},
            {"short_message": texts[1]},
            {"message_payload": texts[2], "data_coding": 8},
        )
    ]
    async with (
        centre() as (made, _, port),
        peer(role="client", port=port, messages=messages, **SECRET) as theirs,
    ):
        await theirs.hears("unbound")
        assert theirs.heard("bound") == [
            {"event": "bound", "status": 0, "system_id": "sandbox-smsc"}
        ]
        submitted = theirs.heard("submitted")
        assert {s["status"] for s in submitted} == {0}
        delivered = theirs.heard("delivered")
        assert {d["id"] for d in delivered} == {s["id"] for s in submitted}
        assert {(d["esm_class"], d["state"], d["reference"]) for d in delivered} == {(4, 2, 513)}
        assert all(d["text"].startswith(f"id:{d['id']} sub:001 dlvrd:001") for d in delivered)
        assert [q["state"] for q in theirs.heard("queried")] == [2]
        assert [u["status"] for u in theirs.heard("alive") + theirs.heard("unbound")] == [0, 0]
        assert made.outbox(counts=False)["handsets"] == {"8491***678": texts}


async def test_their_client_with_a_wrong_password_is_refused_by_the_sandbox():
    wrong = SECRET | {"password": "other"}
    async with (
        centre() as (_, _, port),
        peer(role="client", port=port, messages=[], **wrong) as theirs,
    ):
        [said] = await theirs.hears("bound")
        assert said["status"] == 0x0E
