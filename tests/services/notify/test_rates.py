"""How many go out in a second, who goes first, and that what is put off is not lost."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulation.loop import Loop
from services.notify.channels import Message
from services.notify.effects import Send
from services.notify.providers import SANDBOX, Row, read
from services.notify.rates import LATEST_S, SHARES, UNTOLD_PER_S, Rates
from shared import events
from shared.bus import Record
from shared.effects import Effects, PutOff, Request
from shared.errors import Misconfigured
from shared.events import Event, notify
from shared.partners import PATIENT, Partners

APPLICATION = "0198c0de-0000-7000-8000-{:012}"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
BULK = 10_000
RANKS = st.sampled_from(["urgent", "usual", "bulk"])


def row(**changes) -> Row:
    return msgspec.structs.replace(Row(name="sms", channel="sms", kind="sms_http"), **changes)


class Clock:
    def __init__(self, *rows: Row) -> None:
        self.now_s = 0.0
        self.rates = Rates(rows, lambda: self.now_s)

    def out(self, *ranks, provider: str = "sms") -> Counter:
        """What goes out, by rank."""
        later = self.rates.put_off(provider, ranks)
        return Counter(rank for n, rank in enumerate(ranks) if n not in later)


# ---- the rates


@given(
    rate_per_s=st.floats(0.2, 50),
    steps=st.lists(st.tuples(st.floats(0, 3), st.lists(RANKS, max_size=40)), max_size=20),
)
def test_in_no_second_more_go_out_than_the_rate_says(rate_per_s, steps):
    clock, sent = Clock(row(rate_per_s=rate_per_s)), []
    for seconds, ranks in steps:
        clock.now_s += seconds
        sent += [clock.now_s] * clock.out(*ranks).total()
    within_s = max(1.0, 2 / rate_per_s)
    for start_s in sent:
        assert sum(start_s <= s < start_s + within_s for s in sent) <= rate_per_s * within_s + 1e-6


def test_of_a_second_the_bulk_has_one_half_and_what_is_urgent_all():
    clock = Clock(row(rate_per_s=100))
    assert clock.out(*["bulk"] * 200) == {"bulk": 50}
    assert clock.out(*["usual"] * 200) == {"usual": 40}
    assert clock.out(*["urgent"] * 200) == {"urgent": 10}
    clock.now_s = 0.999
    assert clock.out("urgent") == {}
    clock.now_s = 1.0
    assert clock.out("urgent", "bulk", "usual").total() == 3


def test_of_a_batch_the_urgent_go_first():
    assert Clock(row(rate_per_s=3)).out("bulk", "usual", "urgent", "urgent", "urgent") == {
        "urgent": 3
    }


def test_rows_that_write_in_one_name_share_its_rate():
    first = row(sender="DVC", sender_rate_per_s=10)
    other = row(name="other", sender="DVC", sender_rate_per_s=10, rate_per_s=100)
    clock = Clock(first, other, row(name="mail", channel="email", sender="DVC"))
    assert clock.out(*["urgent"] * 8).total() == 8
    assert clock.out(*["urgent"] * 8, provider="other").total() == 2
    assert clock.out(*["urgent"] * 800, provider="mail").total() == 800
    wrong = msgspec.structs.replace(other, sender_rate_per_s=20)
    with pytest.raises(Misconfigured, match="other: another row gives its sender another"):
        Rates((first, wrong))


def test_where_a_row_says_nothing_only_the_bulk_has_a_rate():
    clock = Clock(row())
    assert clock.out(*["usual"] * 5_000, *["bulk"] * 5_000) == {
        "usual": 5_000,
        "bulk": UNTOLD_PER_S * SHARES["bulk"],
    }


def test_a_bind_has_the_rate_of_its_url():
    smsc = row(kind="sms_smpp", url="smpp://127.0.0.1:2775?rate_per_s=20&window=5")
    assert Clock(smsc).out(*["urgent"] * 50).total() == 20
    told = msgspec.structs.replace(smsc, rate_per_s=10)
    assert Clock(told).out(*["urgent"] * 50).total() == 10


@pytest.mark.parametrize("rates", [{"rate_per_s": -1}, {"sender_rate_per_s": -0.5}])
def test_a_rate_below_nothing_is_refused(tmp_path, rates):
    file = tmp_path / "providers.json"
    file.write_bytes(msgspec.json.encode([row(**rates)]))
    with pytest.raises(Misconfigured, match="its rates must be above 0"):
        read(file)


def test_what_is_put_off_comes_again_one_after_the_other_when_there_is_room():
    clock = Clock(row(rate_per_s=10))
    later = [*clock.rates.put_off("sms", ["bulk"] * 505).values()]
    assert len(later) == 500
    assert later[0] == 1.0
    assert {round(b - a, 9) for a, b in pairwise(later)} == {0.2}
    [urgent] = clock.rates.put_off("sms", ["urgent"] * 6).values()
    assert urgent == 1.0, "it does not wait behind the bulk"
    assert max(clock.rates.put_off("sms", ["bulk"] * 90_000).values()) == LATEST_S


def test_ten_thousand_of_a_broadcast_all_go_out_and_hardly_one_is_put_off_twice():
    clock, chance = Clock(row(rate_per_s=100)), Random(7)
    waiting, tries, out = [(0.0, n) for n in range(BULK)], Counter(), 0
    while waiting:
        clock.now_s += 0.3
        come = [n for due_s, n in waiting if due_s <= clock.now_s][:500]
        tries.update(come)
        gone = set(come)
        later = clock.rates.put_off("sms", ["bulk"] * len(come))
        waiting = [(due_s, n) for due_s, n in waiting if n not in gone] + [
            (clock.now_s + after_s * (1 + 0.2 * chance.random()), come[place])
            for place, after_s in later.items()
        ]
        out += len(come) - len(later)
    assert out == BULK
    assert clock.now_s < 1.5 * BULK / 50
    assert tries.total() < 2.5 * BULK


# ---- the effects


def request(n: int, milestone: str, *, bulk: bool = False) -> Event:
    application = APPLICATION.format(n)
    data = notify.NoticeRequested(
        key=f"{application}/{milestone}/sms/1",
        milestone=milestone,
        channel="sms",
        template="",
        language="vi",
        contact="",
        params={},
        bulk=bulk,
    )
    return Event(
        id=f"{n}",
        source="/services/notify",
        type=data.TYPE,
        subject=application,
        time=AT,
        data=msgspec.Raw(events.encode(data)),
    )


class Contacts:
    """Opens nothing, and counts what it was asked for."""

    def __init__(self) -> None:
        self.asked = 0

    async def messages(self, notices):
        self.asked += len(notices)
        return [Message(n.key, "", "", "", urgent=n.milestone == "registered") for _, n in notices]

    async def learn(self, said) -> None: ...


class Provider:
    """Takes its time, and remembers when what came."""

    def __init__(self, loop: Loop) -> None:
        self.taken: list[tuple[float, str]] = []
        self._loop = loop

    async def send(self, messages):
        self.taken += [(self._loop.time(), m.key) for m in messages]
        await asyncio.sleep(0.2 + 0.001 * len(messages))
        return [notify.Answered(key=m.key, finding="handed") for m in messages]


class Log:
    """All requests of a lane, and what is appended."""

    def __init__(self, requests) -> None:
        self.lanes = frozenset({0})
        self._records = [
            Record("notify.events", 0, n, 0, b"", events.encode(r)) for n, r in enumerate(requests)
        ]
        self.said: list[notify.Answered] = []

    async def fetch(self, max_records, wait_s):
        some, self._records = self._records[:max_records], self._records[max_records:]
        if not some:
            await asyncio.sleep(wait_s)
        return some

    async def idle(self, wait_s):
        await asyncio.sleep(wait_s)

    async def commit(self, offsets) -> None: ...

    async def append(self, batches) -> None:
        for messages in batches.values():
            for message in messages:
                data = events.decode(message.value).data
                self.said.append(msgspec.json.decode(data, type=notify.Answered))


class Claims:
    async def insert_missing(self, rows):
        return set()


def test_a_payment_deadline_passes_ten_thousand_of_a_broadcast_within_the_first_second():
    loop = Loop(Random(7))
    provider, contacts = Provider(loop), Contacts()
    urgent = request(BULK, "payment_requested")
    log = Log([*(request(n, "accepted", bulk=True) for n in range(BULK)), urgent])
    rates = Rates([row(rate_per_s=100)], loop.time)
    effects = Effects(
        "notify",
        [Send(contacts, {"sms": provider}, rates=rates)],
        claims=Claims(),
        producer=log,
        clock=lambda: AT + timedelta(seconds=loop.time()),
        monotonic=loop.time,
        lane_count=1,
        sample_ratio=0.0,
        called=lambda *_: None,
        limits=PATIENT,
        partners=Partners(PATIENT, loop.time),
    )
    task = loop.create_task(effects.serve(log))
    loop.run_until(lambda: len(log.said) > BULK, limit_s=60.0)
    loop.close()
    assert task.done() is False
    went = {key: at_s for at_s, key in provider.taken}
    assert went[f"{urgent.subject}/payment_requested/sms/1"] < 1.0
    later = [a for a in log.said if a.finding == "deferred"]
    assert len(later) + len(went) == len({a.key for a in log.said}) == BULK + 1, "nothing is lost"
    assert all(a.after_s and a.reason == "rate_exceeded" for a in later)
    assert contacts.asked == len(went), "no contact is opened for what does not go out"


def test_calls_with_the_bulk_take_nobody_elses_slots(as_request):
    send = Send(Contacts(), {}, firsts={"sms": "first"})
    data = [
        msgspec.json.decode(request(1, "accepted", bulk=b).data, type=notify.NoticeRequested)
        for b in (True, False)
    ]
    assert [send.partner(as_request(d)) for d in data] == ["first/bulk", "first"]


async def test_who_is_urgent_goes_first_within_a_call_and_nobody_is_called_for_none():
    keys = []

    class Listening(Provider):
        async def send(self, messages):
            keys.extend(m.key.split("/")[1] for m in messages)
            return [notify.Answered(key=m.key, finding="handed") for m in messages]

    send = Send(Contacts(), {"sms": Listening(None)}, rates=Rates([row(rate_per_s=3)]))
    told = [request(n, m) for n, m in enumerate(("accepted", "registered", "registered"))]
    whole = [Request(e, msgspec.json.decode(e.data, type=notify.NoticeRequested)) for e in told]
    answers = await send.call(whole)
    assert keys == ["registered", "registered"]
    assert [a.finding for a in answers] == ["deferred", "handed", "handed"]
    with pytest.raises(PutOff) as later:
        await send.call(whole[:1])
    assert [a.finding for a in later.value.outcomes] == ["deferred"]


def test_the_sandbox_keeps_nobody_waiting():
    assert Rates(read(SANDBOX)).put_off("sms", ["usual"] * 9_999) == {}
