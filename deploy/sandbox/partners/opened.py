"""The partners of a file, each opened with the simulation of its family."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
from fastapi import FastAPI

from deploy.sandbox.bank import bank as vnpay
from deploy.sandbox.bank import http as vnpay_http
from deploy.sandbox.bank.books import Books
from deploy.sandbox.iso_bank import bank as iso
from deploy.sandbox.iso_bank import http as iso_http
from deploy.sandbox.neutral import bank as neutral
from deploy.sandbox.neutral import http as neutral_http
from deploy.sandbox.platform import http as platform_http
from deploy.sandbox.platform import keypay, platform
from deploy.sandbox.posts import TAKEN, Patience, Posts, status
from deploy.sandbox.transfers import forms, house
from deploy.sandbox.transfers import http as transfers_http
from deploy.sandbox.wallets import books as wallet_books
from deploy.sandbox.wallets import http as wallet_http
from deploy.sandbox.wallets import wallet as wallets


class Account(msgspec.Struct, frozen=True):
    """Where money comes to, at this partner."""

    bank: str
    number: str


class Beneficiary(msgspec.Struct, frozen=True):
    """Where it comes to for some."""

    account: Account


class Fee(msgspec.Struct, frozen=True):
    """What is kept of a payment, whole đồng; halves are rounded up."""

    flat_vnd: int = 0
    basis_points: int = 0
    vat_percent: int = 0
    settled: str = "gross"

    def of(self, paid_vnd: int) -> int:
        """Return what is kept, with tax."""
        fee_vnd = self.flat_vnd + (paid_vnd * self.basis_points + 5_000) // 10_000
        return fee_vnd + (fee_vnd * self.vat_percent + 50) // 100


class Row(msgspec.Struct, frozen=True):
    """What a sandbox needs of a partner's row."""

    name: str
    family: str
    ids: Mapping[str, str] = msgspec.field(default_factory=dict)
    account: Account | None = None
    accounts: tuple[Beneficiary, ...] = ()
    fees: tuple[Fee, ...] = ()


class Key(msgspec.Struct, frozen=True):
    """A secret that we share; the last of a direction is the one in use."""

    secret: str


class Keys(msgspec.Struct, frozen=True):
    """Who the merchant is to a partner, and the keys by direction, as the merchant sees it."""

    merchant: str
    outgoing: tuple[Key, ...]
    incoming: tuple[Key, ...]
    ids: Mapping[str, str] = msgspec.field(default_factory=dict)


class World(NamedTuple):
    """What partners have in common: whom they call, where citizens find them, their habits."""

    client: httpx.AsyncClient
    payment_url: str
    page_url: str
    now: Callable[[], datetime]
    call_again_s: float = 2.0
    patience: Patience | None = None
    refund_after_s: float = 3.0
    late_s: float = 20.0
    slow_s: float = 5.0


class Opened(NamedTuple):
    """A partner: its API, and all that it moved."""

    app: FastAPI
    statement: Callable[[], Mapping[str, Any]]


class Place(NamedTuple):
    """A partner to be opened; `number` keeps its transactions apart from the others'."""

    row: Row
    keys: Keys
    number: int
    world: World

    @property
    def theirs(self) -> str:
        """Return what the merchant signs with."""
        return self.keys.outgoing[-1].secret

    @property
    def ours(self) -> str:
        """Return what we sign with."""
        return self.keys.incoming[-1].secret

    @property
    def callback_url(self) -> str:
        """Return where the merchant is told."""
        return f"{self.world.payment_url}/v1/callbacks/{self.row.name}"

    @property
    def page_url(self) -> str:
        """Return where citizens find this partner."""
        return f"{self.world.page_url}/{self.row.name}"

    @property
    def account(self) -> Account:
        """Return the merchant's account.  Raises `ValueError`."""
        if self.row.account is None:
            raise ValueError(f"partner {self.row.name}: no account")
        return self.row.account

    @property
    def others(self) -> tuple[Account, ...]:
        """Return more of the merchant's accounts."""
        return tuple(b.account for b in self.row.accounts)

    def books(self) -> Books:
        """Return new books."""
        return Books(self.world.now, self.number)

    def posts(self, word: Callable[[httpx.Response], str], heard: frozenset[str]) -> Posts:
        """Return what calls the merchant."""
        world = self.world
        interval_s, url = world.call_again_s, self.callback_url
        return Posts(world.client, url, interval_s, word, heard, patience=world.patience)


def read(partners: Path, clients: Path) -> list[tuple[Row, Keys]]:
    """Return the rows with their keys.  Raises `OSError`, `ValueError`, `LookupError`."""
    keys = msgspec.json.decode(clients.read_bytes())["partners"]
    rows = msgspec.json.decode(partners.read_bytes(), type=list[Row])
    return [(row, msgspec.convert(keys[row.name], Keys)) for row in rows]


