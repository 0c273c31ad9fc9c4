"""One call that names many payments, as a bank's camt.054 does."""

import msgspec
import pytest

from services.payment.callbacks import Callbacks, Near
from services.payment.gateways import Call, Notice
from services.payment.gateways.vnpay.gateway import RSP_CODES, Vnpay
from services.payment.set_aside import SetAside
from shared import events
from shared.errors import Unknown
from shared.gather import Gather

MANY = 500
OF = "019aa0a5-b1c0-7d3e-8f4a-"  # the id of each order's application, and its number


class Several(Vnpay):
    """A partner that says many things in one call."""

    def __init__(self, partner, notices):
        super().__init__(partner)
        self._notices = notices

    def read_callback(self, call, at):
        return self._notices


class Edge:
    """The callbacks of a process that has opened none of these orders itself."""

    def __init__(self, ordered, latest, notices):
        self.found, self.read = [], []
        self._latest, self._ordered = latest, ordered
        nowhere = Near(lambda _: None, lambda _: None)
        self._callbacks = Callbacks(
            Several(ordered.partner, notices),
            Gather(self._find, 0.0).get,
            Gather(self._decisions, 0.0).get,
            nowhere,
            ordered.publisher,
            SetAside("vnpay", ordered.publisher, ordered.seal),
            lambda: ordered.a.now,
        )

    async def _find(self, references):
        self.found.append(references)
        return {r: f"{OF}{int(r[3:]):012x}" for r in references if r.startswith("DVC")}

    async def _decisions(self, applications):
        self.read.append(applications)
        return {a: self._with(f"DVC{int(a.removeprefix(OF), 16)}") for a in applications}

    def _with(self, reference):
        attempt = msgspec.structs.replace(self._latest.state.attempts[0], reference=reference)
        state = msgspec.structs.replace(self._latest.state, attempts=(attempt,))
        return msgspec.structs.replace(self._latest, state=state)

    async def take(self):
        answer = await self._callbacks.take(Call(b""))
        said = msgspec.json.decode(answer.body)["RspCode"]
        return {code: verdict for verdict, (code, _) in RSP_CODES.items()}[said]


@pytest.fixture
async def an_edge(ordered, a):
    latest = await ordered.journal.latest(a.application)
    return lambda *notices: Edge(ordered, latest, notices)


def paid(n, reference=None, amount_vnd=16_000):
    return Notice(reference or f"DVC{n}", f"T{n}", amount_vnd, "paid", "BOOK")


def ids(ordered):
    return [events.decode(record.value).id for record in ordered.inbox()]


async def test_however_many_payments_a_call_names_each_look_up_is_made_once(an_edge, ordered):
    edge = an_edge(*(paid(n) for n in range(MANY)))

    assert await edge.take() == "recorded"
    assert [len(asked) for asked in edge.found] == [MANY]
    assert [len(asked) for asked in edge.read] == [MANY]
    assert ids(ordered) == [f"DVC{n}/T{n}/BOOK/16000" for n in range(MANY)], "as they were named"


async def test_what_is_named_twice_in_a_call_is_appended_once(an_edge, ordered):
    assert await an_edge(paid(1), paid(1)).take() == "recorded"
    assert ids(ordered) == ["DVC1/T1/BOOK/16000"]


async def test_a_call_that_comes_again_is_appended_no_more(an_edge, ordered):
    edge = an_edge(*(paid(n) for n in range(3)))

    assert [await edge.take(), await edge.take()] == ["recorded", "already_final"]
    assert len(ordered.inbox()) == 3


@pytest.mark.parametrize(
    ("worse", "verdict"),
    [
        (paid(7, reference="unknown"), "unknown_order"),
        (paid(7, amount_vnd=15_999), "amount_differs"),
    ],
)
async def test_the_gravest_verdict_answers_and_the_rest_is_appended(
    an_edge, ordered, worse, verdict
):
    assert await an_edge(paid(1), worse, paid(2)).take() == verdict
    assert {"DVC1/T1/BOOK/16000", "DVC2/T2/BOOK/16000"} <= {*ids(ordered)}


async def test_while_the_log_is_in_doubt_the_whole_call_is_to_come_again(an_edge, ordered):
    edge = an_edge(*(paid(n) for n in range(3)))
    ordered.log.doubt = Unknown("no answer from the log")
    assert await edge.take() == "call_again"

    ordered.log.doubt = None
    assert await edge.take() == "recorded"
    assert len(ordered.inbox()) == 3
