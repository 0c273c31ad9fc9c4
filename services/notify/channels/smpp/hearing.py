"""What an SMSC delivers: receipts, matched with our attempts, handed on, and only then answered.

    of an attempt of ours               ok, once it is kept
    of nobody's, the first time         temporary error: our answer, or our row, may be on its way
    of nobody's, later on               permanent error, `not_ours`
    not to be read                      permanent error, `malformed_…`
    no receipt at all (a citizen wrote) ok, `not_a_receipt`

After a temporary error the SMSC delivers again, after a permanent one it does not.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, TypeVar

import smpp34
import structlog

from services.notify.channels.receipts import Receipt, Receipts
from services.notify.channels.smpp import statuses
from services.notify.channels.smpp.sent import Sent, Whose
from services.notify.channels.smpp.submitting import reference
from services.notify.channels.smpp.told import Malformed, Told, told
from services.notify.channels.smpp.wire import Pdu
from shared.errors import Unknown
from shared.events.notify import ReceiptArrived

K = TypeVar("K")

EARLY_S = 2.0  # a receipt may be faster than the answer that says whose it is
PATIENCE_S = 20.0  # then nobody will say any more whose it is
REMEMBERED_LIMIT = 10_000

UnderWay = Callable[[], Sequence[asyncio.Future[Pdu]]]

_log = structlog.get_logger("smpp")


class Hearing:
    """Takes what is delivered; `counts` says by name what came of it."""

    def __init__(
        self,
        provider: str,
        sent: Sent,
        receipts: Receipts,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._provider, self._sent, self._receipts = provider, sent, receipts
        self._monotonic, self._salt = monotonic, os.urandom(16)
        self._doubts: dict[bytes, str] = {}  # keys of attempts that may have been taken
        self._strangers: dict[str, float] = {}  # message ids, and when each was heard of first

    def doubt(self, key: str, number: str) -> None:
        """Remember an attempt, of one part, whose answer was lost: a receipt may still say whose it
        is.
        """
        mark = self._mark(reference(key), number)
        # two of one citizen's with one reference cannot be told apart
        self._doubts[mark] = "" if self._doubts.get(mark, key) != key else key
        _bound(self._doubts)

    async def take(self, pdus: Sequence[Pdu], under_way: UnderWay) -> list[int]:
        """Hand on the receipts among these; return what to answer to each PDU."""
        read = [self._read(pdu) for pdu in pdus]
        heard = [one for one in read if isinstance(one, Told)]
        try:
            known = await self._known(heard, under_way)
            ours = [await self._arrived(one, known[one]) for one in heard if one in known]
            await self._hand_on([one for one in ours if one is not None])
        except Unknown as doubt:
            self._count("not_kept", len(heard), str(doubt))
            again = statuses.OURS_TO_REPEAT
            return [again if isinstance(one, Told) else one for one in read]
        self.counts["taken"] += len(ours)
        return [
            one if isinstance(one, int) else statuses.OK if one in known else self._stranger(one)
            for one in read
        ]

    async def hand_on(self, news: Sequence[ReceiptArrived]) -> None:
        """Hand on what was learnt by asking; nothing is lost with it, it can be asked again."""
        try:
            await self._hand_on(news)
        except Unknown as doubt:
            self._count("not_kept", len(news), str(doubt))

    async def _hand_on(self, news: Sequence[ReceiptArrived]) -> None:
        """Hand on to whoever keeps them.  Raises `Unknown`."""
        if news:
            await self._receipts([Receipt(one.key.partition("/")[0], one) for one in news])

    def _read(self, pdu: Pdu) -> Told | int:
        """Return what a receipt says, or what to answer to what is none."""
        try:
            delivered = smpp34.decode(pdu.octets)
            assert isinstance(delivered, smpp34.DeliverSm)
            found = told(delivered)
        except smpp34.SmppError:
            self._count("malformed_pdu")
            return statuses.OURS_TO_REFUSE
        except Malformed as error:
            self._count(f"malformed_{error}")
            return statuses.OURS_TO_REFUSE
        if found is None:
            self._count("not_a_receipt")
            return statuses.OK
        return found

    async def _known(self, heard: Sequence[Told], under_way: UnderWay) -> dict[Told, Whose]:
        """Return whose these are.  Raises `Unknown`."""
        asked = {one: (one.message_id, self._sent.mark(one.number)) for one in heard}
        ids = frozenset(asked.values())
        if len(self._sent.known(ids)) < len(ids) and (answers := under_way()):
            await asyncio.wait(answers, timeout=EARLY_S)
        known = await self._sent.whose(ids)
        found = {}
        for one in heard:
            whose = known.get(asked[one])
            if whose is None and (key := self._doubted(one)):
                whose = self._sent.note(key, (one.message_id,), one.number)
            if whose and one.reference in (None, reference(whose.key)):
                found[one] = whose
        return found

    async def _arrived(self, one: Told, whose: Whose) -> ReceiptArrived | None:
        """Return what to hand on; None: it says nothing yet, or not of all parts.  Raises
        `Unknown`.
        """
        is_delivered = one.state == "delivered"
        if one.state == "underway":
            return None
        if is_delivered and whose.parts > 1 and not await self._sent.got(whose, one.message_id):
            return None
        return ReceiptArrived(
            key=whose.key, delivered=is_delivered, gateway_id=one.message_id, code=one.code
        )

    def _doubted(self, one: Told) -> str:
        if one.reference is None:
            return ""
        return self._doubts.pop(self._mark(one.reference, one.number), "")

    def _stranger(self, one: Told) -> int:
        now_s = self._monotonic()
        first_s = self._strangers.setdefault(one.message_id, now_s)
        _bound(self._strangers)
        if now_s - first_s < PATIENCE_S:
            self._count("not_known_yet")
            return statuses.OURS_TO_REPEAT
        self._count("not_ours")
        return statuses.OURS_TO_REFUSE

    def _mark(self, tag: int, number: str) -> bytes:
        """Return what names an attempt by reference and number, and keeps no number."""
        text = f"{tag}/{number.removeprefix('+')}".encode()
        return blake2b(text, key=self._salt, digest_size=16).digest()

    def _count(self, outcome: str, count: int = 1, because: str = "") -> None:
        self.counts[outcome] += count
        _log.warning(
            "receipt not taken", provider=self._provider, outcome=outcome, because=because[:200]
        )


def _bound(known: dict[K, Any]) -> None:
    if len(known) > REMEMBERED_LIMIT:
        del known[next(iter(known))]
