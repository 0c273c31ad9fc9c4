"""What nobody can place is kept, so that an operator sees all of it, and forgers fill no log."""

import asyncio

import pytest

from services.payment.gateways import Call, Refused
from services.payment.set_aside import CUT_BYTES, FORGED_LIMIT, SetAside
from shared import events
from shared.errors import Unknown
from shared.vault import dead_letter_sealer, open_dead_letter
from tests.services.payment.office import MASTER

LONG = Call(body=b"<a>" + b"x" * (256 << 10) + b"<the entry/>")


@pytest.fixture
def aside(counter):
    return SetAside("vnpay", counter.publisher, dead_letter_sealer(MASTER))


def ids(counter):
    return [events.decode(r.value).id for r in counter.log.records]


def kept(letter) -> bytes:
    return open_dead_letter(MASTER, letter.sealed)


async def test_a_genuine_call_is_kept_whole_however_long_it_is(counter, aside, a):
    await aside.keep("no order", "reference", LONG, a.now)
    await aside.refused(Refused("unreadable", "another form"), Call(body=LONG.body + b"2"), a.now)

    assert [(kept(x)[-3:], x.truncated) for x in counter.dead()] == [
        (b"y/>", False),
        (b"/>2", False),
    ]


async def test_two_things_of_one_call_are_two_letters_of_which_one_has_it_whole(counter, aside, a):
    places = ["first", "second", "third"]
    await asyncio.gather(
        *(aside.keep("no order", "reference", LONG, a.now, place=p) for p in places)
    )

    named = ids(counter)
    assert len(set(named)) == 3
    assert len({id_.rpartition("/")[0] for id_ in named}) == 1
    assert [(len(kept(x)), x.truncated) for x in counter.dead()] == [
        (len(LONG.body), False),
        *[(CUT_BYTES, True)] * 2,
    ]


async def test_the_same_call_again_is_the_same_letter(counter, aside, a):
    for _ in range(2):
        await aside.keep("no order", "reference", LONG, a.now, place="first")

    assert len(set(ids(counter))) == 1


async def test_what_could_not_be_kept_whole_is_kept_whole_the_next_time(counter, aside, a):
    counter.log.doubt = Unknown("no answer from the log")
    with pytest.raises(Unknown):
        await aside.keep("no order", "reference", LONG, a.now)
    counter.log.doubt = None

    await aside.keep("no order", "reference", LONG, a.now)

    assert [x.truncated for x in counter.dead()] == [False]


async def test_what_is_theirs_and_not_about_us_is_kept_however_often_it_comes(counter, aside, a):
    for n in range(FORGED_LIMIT + 5):
        other = Refused("unknown_order", "another account", "merchant")
        await aside.refused(other, Call(body=b"%d" % n), a.now)

    assert len(counter.dead()) == FORGED_LIMIT + 5


async def test_what_is_not_genuine_is_kept_cut(counter, aside, a):
    await aside.refused(Refused("not_genuine", "another signature"), LONG, a.now)

    [letter] = counter.dead()
    assert (len(kept(letter)), letter.size, letter.truncated) == (CUT_BYTES, len(LONG.body), True)
