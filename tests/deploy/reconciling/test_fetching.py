"""The sandbox bank of our own protocol gives its statement, and takes what differs."""

import hashlib
from base64 import b64decode
from datetime import timedelta

import httpx
import msgspec
import pytest
from typer.testing import CliRunner

from deploy.local import secrets
from deploy.local.cli import app
from deploy.reconciling.fetching import Desk, Fetching, NotFetched, yesterday
from deploy.sandbox.partners.http import create_app
from deploy.sandbox.partners.opened import World, open_all
from deploy.sandbox.partners.opened import read as read_theirs
from services.payment.breaks import Standing
from services.payment.effects import send
from services.payment.gateways import Answer, Order, Payer
from services.payment.gateways.neutral.gateway import Neutral
from services.payment.partners import SANDBOX
from services.payment.settings import PaymentSettings
from services.payment.statements import Asked
from services.payment.statements.platform_file import read
from shared.errors import Misconfigured
from shared.events.reconciliation import BreakOpened
from tests.deploy.reconciling.conftest import DAY
from tests.services.payment.office import AMOUNT_VND, NOW

NAME, URL = "song-hong", "http://127.0.0.1:8201"
OPENED = BreakOpened(
    partner=NAME,
    day=DAY,
    break_id="b",
    movement="paid",
    kind="unknown",
    cause="reference",
    cure="person",
    line=1,
    reference="DVC0",
    transaction="T9",
    application="",
    amount_vnd=5_000,
    expected_vnd=0,
    booked_at=NOW,
)


class Street:
    """The sandbox behind ASGI, and what was sent to it."""

    def __init__(self, folder) -> None:
        keys = msgspec.json.decode((folder / secrets.SERVICES_FILE).read_bytes())["partners"]
        self.rows = PaymentSettings(bank_url=URL).registry_rows(keys)
        [self.row] = [row for row in self.rows if row.name == NAME]
        self.sent = []
        edge = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
        world = World(edge, "http://edge", URL, lambda: NOW, call_again_s=60.0)
        self.app = create_app(open_all(read_theirs(SANDBOX, folder / secrets.CLIENTS_FILE), world))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=URL)

    async def call(self, sending):
        self.sent.append(msgspec.json.decode(sending.body))
        return await send(self.http, sending)

    def desk(self, **changes):
        return Desk(msgspec.structs.replace(self.row, **changes), self.call, lambda: NOW)

    async def pay(self, reference: str) -> None:
        order = Order(reference, AMOUNT_VND, NOW, NOW + timedelta(hours=1))
        gateway = Neutral(self.row)
        answer = await self.call(gateway.create("k", order, Payer(""), NOW))
        offer = gateway.read_created(answer, order, NOW)
        paid = await self.http.post("/sandbox/pay", json={"pay_url": offer.pay_url})
        assert paid.status_code == 202


@pytest.fixture
async def street(tmp_path):
    made = Street(secrets.ensure(tmp_path / "secrets"))
    async with made.http, made.app.router.lifespan_context(made.app):
        yield made


async def test_the_statement_that_a_bank_gives_is_a_file_that_is_read(street, tmp_path) -> None:
    await street.pay("DVC041270611872664")
    path = tmp_path / "a.txt"
    path.write_bytes(await street.desk().statement(DAY))
    with path.open("rb") as file:
        [line] = read(file, Asked(NAME, DAY))
    assert (line.reference, line.amount_vnd) == ("DVC041270611872664", AMOUNT_VND)


async def test_what_differs_goes_back_and_the_same_is_one_request(street) -> None:
    standing = Standing(1, "f", NOW, OPENED)
    await street.desk().result(DAY, [standing])
    await street.desk().result(DAY, [standing])
    await street.desk().result(DAY, [])
    first, again, none = street.sent
    assert first == again
    assert none["request_id"] != first["request_id"]
    head, row, _ = b64decode(first["file"]).decode().splitlines()
    assert (head, row) == (f"H|motcua-result-1|{NAME}|20261120|1", "B|1|unknown|DVC0|T9|5000")
    digest = hashlib.sha256(f"{head}\n{row}\n".encode()).hexdigest()
    assert b64decode(first["file"]).decode().endswith(f"\nT|1|{digest}\n")


async def test_a_bank_that_does_not_answer_as_it_should_is_named(street) -> None:
    with pytest.raises(NotFetched, match=f"{NAME} gave no statement of {DAY}"):
        await street.desk(outgoing=street.row.incoming).statement(DAY)
    with pytest.raises(NotFetched, match=f"{NAME} did not take the result of {DAY}"):
        await street.desk(base_url=f"{URL}/nowhere").result(DAY, [])


@pytest.mark.parametrize("error", [TimeoutError(), httpx.ReadError("gone"), None])
async def test_silence_and_nonsense_are_said_and_not_taken_for_a_statement(street, error) -> None:
    async def call(_):
        if error:
            raise error
        return Answer(200, b"{}", {})

    with pytest.raises(NotFetched, match="run this again"):
        await Desk(street.row, call, lambda: NOW).statement(DAY)


async def test_banks_of_our_own_protocol_are_asked_and_no_other(street) -> None:
    banks = Fetching(street.rows, lambda: NOW)
    neutral = sorted(row.name for row in street.rows if row.family == "neutral")
    assert (banks.names(""), banks.names(NAME)) == (neutral, [NAME])
    with pytest.raises(Misconfigured, match="sen-vang gives no statement by itself"):
        banks.names("sen-vang")


def test_a_bank_that_is_down_ends_the_command_with_1_and_its_name(tmp_path) -> None:
    secrets.ensure(tmp_path / "secrets")
    nowhere = {"MOTCUA_HOME": f"{tmp_path}", "MOTCUA_BANK_URL": "http://127.0.0.1:1"}
    arguments = ["reconcile", "--fetch", "--partner", NAME, "--day", f"{DAY}"]
    found = CliRunner().invoke(app, arguments, env={"COLUMNS": "200", **nowhere})
    assert "--folder" in f"{found.output} {found.exception}"
    arguments += ["--folder", f"{tmp_path / 'new'}"]
    found = CliRunner().invoke(app, arguments, env={"COLUMNS": "200", **nowhere})
    assert found.exit_code == 1
    assert f"{NAME} gave no statement of {DAY}" in found.output


def test_unless_told_it_is_the_day_that_is_over_in_vietnam() -> None:
    assert yesterday(NOW) == DAY - timedelta(days=1)
    assert yesterday(NOW - timedelta(hours=10)) == DAY - timedelta(days=2)
