"""What the wallet does: takes orders, lets citizens pay, tells the merchant, gives money back."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, get_args
from urllib.parse import urlencode

from deploy.sandbox.wallets import momo, zalopay
from deploy.sandbox.wallets.behaviours import STEPS, Behaviour, Step
from deploy.sandbox.wallets.books import Books, Impossible, Merchant, Movement, Order
from deploy.sandbox.wallets.caller import Caller, News


class Wallet:
    """A wallet with its merchants, each in its own protocol."""

    def __init__(
        self, merchants: Sequence[Merchant], books: Books, caller: Caller, refund_after_s: float
    ) -> None:
        self.books, self.caller = books, caller
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
        told: list[tuple[News, int]] = []
        for step in STEPS[behaviour]:
            movement = self._take(order, step)
            if news := self.news(order, movement):
                told.append((news, step.calls))
        task = asyncio.create_task(self._tell(told))
        self._paying.add(task)
        task.add_done_callback(self._paying.discard)
        return order.movements

    def _take(self, order: Order, step: Step) -> Movement | None:
        if step.moves:
            return self.books.move(order, order.amount_vnd + step.off_vnd)
        order.status = "declined"
        return None

    def news(self, order: Order, movement: Movement | None) -> News | None:
        """Return what the merchant is told; ZaloPay tells nothing of a decline."""
        if order.merchant.form == "momo":
            body = self._momo.told(order, movement)
            return News(order.callback_url, body, momo.CALLS_LIMIT, momo.hears)
        if movement is None:
            return None
        body = self._zalopay.told(order, movement)
        return News(order.callback_url, body, zalopay.CALLS_LIMIT, zalopay.hears)

    def way_back(self, order: Order) -> str:
        """Return where the payer's browser is sent, with what it brings."""
        paid = order.settlement()
        is_momo = order.merchant.form == "momo"
        fields = self._momo.told(order, paid) if is_momo else self._zalopay.back(order, paid)
        joint = "&" if "?" in order.return_url else "?"
        return f"{order.return_url}{joint}{urlencode(fields)}"

    async def _tell(self, told: list[tuple[News, int]]) -> None:
        for news, calls in told:
            for _ in range(calls):
                await self.caller.tell(news)

    async def rest(self) -> None:
        """Return when merchants have been told of everything."""
        while self._paying or self.caller.pending:
            await asyncio.gather(*self._paying)
            await self.caller.rest()

    def statement(self) -> dict[str, Any]:
        """Return all that was moved and given back, and how callbacks were answered."""
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
            "answers": dict(self.caller.answers),
            "pending_calls": self.caller.pending,
            "given_up": self.caller.given_up,
        }
