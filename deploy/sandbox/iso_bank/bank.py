"""What the bank does: takes requests and transfers, lets citizens pay, tells of what it booked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal, NamedTuple

from deploy.sandbox.bank.books import PLACE_S
from deploy.sandbox.iso_bank import messages
from deploy.sandbox.iso_bank.messages import Booked, NotUnderstood, Received
from deploy.sandbox.iso_bank.signing import proof
from deploy.sandbox.posts import Post, Posts

LOCAL = timezone(timedelta(hours=7))
LIMIT = 1_000_000  # requests, files, entries
BY_TRANSACTION = "TXREF"
BACK = "HOAN "  # begins the text of what goes back
# what becomes of money paid out, by the last four digits of the payee's account
Fate = Literal["closed", "late", "refused_late", "told_twice"]
FATES: Mapping[str, Fate] = {
    "0000": "closed",
    "0001": "late",  # booked when it is asked after, and told of by the next question
    "0002": "refused_late",  # taken, and refused when it is asked after
    "0003": "told_twice",
}

Behaviour = Literal[
    "pay", "twice", "decline", "wrong_amount_first", "silent", "late", "by_transfer", "early"
]


class Impossible(Exception):
    """What was asked cannot be done; the sentence says why."""


class Step(NamedTuple):
    """Money moved or a refusal; `calls`: how many times the bank tells of it."""

    moves: bool = True
    off_vnd: int = 0
    calls: int = 1
    late: bool = False
    named: bool = True  # by the end-to-end reference; else only in the payer's text


STEPS: Mapping[Behaviour, tuple[Step, ...]] = {
    "pay": (Step(),),
    "twice": (Step(calls=2), Step()),
    "decline": (Step(moves=False),),
    "wrong_amount_first": (Step(off_vnd=1_000), Step()),
    "silent": (Step(calls=0),),
    "late": (Step(late=True),),
    "by_transfer": (Step(named=False),),
    "early": (Step(),),  # by reference, before there is a request
}


@dataclass(slots=True)
class Order:
    """A request to pay, or a transfer that nobody requested (`asked` is None)."""

    reference: str
    amount_vnd: int
    account: str
    asked: Received | None = None
    status: Literal["open", "paid", "declined"] = "open"


@dataclass(slots=True)
class Merchant:
    """Whose account it is, and `others` are; it signs with `theirs`."""

    account: str
    theirs: str = field(repr=False)
    ours: str = field(repr=False)
    others: tuple[str, ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return all of its accounts."""
        return self.account, *self.others


