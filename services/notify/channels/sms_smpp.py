"""SMS over SMPP 3.4, one bind as transceiver: its words, and ours.

    submit_sm_resp, a status            `smpp.statuses` has all of them
    the bind gone before it was written deferred; with all of a call: not called
    the bind gone, or silence, after    unknown
    query_sm_resp, any state            handed; a final state is as good as a receipt
    a receipt                           `smpp.hearing`, `smpp.told`

SMPP has no reference of the sender's that makes a submit_sm idempotent, and nothing to ask by but
the message id in its answer.  So what is unknown is never sent again: the kernel claims a key
before the call, `ask` knows what was taken (`smpp.sent`), and a receipt that echoes
`user_message_reference` settles an attempt whose answer was lost.  What nothing settles ends as
`outcome_unknown`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import blake2b

import structlog

from services.notify.channels import Message
from services.notify.channels.receipts import Receipts
from services.notify.channels.smpp import statuses, wire
from services.notify.channels.smpp.account import Place, Row, read
from services.notify.channels.smpp.hearing import Hearing
from services.notify.channels.smpp.pace import Pace
from services.notify.channels.smpp.sent import Sent
from services.notify.channels.smpp.session import BIND_LOST, NO_ANSWER, Limits, Session
from services.notify.channels.smpp.submitting import (
    Make,
    international,
    pieces,
    source,
)
from services.notify.channels.smpp.text import Unfit
from services.notify.channels.smpp.told import NUMBERS, WORDS
from services.notify.channels.smpp.wire import Garbled, Pdu
from shared.clock import Clock
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.notify import Answered, ReceiptArrived
from shared.store import Table

BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # before binding again, each up to half as long again
THROTTLED = frozenset(statuses.status(code).name for code in statuses.THROTTLED)
GONE = frozenset({BIND_LOST, NO_ANSWER})  # before anything was written
STEADY_S = 10.0  # a bind that lasted so long was a good one

_log = structlog.get_logger("smpp")


def connect(
    row: Row,
    secret: Mapping[str, str],
    receipts: Receipts,
    *,
    table: Table,
    clock: Clock,
    limit_s: float,
) -> "SmsSmpp":
    """Return the channel of a row; its `run` keeps it bound.  Raises `Misconfigured`.

    `table` keeps message ids; a call of `limit_s` is answered within it.
    """
    place = read(row, secret)
    sent = Sent(row.name, table, clock, place.options)
    return SmsSmpp(row, place, sent, Hearing(row.name, sent, receipts), limit_s)


class SmsSmpp:
    """A provider's SMSC, as notify's effects use it."""

    def __init__(
        self,
        row: Row,
        place: Place,
        sent: Sent,
        hearing: Hearing,
        limit_s: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.hearing = hearing
        self._row, self._place, self._options = row, place, place.options
        self._sent, self._monotonic, self._sleep = sent, monotonic, sleep
        self._starting_s = 0.5 * limit_s  # then nothing more is begun
        self._limits = Limits(
            bind_s=0.5 * limit_s, response_s=0.3 * limit_s, enquire_s=place.options.enquire_s
        )
        self._pace = Pace(place.options.rate_per_s, monotonic, sleep)
        self._window = asyncio.Semaphore(place.options.window)
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
            wait_s = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            failures += 1
            await self._sleep(wait_s * (1 + _jitter(self._row.name, began_s) / 2))

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
            _log.info("bound", provider=self._row.name)
            await session.serve()
        finally:
            if self._session is not None and not session.ended.is_set():
                await session.unbind()  # we are told to stop
            self._session, self._why = None, session.why or self._why
            session.hang_up(self._why)

    async def _arrived(self, pdus: Sequence[Pdu]) -> list[int]:
        session = self._session
        return await self.hearing.take(pdus, session.under_way if session else list)

    def is_bound(self) -> bool:
        """Tell whether messages can go out."""
        return self._session is not None

    async def aclose(self) -> None:
        """See `Channel`; `run` ends."""
        self._closed = True
        if self._session is not None:
            await self._session.unbind()
        await self._sent.keep()

    # --- sending

    async def send(self, messages: Sequence[Message]) -> list[Answered]:
        """See `Channel`."""
        session = self._bound()
        until_s = self._monotonic() + self._starting_s
        answers = await asyncio.gather(*(self._answer(session, m, until_s) for m in messages))
        if answers and all(a.finding == "deferred" and a.reason in GONE for a in answers):
            raise NotCalled(f"{self._row.name}: {answers[0].reason}")
        await self._sent.keep()
        return answers

    async def _answer(self, session: Session, message: Message, until_s: float) -> Answered:
        own = message if message.sender else message._replace(sender=self._row.sender)
        try:
            makes = pieces(own, self._options)
        except Unfit as error:
            return Answered(key=message.key, finding="rejected", reason=str(error))
        begun = 0
        try:
            for make in makes:
                answer = await self._submit(session, message, make, until_s)
                if answer.finding != "handed":
                    break
                begun += 1
        except NotCalled as error:
            answer = Answered(key=message.key, finding="deferred", reason=str(error))
        except Unknown as error:
            answer = Answered(key=message.key, finding="unknown", reason=str(error))
        if begun and answer.finding != "handed":  # some of its parts are there: never again
            answer = Answered(key=message.key, finding="unknown", reason=f"in_part_{answer.reason}")
        if answer.finding == "unknown":
            self.hearing.doubt(message.key, international(message.to))
        return answer

    async def _submit(
        self, session: Session, message: Message, make: Make, until_s: float
    ) -> Answered:
        """Hand over one PDU, again while it is throttled and there is time.  Raises `NotCalled` and
        `Unknown`.
        """
        answer = Answered(key=message.key, finding="deferred", reason="too_late")
        while answer.finding == "deferred" or answer.reason in THROTTLED:
            async with self._window:
                if self._monotonic() > until_s or not await self._pace.turn(until_s):
                    break
                # heard also when nobody waits any more: `ask` and a receipt will want to know
                heard = session.request(
                    wire.SUBMIT_SM, make, lambda pdu: self._note(message.key, pdu)
                )
                answer = self._read(message.key, await asyncio.shield(heard))
        return answer

    def _read(self, key: str, pdu: Pdu) -> Answered:
        said = statuses.status(pdu.status)
        if said.name in THROTTLED:
            self._pace.slower()
        if said.word != "handed":
            return Answered(key=key, finding=said.word, reason=said.name)
        self._pace.faster()
        return Answered(key=key, finding="handed", gateway_id=wire.message_id(pdu.body))

    def _note(self, key: str, pdu: Pdu) -> None:
        message_id = wire.message_id(pdu.body)
        if pdu.status == statuses.OK and message_id:
            self._sent.note(message_id, key)

    # --- asking

    async def ask(self, keys: Sequence[str]) -> list[Answered]:
        """See `Channel`."""
        try:
            ids = await self._sent.message_ids(keys)
        except Unknown as doubt:
            raise NotCalled("message ids cannot be looked up now") from doubt
        await self._sent.keep()
        if session := self._session:
            found = await asyncio.gather(*(self._query(session, k, i) for k, i in ids.items()))
            if news := [one for one in found if one is not None]:
                await self.hearing.hand_on(news)
        return [
            Answered(key=key, finding="handed", gateway_id=ids[key])
            if key in ids
            else Answered(key=key, finding="unknown", reason="no_message_id")
            for key in keys
        ]

    async def _query(self, session: Session, key: str, message_id: str) -> ReceiptArrived | None:
        """Return what a receipt would say; None: no final state, or the SMSC does not tell."""
        ton, npi, sender = source(self._row.sender, self._options)
        body = wire.query_body(message_id, ton, npi, sender)
        try:
            async with self._window:
                answer = await session.request(
                    wire.QUERY_SM, lambda n: wire.pdu(wire.QUERY_SM, n, body)
                )
            word = NUMBERS.get(wire.queried_state(answer.body), "") if not answer.status else ""
        except (NotCalled, Unknown, Garbled):
            return None
        state = WORDS.get(word, "underway")
        if state == "underway":
            return None
        return ReceiptArrived(
            key=key, delivered=state == "delivered", gateway_id=message_id, code=word.lower()
        )

    def _bound(self) -> Session:
        if self._session is None:
            raise NotCalled(f"{self._row.name} is not bound: {self._why}")
        return self._session


def _jitter(name: str, at_s: float) -> float:
    """Return a number below one that differs from process to process and from time to time."""
    return int.from_bytes(blake2b(f"{name}/{at_s}".encode(), digest_size=2).digest()) / (1 << 16)
