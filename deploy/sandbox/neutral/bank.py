"""What the bank does: eight functions that it is asked for, and the call that tells."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import httpx
import msgspec

from deploy.sandbox.bank.books import LOCAL, STAMP, Books, Movement, Order
from deploy.sandbox.neutral.file import Entry, is_whole, written
from deploy.sandbox.neutral.signing import headers
from deploy.sandbox.posts import Make, Post, Posts
from deploy.sandbox.till import Till

HEARD = frozenset({"recorded", "already_final", "amount_differs", "unreadable"})
OUT_LIMIT = 100_000  # refunds and disbursements kept
BIN = "970499"  # of no bank
CLOSED = "0000"  # an account whose number ends so is closed
# what becomes of money paid out to one that ends so, once it was asked after
LATER = {"0001": "done", "0002": "failed"}

Said = dict[str, Any]


class Problem(Exception):
    """What is asked cannot be done: status, code and a sentence."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail


class Shared(NamedTuple):
    """What we share with motcua: our name there, who it is to us, the secret of each direction."""

    partner: str
    merchant: str
    theirs: str
    ours: str
    keeps: Callable[[int], int] = lambda _: 0  # of a payment: the rest is on the day's file


class Out(NamedTuple):
    """Money that left: a refund or a disbursement, under motcua's number of it."""

    kind: str
    number: str
    reference: str
    transaction: str
    amount_vnd: int
    at: str
    status: str = "done"
    later: str = ""

    @property
    def of(self) -> str:
        """Return the transaction that a refund is a part of."""
        return self.transaction[1:].rpartition(".")[0]

    def says(self) -> Said:
        """Return how it stands."""
        number = self.transaction if self.status == "done" else ""
        return {"status": self.status, "transaction": number, "amount_vnd": self.amount_vnd}