def open_all(rows: Sequence[tuple[Row, Keys]], world: World) -> dict[str, Opened]:
    """Return the partners by name, in order.  Raises `ValueError`, `LookupError`."""
    return {
        row.name: _FAMILIES[row.family](Place(row, keys, number, world))
        for number, (row, keys) in enumerate(rows)
    }


def _vnpay(place: Place) -> Opened:
    world = place.world
    merchant = vnpay.Merchant(place.keys.merchant, place.ours)
    posts = place.posts(vnpay.word, vnpay.HEARD)
    house = vnpay.Bank(merchant, place.books(), posts, world.refund_after_s)
    return Opened(vnpay_http.create_app(house, world.slow_s), lambda: vnpay_http.statement(house))


def _wallet(place: Place) -> Opened:
    world, row, ids = place.world, place.row, {**place.row.ids, **place.keys.ids}
    merchant = wallet_books.Merchant(
        name=row.name,
        form="momo" if row.family == "momo" else "zalopay",
        code=place.keys.merchant if row.family == "momo" else ids["app_id"],
        theirs=place.theirs,
        ours=place.ours,
        access_key=ids.get("access_key", ""),
    )
    wallet = wallets.Wallet(
        [merchant],
        wallet_books.Books(world.now, place.number),
        wallets.posts(world.client, world.call_again_s, world.patience),
        world.refund_after_s,
    )
    return Opened(wallet_http.create_app(wallet, place.page_url, world.slow_s), wallet.statement)


def _transfers(place: Place) -> Opened:
    world, row = place.world, place.row
    merchant = forms.Merchant(
        name=row.name,
        form=msgspec.convert(row.family, forms.Form),
        secret=place.ours,
        bank=place.account.bank,
        account=place.account.number,
        callback_url=place.callback_url,
        client_id=place.keys.merchant,
        api_key=place.keys.ids.get("api_key", ""),
        others=tuple((a.bank, a.number) for a in place.others),
    )
    posts = house.posts(world.client, world.call_again_s, world.patience)
    made = house.House([merchant], posts, world.now, world.late_s, place.number)
    app = transfers_http.create_app(made, place.page_url, world.slow_s)
    return Opened(app, lambda: transfers_http.statement(made))


def _platform(place: Place) -> Opened:
    shared = platform.Shared(place.keys.merchant, place.theirs, place.ours)
    posts = place.posts(platform.word, platform.HEARD)
    house = platform.Platform(shared, place.books(), posts, place.page_url)
    app = platform_http.create_app(house, None, place.world.slow_s)
    return Opened(app, lambda: platform_http.statement("platform", house.till))


def _keypay(place: Place) -> Opened:
    shared = platform.Shared(place.keys.merchant, place.theirs, place.ours)
    posts = place.posts(keypay.word, keypay.HEARD)
    house = keypay.Keypay(shared, place.books(), posts, place.page_url)
    app = platform_http.create_app(None, house, place.world.slow_s)

    def statement() -> Mapping[str, Any]:
        return platform_http.statement("keypay", house.till) | {"refunds": house.refunds()}

    return Opened(app, statement)


def _neutral(place: Place) -> Opened:
    name, world = place.row.name, place.world
    net = [fee for fee in place.row.fees if fee.settled == "net"]
    keeps = net[-1].of if net else lambda _: 0
    shared = neutral.Shared(name, place.keys.merchant, place.theirs, place.ours, keeps)
    posts = place.posts(neutral.word, neutral.HEARD)
    house = neutral.Bank(shared, posts, place.page_url, world.now, place.number)
    app = neutral_http.create_app(house, world.slow_s)
    return Opened(app, lambda: neutral_http.statement(house))


def _iso20022(place: Place) -> Opened:
    world = place.world
    others = tuple(a.number for a in place.others)
    merchant = iso.Merchant(place.account.number, place.theirs, place.ours, others)
    posts = place.posts(status, TAKEN)
    house = iso.IsoBank(merchant, posts, world.now, world.late_s, place.number)
    return Opened(iso_http.create_app(house, world.slow_s), lambda: iso_http.statement(house))


_FAMILIES: Mapping[str, Callable[[Place], Opened]] = {
    "vnpay": _vnpay,
    "momo": _wallet,
    "zalopay": _wallet,
    "payos": _transfers,
    "casso": _transfers,
    "sepay": _transfers,
    "platform": _platform,
    "keypay": _keypay,
    "neutral": _neutral,
    "iso20022": _iso20022,
}