class IsoBank:
    """A bank with one merchant, one account or more."""

    def __init__(
        self,
        merchant: Merchant,
        posts: Posts,
        now: Callable[[], datetime],
        late_s: float = 2.0,
        place: int = 0,
    ) -> None:
        self.merchant, self.posts, self.now, self._late_s = merchant, posts, now, late_s
        self._orders: dict[str, Order] = {}
        self._files: dict[str, str] = {}  # MsgId → what became of it
        self._waiting: dict[str, Received] = {}  # paid out, and neither booked nor refused yet
        self.booked: list[Booked] = []
        self._first = (int(now().timestamp()) + place * PLACE_S) * 10_000
        self._numbers = 0

    # ---- from the merchant

    def request(self, body: bytes) -> tuple[int, bytes]:
        """Take a pain.013; return status and answer.  Raises `NotUnderstood`."""
        asked = messages.read(body)
        if asked.name != "pain.013.001.07":
            raise NotUnderstood(f"{asked.name} is no request to pay")
        reference = asked.one("CdtTrfTx/PmtId/EndToEndId")
        account = asked.one("CdtrAcct/Id/Othr/Id")
        if account not in self.merchant.accounts:
            return 422, self._of_request(asked, "RJCT", "AC03")
        if self._is_repeated(asked):
            return 422, self._of_request(asked, "RJCT", "DUPL")
        amount_vnd = _dong(asked.one("CdtTrfTx/Amt/InstdAmt"))
        self._orders[reference] = Order(reference, amount_vnd, account, asked)
        return 202, self._of_request(asked, "ACTC")

    def transfer(self, body: bytes) -> tuple[int, bytes]:
        """Take a pain.001 of one transfer; return status and answer.  Raises `NotUnderstood`."""
        asked = messages.read(body)
        if asked.name != "pain.001.001.09":
            raise NotUnderstood(f"{asked.name} is no transfer")
        if self._is_repeated(asked):
            return 422, self._of_file(asked, "RJCT", "DUPL")
        if reason := self._refusal(asked):
            return 422, self._of_file(asked, "RJCT", reason)
        fate = None if _is_back(asked) else FATES.get(asked.one("CdtrAcct/Id/Othr/Id")[-4:])
        if fate == "closed":
            return 422, self._of_file(asked, "RJCT", "AC04")
        if fate in ("late", "refused_late"):
            self._waiting[asked.one("PmtId/EndToEndId")] = asked
        else:
            told = self._notification(self._leave(asked))
            for _ in range(2 if fate == "told_twice" else 1):
                self._tell(told)
        return 202, self._of_file(asked, "ACCP")

    def _leave(self, asked: Received) -> Booked:
        credit = asked.one("CdtrAcct/Id/Othr/Id")
        text = f"{BACK}{credit}" if _is_back(asked) else asked.one("RmtInf/Ustrd")
        amount_vnd, reference = _dong(asked.one("Amt/InstdAmt")), asked.one("PmtId/EndToEndId")
        return self._book(-amount_vnd, reference, text, asked.one("DbtrAcct/Id/Othr/Id"))

    def _refusal(self, asked: Received) -> str:
        amounts = [_dong(text) for text in asked.all("Amt/InstdAmt")]
        if any(int(n) != len(amounts) for n in asked.all("NbOfTxs")) or len(amounts) != 1:
            return "AM18"
        if any(_dong(text) != sum(amounts) for text in asked.all("CtrlSum")):
            return "AM10"
        number = asked.one("CdtrAcct/Id/Othr/Id")
        if not _is_back(asked):
            return "" if asked.all("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") else "RC01"
        credit = next((b for b in self.booked if b.number == number and b.amount_vnd > 0), None)
        if credit is None or asked.one("DbtrAcct/Id/Othr/Id") != credit.account:
            return "AC01"  # money goes back out of the account that it came to
        back_vnd = -sum(b.amount_vnd for b in self.booked if b.text == f"{BACK}{number}")
        return "AM02" if back_vnd + amounts[0] > credit.amount_vnd else ""

    def reported(self, account: str, reference: str, since: str) -> bytes:
        """Return a camt.052 of what was booked with this reference, or a pain.002 of a transfer
        that is refused only now.  Raises `Impossible`.
        """
        if account not in self.merchant.accounts:
            raise Impossible("not this merchant's account")
        if asked := self._waiting.get(reference):
            if FATES[asked.one("CdtrAcct/Id/Othr/Id")[-4:]] == "refused_late":
                return self._of_file(asked, "RJCT", "AC04")
            del self._waiting[reference]
            self._tell(self._notification(self._leave(asked)))
            return messages.report(account, self._number("R"), self._at(), ())
        ours = [b for b in self.booked if b.reference == reference or reference in b.text]
        found = [b for b in ours if b.day >= since and b.account == account]
        return messages.report(account, self._number("R"), self._at(), found)

    def statement(self) -> bytes:
        """Return a camt.053 of everything."""
        of = {a: [b for b in self.booked if b.account == a] for a in self.merchant.accounts}
        return messages.statement(self._number("S"), self._at(), of)

    # ---- from citizens

    def order(self, reference: str) -> Order:
        """Return an order.  Raises `Impossible`."""
        try:
            return self._orders[reference]
        except KeyError:
            raise Impossible(f"nobody asked for {reference}") from None

    def pay(self, reference: str, amount_vnd: int, behaviour: Behaviour) -> list[Booked]:
        """Move the money now; tell the merchant on the side.  Raises `Impossible`."""
        order = self._orders.get(reference) or Order(reference, amount_vnd, self.merchant.account)
        if order.status != "open" or order.amount_vnd <= 0:
            raise Impossible(f"{reference} is {order.status} already, or has no amount")
        self._orders[reference] = order
        out: list[Booked] = []
        for step in STEPS[behaviour]:
            body = self._step(order, step, out)
            for _ in range(step.calls):
                self._tell(body, self._late_s if step.late else 0.0)
        return out

    def _tell(self, body: bytes, after_s: float = 0.0) -> None:
        kind = {"content-type": "application/xml"}
        self.posts.tell_later(
            lambda: Post(body, kind | proof(self.merchant.ours, body, self.now())), after_s
        )

    def _step(self, order: Order, step: Step, out: list[Booked]) -> bytes:
        if not step.moves and order.asked:
            order.status = "declined"
            return self._of_request(order.asked, "RJCT", "AM04")
        order.status = "paid"
        text = order.reference if step.named else f"NOP LE PHI {order.reference}-CT"
        named = order.reference if step.named else ""
        entry = self._book(order.amount_vnd + step.off_vnd, named, text, order.account)
        out.append(entry)
        return self._notification(entry)

    # ---- books

    def _book(self, amount_vnd: int, reference: str, text: str, account: str) -> Booked:
        if len(self.booked) >= LIMIT:
            raise Impossible("the books are full: restart the sandbox")
        entry = Booked(self._number("FT"), amount_vnd, self._at()[:10], reference, text, account)
        self.booked.append(entry)
        return entry

    def _is_repeated(self, asked: Received) -> bool:
        message = asked.one("GrpHdr/MsgId")
        if message in self._files:
            return True
        if len(self._files) >= LIMIT or len(self._orders) >= LIMIT:
            raise Impossible("the books are full: restart the sandbox")
        self._files[message] = asked.name
        return False

    def _notification(self, entry: Booked) -> bytes:
        return messages.notification(entry.account, self._number("N"), self._at(), entry)

    def _of_request(self, asked: Received, status: str, reason: str = "") -> bytes:
        return messages.request_status(asked, self._number("Q"), self._at(), status, reason)

    def _of_file(self, asked: Received, status: str, reason: str = "") -> bytes:
        return messages.file_status(asked, self._number("F"), self._at(), status, reason)

    def _number(self, prefix: str) -> str:
        self._numbers += 1
        return f"{prefix}{self._first + self._numbers}"

    def _at(self) -> str:
        return self.now().astimezone(LOCAL).isoformat(timespec="seconds")


def _is_back(asked: Received) -> bool:
    """Tell whether a transfer goes to where an earlier credit came from."""
    return asked.all("CdtrAcct/Id/Othr/SchmeNm/Prtry") == [BY_TRANSACTION]


def _dong(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise NotUnderstood(f"{text[:20]!r} is no whole number of đồng")
    return int(text)