class Bank:
    """A bank with one client."""

    def __init__(
        self,
        shared: Shared,
        posts: Posts,
        page_url: str,
        now: Callable[[], datetime],
        place: int = 0,
    ) -> None:
        self.shared, self._page_url, self._now = shared, page_url, now
        self._books = books = Books(now, place)
        self._place = place
        self.till = Till(books, posts, self._told)
        self._out: dict[tuple[str, str], Out] = {}
        self._calls = 0
        self.results: list[bytes] = []
        self.functions: Mapping[str, Callable[[Mapping[str, Any]], Said]] = {
            "create": self._create,
            "status": self._status,
            "receipt": self._receipt,
            "account": self._account,
            "refund": self._refund,
            "payer": self._payer,
            "disburse": self._disburse,
            "statement": self._statement,
            "result": self._result,
        }

    # ---- payments

    def _create(self, asked: Mapping[str, Any]) -> Said:
        reference, amount_vnd = asked["reference"], asked["amount_vnd"]
        if not amount_vnd:
            raise Problem(422, "amount_not_taken", "nothing to pay")
        if asked["expires_at"] <= self.now_s():
            raise Problem(422, "expired")
        if known := self._books.find(reference):
            paid = known.settlement() is not None
            raise Problem(409, "already_paid" if paid else "already_active")
        page, back = f"{self._page_url}/pay/{reference}", asked["return_url"]
        until = datetime.fromtimestamp(asked["expires_at"], LOCAL).strftime(STAMP)
        self._books.enter(Order(reference, amount_vnd, asked["purpose"], back, until))
        return {
            "reference": reference,
            "status": "active",
            "pay_url": page,
            "deep_link": f"sandboxbank://pay/{reference}",
            "qr": f"SANDBOX|{reference}|{amount_vnd}",
            "alias_account": f"99{reference[-12:]}",
            "expires_at": asked["expires_at"],
        }

    def _status(self, asked: Mapping[str, Any]) -> Said:
        kind, reference = asked["kind"], asked["reference"]
        about = {"kind": kind, "reference": reference, "currency": "VND"}
        if kind != "payment":
            out = self._out.get((kind, reference))
            if out is None:
                raise Problem(404, "unknown_reference")
            if out.later:
                self._out[kind, reference] = out._replace(status=out.later, later="")
            return {**about, **out.says()}
        order = self._order(reference)
        paid = order.settlement()
        return {
            **about,
            "status": "paid" if paid else self._unpaid(order),
            "transaction": paid.transaction if paid else "",
            "amount_vnd": order.amount_vnd,
        }

    def _unpaid(self, order: Order) -> str:
        if order.status == "declined":
            return "failed"
        return "expired" if order.expires and order.expires < self._books.stamp() else "active"

    def _receipt(self, asked: Mapping[str, Any]) -> Said:
        order, paid = self._paid(asked)
        left_vnd = paid.amount_vnd - self._returned_vnd(order.reference, paid.transaction)
        return {
            "reference": order.reference,
            "number": f"BL{paid.transaction}",
            "state": "valid" if left_vnd else "void",
            "url": f"{self._page_url}/receipt/{paid.transaction}",
        }

    def _payer(self, asked: Mapping[str, Any]) -> Said:
        order, paid = self._paid(asked)
        return {
            "reference": order.reference,
            "transaction": paid.transaction,
            "bank": BIN,
            "number": f"88{paid.transaction[-10:]}",
            "name": "NGUYEN THU NGHIEM",
        }

    # ---- money that leaves

    def _refund(self, asked: Mapping[str, Any]) -> Said:
        about = {"refund": asked["refund"], "reference": asked["reference"]}
        if known := self._out.get(("refund", asked["refund"])):
            return {**about, **known.says()}
        order = self._books.find(asked["reference"])
        transactions = (
            [m for m in order.movements if m.transaction == asked["transaction"]] if order else []
        )
        if not transactions:
            raise Problem(409, "not_paid")
        returned_vnd = self._returned_vnd(asked["reference"], asked["transaction"])
        if returned_vnd + asked["amount_vnd"] > transactions[0].amount_vnd:
            raise Problem(409, "refund_exceeds")
        out = self._leave("refund", asked["refund"], asked, transactions[0].transaction)
        return {**about, **out.says()}

    def _disburse(self, asked: Mapping[str, Any]) -> Said:
        number = asked["disbursement"]
        if known := self._out.get(("disbursement", number)):
            return {"disbursement": number, **known.says()}
        if asked["number"].endswith(CLOSED):
            raise Problem(422, "account_not_taken", "the account is closed")
        out = self._leave("disbursement", number, asked, "")
        if later := LATER.get(asked["number"][-4:]):
            out = self._out["disbursement", number] = out._replace(status="pending", later=later)
        return {"disbursement": number, **out.says()}

    def _account(self, asked: Mapping[str, Any]) -> Said:
        state = "closed" if asked["number"].endswith(CLOSED) else "open"
        named = "TRAN THI THU NGHIEM" if asked["bank"] == BIN else ""
        return {"bank": asked["bank"], "number": asked["number"], "name": named, "state": state}

    def _leave(self, kind: str, number: str, asked: Mapping[str, Any], of: str) -> Out:
        if len(self._out) >= OUT_LIMIT:
            raise Problem(503, "not_now", "too many: restart the sandbox")
        transaction = f"{kind[0].upper()}{of or self._place}.{len(self._out) + 1}"
        reference = asked.get("reference", number)
        out = Out(kind, number, reference, transaction, asked["amount_vnd"], self._books.stamp())
        self._out[kind, number] = out
        return out

    # ---- reconciliation

    def _statement(self, asked: Mapping[str, Any]) -> Said:
        moved = [
            Entry(
                m.reference,
                m.transaction,
                m.amount_vnd - self.shared.keeps(m.amount_vnd),
                m.at,
                "pay",
            )
            for m in self._books.statement()
        ]
        types = {"refund": "refund", "disbursement": "disburse"}
        for out in self._out.values():
            left = Entry(out.reference, out.transaction, out.amount_vnd, out.at, types[out.kind])
            moved.append(left._replace(state=out.status))
        before = [e for e in moved if e.at[:8] < asked["day"] and e.state == "done"]
        opening_vnd = sum(e.amount_vnd if e.type == "pay" else -e.amount_vnd for e in before)
        that_day = [e for e in moved if e.at.startswith(asked["day"])]
        text = written(self.shared.partner, asked["day"], opening_vnd, that_day)
        return {"day": asked["day"], "file": b64encode(text).decode()}

    def _result(self, asked: Mapping[str, Any]) -> Said:
        text = b64decode(asked["file"])
        if not is_whole(text):
            raise Problem(422, "unreadable", "the file is not whole")
        self.results = [*self.results[-31:], text]
        return {"day": asked["day"], "outcome": "recorded"}

    # ---- the call that tells

    def _told(self, order: Order, movement: Movement | None) -> Make:
        self._calls += 1
        request_id = f"call-{self._calls}"
        amount_vnd = movement.amount_vnd if movement else order.amount_vnd
        body = msgspec.json.encode(
            {
                "function": "notify",
                "request_id": request_id,
                "merchant": self.shared.merchant,
                "reference": order.reference,
                "amount_vnd": amount_vnd,
                "currency": "VND",
                "transaction": movement.transaction if movement else "",
                "status": "paid" if movement else "failed",
                "at": self.now_s(),
            }
        )
        kind = {"content-type": "application/json"}
        return lambda: Post(body, kind | headers(self.shared.ours, request_id, body, self.now_s()))

    def left(self, kind: str) -> list[Out]:
        """Return all money of a kind that left, in order."""
        return [out for out in self._out.values() if (out.kind, out.status) == (kind, "done")]

    def now_s(self) -> int:
        """Return the time in seconds since 1970."""
        return int(self._now().timestamp())

    def _order(self, reference: str) -> Order:
        if order := self._books.find(reference):
            return order
        raise Problem(404, "unknown_reference")

    def _paid(self, asked: Mapping[str, Any]) -> tuple[Order, Movement]:
        order = self._order(asked["reference"])
        for movement in order.movements:
            if movement.transaction == asked["transaction"]:
                return order, movement
        raise Problem(404, "unknown_reference")

    def _returned_vnd(self, reference: str, transaction: str) -> int:
        ours = (o for (kind, _), o in self._out.items() if kind == "refund")
        return sum(
            o.amount_vnd
            for o in ours
            if o.reference == reference and o.transaction.startswith(f"R{transaction}.")
        )


def word(response: httpx.Response) -> str:
    """Return what motcua said to a call.  Raises `msgspec.DecodeError`."""
    said = msgspec.json.decode(response.content, type=dict[str, Any])
    return str(said.get("outcome") or said.get("code"))
