"""Who pays, as a bank is tried: its sandbox, or a person at its test system."""

from typing import Protocol

import httpx
from rich.console import Console

from deploy.local.refusals import say
from services.payment.gateways import Offer
from shared.errors import Misconfigured

NO_SUCH_ROUTE = (404, 405)
SHOWN_LIMIT = 300


class NotPaid(Exception):
    """The bank did not let it be paid; the sentence says what it said."""


class Payer(Protocol):
    """Pays what a bank offers."""

    async def pay(self, offer: Offer) -> None:
        """Pay, or have it paid.  Raises `NotPaid`, `Misconfigured`."""


class AtSandbox:
    """Pays by the route that every sandbox partner has."""

    def __init__(self, client: httpx.AsyncClient, bank: str) -> None:
        self._client, self._url = client, f"{bank}/sandbox/pay"

    async def pay(self, offer: Offer) -> None:
        """Pay by the page of an order."""
        try:
            answer = await self._client.post(self._url, json={"pay_url": offer.pay_url})
        except httpx.HTTPError as error:
            raise NotPaid(f"no answer: {type(error).__name__}") from error
        if answer.status_code in NO_SUCH_ROUTE:
            raise Misconfigured(
                f"{self._url} answered {answer.status_code}: this is no sandbox of ours, so give"
                " --by-hand, and pay at the bank's test system what is shown."
            )
        if not answer.is_success:
            raise NotPaid(f"{answer.status_code} {answer.text[:SHOWN_LIMIT]}")


class ByHand:
    """Shows a person what to pay; that it is paid, the bank says itself."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def pay(self, offer: Offer) -> None:
        """Show the order."""
        for what in (offer.pay_url, offer.deep_link, offer.qr):
            if what:
                say(self._console, f"Pay this now: {what}")
                return
