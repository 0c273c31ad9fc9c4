"""A portal, as far as the kit needs one: an application with something to pay, an order, its state.

The person is made up, and nobody bears the name.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

import httpx
import msgspec

from shared.clock import Clock
from shared.errors import Misconfigured

T = TypeVar("T")

# two copies of a civil-status record: a charge is due at submission
FORM: Mapping[str, Any] = {
    "procedure": "2.000635",
    "receiving_unit": "26737",
    "copies": 2,
    "documents": [{"name": "Request form", "sha256": "0" * 64}],
    "personal": {
        "name": "Nguyễn Thử Nghiệm",
        "personal_number": "001099000001",
        "phone": "0912000001",
    },
}
LOOK_EVERY_S = 0.1


class Opened(NamedTuple):
    """An order that can be paid."""

    application: str
    reference: str
    amount_vnd: int


class _Order(msgspec.Struct, frozen=True):
    partner: str
    reference: str
    amount_vnd: int


class _Obligation(msgspec.Struct, frozen=True):
    orders: tuple[_Order, ...] = ()


class Standing(msgspec.Struct, frozen=True):
    """How the payments of an application stand."""

    status: str
    to_refund_vnd: int
    obligations: tuple[_Obligation, ...]

    @property
    def word(self) -> str:
        """Return it as a report shows it."""
        return f"{self.status}, {self.to_refund_vnd:,} đồng to give back"


class Orders(Protocol):
    """Where orders come from, and how they stand."""

    async def open(self) -> Opened:
        """Return a new order with the partner."""

    async def standing(self, application: str) -> Standing:
        """Return how an application's payments stand."""

    async def wait(self, application: str, fits: Callable[[Standing], bool]) -> Standing:
        """Return how it stands as soon as it fits, or when patience is over."""


class Portal:
    """Hands applications in at `intake`, and looks at their payments at `payment`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        intake: str,
        payment: str,
        key: str,
        partner: str,
        clock: Clock,
        random: Callable[[int], bytes],
        patience_s: float,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._client, self._intake, self._payment = client, intake, payment
        self._key, self._partner = key, partner
        self._clock, self._random, self._patience_s = clock, random, patience_s
        self._look_every_s = look_every_s

    async def open(self) -> Opened:
        """Hand in an application, choose the partner; return the order.  Raises `Misconfigured`."""
        application = self._new_id()
        await self._post(f"{self._intake}/v1/applications", FORM, 202, application)
        await self._until(application, lambda s: s.status == "open", "nothing to pay")
        chosen = {"obligation": 0, "partner": self._partner}
        await self._post(f"{self._payment}/v1/payments/{application}/orders", chosen, 202)
        stands = await self._until(
            application, lambda s: self._order(s) is not None, f"no order with {self._partner}"
        )
        order = self._order(stands)
        assert order is not None
        return Opened(application, order.reference, order.amount_vnd)

    async def standing(self, application: str) -> Standing:
        """Return how an application's payments stand."""
        found = await self._look(application)
        return found or Standing("unknown", 0, ())

    async def wait(self, application: str, fits: Callable[[Standing], bool]) -> Standing:
        """Return how it stands as soon as it fits, or when patience is over."""
        try:
            async with asyncio.timeout(self._patience_s):
                while True:
                    stands = await self.standing(application)
                    if fits(stands):
                        return stands
                    await asyncio.sleep(self._look_every_s)
        except TimeoutError:
            return await self.standing(application)

    def _order(self, stands: Standing) -> _Order | None:
        orders = (order for obligation in stands.obligations for order in obligation.orders)
        return next((o for o in orders if o.partner == self._partner), None)

    async def _until(
        self, application: str, fits: Callable[[Standing], bool], missing: str
    ) -> Standing:
        stands = await self.wait(application, fits)
        if not fits(stands):
            raise Misconfigured(
                f"Application {application} has {missing} after {self._patience_s:g} s: see that"
                f" `make status` shows all as ready, and that {self._partner} answers."
            )
        return stands

    async def _look(self, application: str) -> Standing | None:
        url = f"{self._payment}/v1/payments/{application}"
        answer = await self._called("GET", url, self._headers())
        if answer.status_code in (401, 403):
            raise Misconfigured(
                "Payment's edge does not know the portal's key: give the clients.json of the system"
                " that runs there as --keys."
            )
        if not answer.is_success:
            return None
        try:
            return msgspec.json.decode(answer.content, type=Standing)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Misconfigured(
                f"{url} is not answered as payment's edge does: give the edge's address as"
                " --against, and a bank's only with --side ours."
            ) from None

    async def _post(self, url: str, body: Mapping[str, Any], wanted: int, key: str = "") -> None:
        headers = {**self._headers(), **({"Idempotency-Key": key} if key else {})}
        answer = await self._called("POST", url, headers, body)
        if answer.status_code != wanted:
            raise Misconfigured(
                f"{url} answered {answer.status_code} {answer.text[:300]}: see that the system is"
                " whole, and that --keys are its own."
            )

    async def _called(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        try:
            return await self._client.request(method, url, json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Misconfigured(
                f"{url} cannot be reached ({type(error).__name__}): start the system, or give"
                " --intake where it takes applications in."
            ) from None

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._key}"}

    def _new_id(self) -> str:
        """Return a UUIDv7."""
        ms = int(self._clock().timestamp() * 1_000)
        noise = int.from_bytes(self._random(10)) & 0x0FFF3FFFFFFFFFFFFFFF
        return str(UUID(int=ms << 80 | 7 << 76 | 2 << 62 | noise))
