"""What the wallet does: takes orders, lets citizens pay, tells the merchant, gives money back."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args
from urllib.parse import urlencode

import httpx
import msgspec

from deploy.sandbox.posts import Make, Patience, Post, Posts, status
from deploy.sandbox.wallets import momo, zalopay
from deploy.sandbox.wallets.behaviours import STEPS, Behaviour, Step
from deploy.sandbox.wallets.books import Books, Form, Impossible, Merchant, Movement, Order

JSON = {"content-type": "application/json"}


class Wallet:
    """A wallet with its merchants, each in its own protocol."""

    def __init__(
        self,
        merchants: Sequence[Merchant],
        books: Books,
        posts: Mapping[Form, Posts],
        refund_after_s: float,
    ) -> None:
        self.books, self.posts = books, posts
        self._merchants = {(m.form, m.code): m for m in merchants}
        self._momo, self._zalopay = momo.Momo(books), zalopay.Zalopay(books, refund_after_s)
        self._paying: set[asyncio.Task[None]] = set()

    # ---- merchants

    def momo(self, what: str, asked: Mapping[str, Any], page_url: str) -> dict[str, Any]:
        """Return MoMo's answer.  Raises `Impossible` for who is no merchant."""
        merchant = self._merchants.get(("momo", str(asked.get("partnerCode"))))
        for known in get_args(momo.What):
            if merchant and what == known:
                return self._momo.answer(merchant, known, asked, page_url)
        raise Impossible("no such merchant, or no such request")

    def zalopay(self, what: str, asked: Mapping[str, Any], page_url: str) -> dict[str, Any]:
        """Return ZaloPay's answer.  Raises `Impossible` for who is no merchant."""
        merchant = self._merchants.get(("zalopay", str(asked.get("app_id"))))
        for known in get_args(zalopay.What):
            if merchant and what == known:
                return self._zalopay.answer(merchant, known, asked, page_url)
        raise Impossible("no such merchant, or no such request")

    # ---- paying

    def pay(self, order: Order, behaviour: Behaviour) -> list[Movement]:
        """Move the money now; tell the merchant on the side.  Raises `Impossible`, `Full`."""
        self.books.begin(order)
        steps = [(self._told(order, self._take(order, s)), s.calls) for s in STEPS[behaviour]]
        told = [(make, calls) for make, calls in steps if make]
        task = asyncio.create_task(self._tell(self.posts[order.merchant.form], told))
        self._paying.add(task)
        task.add_done_callback(self._paying.discard)
        return order.movements

    def _take(self, order: Order, step: Step) -> Movement | None:
        if step.moves:
            return self.books.move(order, order.amount_vnd + step.off_vnd)
        order.status = "declined"
        return None

    def _told(self, order: Order, movement: Movement | None) -> Make | None:
        """Return what the merchant is told; ZaloPay tells nothing of a decline."""
        if order.merchant.form == "momo":
            said = self._momo.told(order, movement)
        elif movement:
            said = self._zalopay.told(order, movement)
        else:
            return None
        post = Post(msgspec.json.encode(said), JSON, url=order.callback_url)
        return lambda: post

    def way_back(self, order: Order) -> str:
        """Return where the payer's browser is sent, with what it brings."""
        paid = order.settlement()
        is_momo = order.merchant.form == "momo"
        fields = self._momo.told(order, paid) if is_momo else self._zalopay.back(order, paid)
        joint = "&" if "?" in order.return_url else "?"
        return f"{order.return_url}{joint}{urlencode(fields)}"

    async def _tell(self, posts: Posts, told: list[tuple[Make, int]]) -> None:
        for make, calls in told:
            for _ in range(calls):
                await posts.tell(make)

    async def rest(self) -> None:
        """Return when merchants have been told of everything."""
        while self._paying or any(p.pending for p in self.posts.values()):
            await asyncio.gather(*self._paying)
            await asyncio.gather(*(p.rest() for p in self.posts.values()))

    async def stop(self) -> None:
        """Give up what waits to be told."""
        await asyncio.gather(*(p.stop() for p in self.posts.values()))

    def statement(self) -> dict[str, Any]:
        """Return all that was moved and given back, and how callbacks were answered."""
        told = self.posts.values()
        return {
            "payments": [m._asdict() for m in self.books.movements],
            "refunds": [
                {
                    "partner": r.order.merchant.name,
                    "reference": r.order.number,
                    "refund": r.number,
                    "transaction": r.transaction,
                    "of": r.paid_by,
                    "amount_vnd": r.amount_vnd,
                    "done": self.books.is_done(r),
                }
                for r in self.books.refunds()
            ],
            "answers": dict(sum((p.answers for p in told), Counter())),
            "pending_calls": sum(p.pending for p in told),
            "given_up": sum(p.given_up for p in told),
        }


def posts(
    client: httpx.AsyncClient, interval_s: float, patience: Patience | None = None
) -> Mapping[Form, Posts]:
    """Return what calls merchants, each at its order's address, as its protocol does."""
    told: Mapping[Form, tuple[Callable[[httpx.Response], str], frozenset[str], int]] = {
        "momo": (status, momo.HEARD, momo.CALLS_LIMIT),
        "zalopay": (zalopay.word, zalopay.HEARD, zalopay.CALLS_LIMIT),
    }
    return {
        form: Posts(client, "", interval_s, *own, patience=patience) for form, own in told.items()
    }
