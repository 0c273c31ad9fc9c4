"""Sandbox partners, each before merchants of a test's own."""

import httpx
import pytest

from deploy.sandbox.bank.bank import HEARD, Bank, word
from deploy.sandbox.bank.books import Books
from deploy.sandbox.bank.http import create_app
from deploy.sandbox.posts import Posts
from deploy.sandbox.wallets import books, http
from deploy.sandbox.wallets.wallet import Wallet, posts
from tests.deploy.sandbox import bank_side
from tests.deploy.sandbox.wallet_side import MOMO, ZALOPAY, Clock


@pytest.fixture
async def bank_of():
    """Make a bank before this merchant, as a client of its API."""
    banks = []

    def make(merchant):
        client = httpx.AsyncClient(transport=httpx.MockTransport(merchant))
        calling = Posts(client, "http://payment/v1/callbacks/vnpay", 0.0, word, HEARD)
        bank = Bank(bank_side.MERCHANT, Books(lambda: bank_side.NOW), calling)
        banks.append(bank)
        transport = httpx.ASGITransport(create_app(bank))
        http = httpx.AsyncClient(transport=transport, base_url="http://bank")
        http.bank = bank
        return http

    yield make
    for bank in banks:
        await bank.till.posts.stop()


@pytest.fixture
async def wallet_of():
    """Make a wallet before these merchants, as a client of its API."""
    wallets = []

    def make(merchants):
        client = httpx.AsyncClient(transport=httpx.MockTransport(merchants))
        clock = Clock()
        wallet = Wallet([MOMO, ZALOPAY], books.Books(clock), posts(client, 0.0), 60.0)
        wallets.append(wallet)
        transport = httpx.ASGITransport(http.create_app(wallet))
        client = httpx.AsyncClient(transport=transport, base_url="http://wallet")
        client.wallet, client.clock = wallet, clock
        return client

    yield make
    for wallet in wallets:
        await wallet.stop()
