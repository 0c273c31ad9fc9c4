"""SMS over SMPP 3.4, one bind as transceiver: its words, and ours.

    submit_sm_resp, a status            `smpp.statuses` has all of them
    the bind gone before it was written deferred; with all of a call: not called
    the bind gone, or silence, after    unknown
    query_sm_resp, any state            handed; a final state is as good as a receipt
    a receipt                           `smpp.hearing`, `smpp.told`

SMPP has no reference of the sender's that makes a submit_sm idempotent, and nothing to ask by but
the message id in its answer.  So what is unknown is never sent again: the kernel claims a key
before the call, `ask` knows what was taken (`smpp.sent`) and what nobody had begun (`smpp.begun`),
and a receipt that echoes `user_message_reference` settles an attempt whose answer was lost.  What
nothing settles ends as `outcome_unknown`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import structlog

from services.notify.channels import Message, Row
from services.notify.channels.receipts import Receipts
from services.notify.channels.smpp import statuses, wire
from services.notify.channels.smpp.account import Place, read
from services.notify.channels.smpp.asking import Asking, found
from services.notify.channels.smpp.begun import Begun
from services.notify.channels.smpp.figures import Figures
from services.notify.channels.smpp.hearing import Hearing
from services.notify.channels.smpp.pace import Pace, back_off_s
from services.notify.channels.smpp.sent import KEEP_LIMIT_S, Sent
from services.notify.channels.smpp.session import BIND_LOST, NO_ANSWER, Heard, Limits, Session
from services.notify.channels.smpp.submitting import Make, international, pieces, source
from services.notify.channels.smpp.text import Unfit
from services.notify.channels.smpp.wire import Pdu
from shared.clock import Clock
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.notify import Answered
from shared.store import Table

THROTTLED = frozenset(statuses.status(code).name for code in statuses.THROTTLED)
GONE = frozenset({BIND_LOST, NO_ANSWER})  # before anything was written
TOO_LATE = "too_late"
NOT_TAKEN = frozenset({"absent", "deferred", "rejected"})
STEADY_S = 10.0  # a bind that lasted so long was a good one

_log = structlog.get_logger("smpp")


def connect(
    row: Row,
    secret: Mapping[str, str],
    receipts: Receipts,
    *,
    table: Table,
    clock: Clock,
    marks_key: bytes,
    limit_s: float,
) -> "SmsSmpp":
    """Return the channel of a row; its `run` keeps it bound.  Raises `Misconfigured`.

    `table` keeps message ids, with numbers hashed by `marks_key`; a call of `limit_s` is answered
    within it.
    """
    place = read(row, secret)
    sent, begun = Sent(row.name, table, clock, place.options, marks_key), Begun(table, clock)
    hearing = Hearing(row.name, sent, receipts)
    return SmsSmpp(row, place, sent, begun, hearing, clock, limit_s)


class SmsSmpp:
    """A provider's SMSC, as notify's effects use it."""

    def __init__(
        self,
        row: Row,
        place: Place,
        sent: Sent,
        begun: Begun,
        hearing: Hearing,
        clock: Clock,
        limit_s: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.hearing = hearing
        self.figures = Figures(place.options.window, receipts=hearing.counts)
        self._row, self._place, self._options = row, place, place.options
        self._sent, self._begun, self._clock = sent, begun, clock
        self._monotonic, self._sleep = monotonic, sleep
        self._starting_s = 0.5 * limit_s  # then nothing more is begun
        self._limits = Limits(
            bind_s=0.5 * limit_s, response_s=0.3 * limit_s, enquire_s=place.options.enquire_s
        )
        self._pace = Pace(place.options.rate_per_s, monotonic, sleep)
        self._window = asyncio.Semaphore(place.options.window)
        self._begins = asyncio.Lock()
        self._going = set[asyncio.Task[list[Answered]]]()  # windows that were begun
        whom, size = source(row.sender, place.options), place.options.window
        self._asking = Asking(whom, self._pace, self._window, size, self._starting_s)
        self._session: Session | None = None
        self._why = "not bound yet"
        self._closed = False

    # --- the bind

    async def run(self) -> None:
        """Stay bound until closed; whatever ends a bind, there is a next one."""
        failures = 0
        while not self._closed:
            began_s = self._monotonic()
            try:
                await self._one_bind()
                failures = 0 if self._monotonic() - began_s >= STEADY_S else failures
            except (NotCalled, OSError, TimeoutError) as error:
                self._why = str(error) or repr(error)
            if self._closed:
                return
            _log.warning("not bound", provider=self._row.name, because=self._why[:200])
            await self._sleep(back_off_s(failures, f"{self._row.name}/{began_s}"))
            failures += 1

    async def _one_bind(self) -> None:
        loop = asyncio.get_running_loop()
        session = Session(self._limits, self._arrived, self._monotonic)
        async with asyncio.timeout(self._limits.bind_s):
            await loop.create_connection(
                lambda: session, self._place.host, self._place.port, ssl=self._place.tls
            )
        try:
            await session.bind(self._place.bind)
            self._session = session
            self.figures.binds += 1
            _log.info("bound", provider=self._row.name)
            await session.serve()
        finally:
            was_bound, self._session = self._session is not None, None
            if was_bound and not session.ended.is_set():  # we are told to stop
                await self._drain()
                await session.unbind()
            self._why = session.why or self._why
            session.hang_up(self._why)

    async def _arrived(self, pdus: Sequence[Pdu]) -> list[int]:
        session = self._session
        return await self.hearing.take(pdus, session.under_way if session else list)

    def is_bound(self) -> bool:
        """Tell whether messages can go out."""
        return self._session is not None

    def under_way(self) -> int:
        """Return how many requests wait for their answers."""
        return len(self._session.under_way()) if self._session else 0

    async def aclose(self) -> None:
        """See `Channel`; `run` ends."""
        self._closed = True
        await self._drain()
        if self._session is not None:
            await self._session.unbind()
        await self._sent.keep()

    async def _drain(self) -> None:
        """Let what was begun be answered."""
        if self._going:
            await asyncio.wait(self._going, timeout=self._limits.response_s + KEEP_LIMIT_S)

    # --- sending

    async def send(self, messages: Sequence[Message]) -> list[Answered]:
        """See `Channel`.  Cut off, it begins no more; what was begun goes on, and is kept."""
        session, until_s = self._bound(), self._monotonic() + self._starting_s
        going, size = list[asyncio.Task[list[Answered]]](), self._options.window
        for at in range(0, len(messages), size):
            async with self._begins:  # of all calls one window is begun and not written yet
                written = asyncio.Event()
                some = self._hand_over(session, messages[at : at + size], until_s, written)
                going.append(asyncio.create_task(some))
                self._going.add(going[-1])
                going[-1].add_done_callback(self._going.discard)
                await written.wait()
        if going:
            await asyncio.wait(going)
        answers = [answer for some_of in going for answer in some_of.result()]
        if answers and all(a.finding == "deferred" and a.reason in GONE for a in answers):
            raise NotCalled(f"{self._row.name}: {answers[0].reason}")
        return answers

    async def _hand_over(
        self, session: Session, messages: Sequence[Message], until_s: float, written: asyncio.Event
    ) -> list[Answered]:
        """Hand over a window of messages, and keep what came of it."""
        try:
            said = await self._begin([m.key for m in messages], until_s)
            tasks = []
            for message in messages:
                if message.key not in said:
                    await self._window.acquire()
                    answer = asyncio.create_task(self._answer(session, message, until_s))
                    answer.add_done_callback(lambda _: self._window.release())
                    tasks.append(answer)
        finally:
            written.set()
        answered = {answer.key: answer for answer in await asyncio.gather(*tasks)}
        over = {key for key, answer in answered.items() if answer.finding in NOT_TAKEN}
        over.update(await self._sent.keep())
        if over:
            await self._begun.over(over)
        said |= answered
        return [said[m.key] for m in messages]

    async def _begin(self, keys: Sequence[str], until_s: float) -> dict[str, Answered]:
        """Return an answer for each that may not go out."""
        if self._monotonic() > until_s:
            return {k: Answered(key=k, finding="deferred", reason=TOO_LATE) for k in keys}
        return await self._begun.begin(keys)

    async def _answer(self, session: Session, message: Message, until_s: float) -> Answered:
        own = message if message.sender else message._replace(sender=self._row.sender)
        try:
            makes = pieces(own, self._options, self._clock())
        except Unfit as error:
            return Answered(key=message.key, finding="rejected", reason=str(error))
        ids, begun = [""] * len(makes), 0
        try:
            for number, make in enumerate(makes):
                heard = partial(self._note, message, ids, number)
                answer = await self._submit(session, message.key, make, heard, until_s)
                if answer.finding != "handed":
                    break
                begun += 1
        except NotCalled as error:
            answer = Answered(key=message.key, finding="deferred", reason=str(error))
        except Unknown as error:
            self.figures.answers[str(error)] += 1
            answer = Answered(key=message.key, finding="unknown", reason=str(error))
        if begun and answer.finding != "handed":  # some of its parts are there: never again
            answer = Answered(key=message.key, finding="unknown", reason=f"in_part_{answer.reason}")
        if answer.finding == "unknown" and len(makes) == 1:
            self.hearing.doubt(message.key, international(message.to))
        return answer

    async def _submit(
        self, session: Session, key: str, make: Make, heard: Heard, until_s: float
    ) -> Answered:
        """Hand over one PDU, again while it is throttled and there is time.  Raises `NotCalled` and
        `Unknown`.
        """
        answer = Answered(key=key, finding="deferred", reason=TOO_LATE)
        while answer.finding == "deferred" or answer.reason in THROTTLED:
            if self._monotonic() > until_s or not await self._pace.turn(until_s):
                break
            # heard also when nobody waits any more: `ask` and a receipt will want to know
            coming = session.request(wire.SUBMIT_SM, make, heard)
            self.figures.submitted += 1
            answer = self._read(key, await coming)
        return answer

    def _read(self, key: str, pdu: Pdu) -> Answered:
        said = statuses.status(pdu.status)
        self.figures.answers[said.name] += 1
        if said.name in THROTTLED:
            self._pace.slower()
        if said.word != "handed":
            return Answered(key=key, finding=said.word, reason=said.name)
        self._pace.faster()
        return Answered(key=key, finding="handed", gateway_id=wire.message_id(pdu.body))

    def _note(self, message: Message, ids: list[str], number: int, pdu: Pdu) -> None:
        """Take note of a message of which all parts were taken."""
        if pdu.status == statuses.OK:
            ids[number] = wire.message_id(pdu.body)
            if all(ids):
                self._sent.note(message.key, ids, message.to)

    # --- asking

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """See `Channel`.  What the SMSC has to say besides is heard if there is time."""
        until_s = self._monotonic() + self._starting_s
        try:
            unbegun = await self._begun.ask([k for k in keys if not self._sent.took(k)])
            taken = await self._sent.message_ids(keys)
        except Unknown as doubt:
            raise NotCalled("message ids cannot be looked up now") from doubt
        await self._sent.keep()
        if session := self._session:
            own = {key: ids for key, ids in taken.items() if ids}
            await self.hearing.hand_on(await self._asking.news(session, own, until_s))
        return [found(key, taken.get(key), key in unbegun) for key in keys]

    def _bound(self) -> Session:
        if self._session is None:
            raise NotCalled(f"{self._row.name} is not bound: {self._why}")
        return self._session
