"""What a bank's developer types, and is told; some of it over a real connection on this machine."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.conformance.paying import ByHand
from deploy.local.cli import app
from deploy.local.secrets import CLIENTS_FILE
from services.payment.gateways import Offer
from services.payment.partners import SANDBOX, read
from shared.clock import system_clock
from tests.deploy.conformance.served import served
from tests.deploy.conformance.town import Town, at_work

NOBODY = "http://127.0.0.1:1"
PARTNER = "sen-vang"


@pytest.fixture
def motcua(tmp_path):
    def run(*words: Any) -> tuple[int, str]:
        found = CliRunner().invoke(
            app,
            ["conformance", "--to", str(tmp_path / "reports"), *map(str, words)],
            env={"MOTCUA_HOME": str(tmp_path / "home"), "COLUMNS": "300"},
        )
        return found.exit_code, found.output

    return run


# ---- bad use: one sentence with the remedy, and 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "No --partner is named: name one of ba-vi,"),
        (("--partner", "vnpay"), "vnpay is no partner of payment's: name one of"),
        (("--partner", PARTNER), "--against is '': give an address, as http://"),
        (("--partner", PARTNER, "--against", "127.0.0.1:8103"), "give an address, as http://"),
        (("--partner", PARTNER, "--against", "http://[::1"), "give an address, as http://"),
        (("--partner", PARTNER, "--against", "http://a:b"), "give an address, as http://"),
        (("--partner", PARTNER, "--against", NOBODY), "clients.json cannot be read"),
        (
            ("--partner", PARTNER, "--against", NOBODY, "--side", "theirs"),
            "--side is 'theirs': `bank` plays the bank, `ours` plays motcua.",
        ),
        (
            ("--partner", "dong-bang", "--against", NOBODY, "--side", "ours"),
            "we show a VietQR code, and it tells of the money that comes. Give --side bank.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(motcua, words, said):
    code, text = motcua(*words)
    assert (code, text.count("✗")) == (2, 1)
    assert said in text
    assert "Traceback" not in text


def test_nobody_at_the_address_is_said(motcua, folder):
    keys = folder / CLIENTS_FILE
    code, text = motcua("--partner", PARTNER, "--against", NOBODY, "--keys", keys)
    assert code == 2
    assert f"Nobody answers at {NOBODY} (ConnectError): start what is there" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"partners": {}}, f"partner {PARTNER}: the secrets file has no keys of it"),
        ({"partners": {PARTNER: {"merchant": 1}}}, f"partner {PARTNER}: its keys cannot be read"),
        ({"api_keys": {}}, "has no key of a portal: give the clients.json of a system as --keys"),
        ({"api_keys": 1}, "cannot be read (ValidationError)"),
    ],
)
def test_keys_that_lack_are_said(motcua, folder, tmp_path, change, said):
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(json.loads((folder / CLIENTS_FILE).read_text()) | change))

    code, text = motcua("--partner", PARTNER, "--against", NOBODY, "--keys", keys)

    assert code == 2
    assert said in text


def test_each_partner_of_the_sandbox_may_be_named(motcua):
    for row in read(SANDBOX):
        _, text = motcua("--partner", row.name, "--against", NOBODY)
        assert "clients.json cannot be read" in text


# ---- over the wire


@pytest.fixture
async def wired(folder, catalogue) -> AsyncIterator[dict[str, str]]:
    """A town whose clock goes, with its doors on real ports."""
    town = Town(folder, catalogue, clock=system_clock)
    async with (
        at_work(town),
        served(town.app) as edge,
        served(town.banks) as banks,
        served(town.intake) as intake,
    ):
        yield {"edge": edge, "banks": banks, "intake": intake}


async def test_a_bank_is_played_over_the_wire_and_reported(motcua, wired, folder, tmp_path):
    words = ("--partner", "song-hong", "--against", wired["edge"], "--intake", wired["intake"])
    keys = _with_portal_key(folder, tmp_path)

    code, text = await asyncio.to_thread(motcua, *words, "--keys", keys, "--calm", "0.05")

    assert "song-hong (neutral), the bank is played: 11 passed, 0 failed" in text
    assert code == 0
    [suite] = Xml.parse(tmp_path / "reports" / "song-hong-bank.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("11", "0")
    assert "conforms" in (tmp_path / "reports" / "song-hong-bank.html").read_text()


async def test_we_are_played_over_the_wire_and_say_so_as_json(motcua, wired, folder, tmp_path):
    words = ("--partner", PARTNER, "--side", "ours", "--against", f"{wired['banks']}/{PARTNER}")

    code, text = await asyncio.to_thread(motcua, *words, "--keys", folder / CLIENTS_FILE, "--json")

    told = json.loads(text)
    assert (code, told["conforms"], told["side"]) == (0, True, "ours")
    assert {o["became"] for o in told["outcomes"]} == {"passed"}
    assert (tmp_path / "reports" / f"{PARTNER}-ours.html").exists()


async def test_another_partners_address_does_not_conform(motcua, wired, folder):
    words = ("--partner", PARTNER, "--side", "ours", "--against", f"{wired['banks']}/tre-xanh")

    code, text = await asyncio.to_thread(
        motcua, *words, "--keys", folder / CLIENTS_FILE, "--patience", "0.2"
    )

    assert code == 1
    assert "✗ failed" in text


async def elsewhere(scope, receive, send):
    """Answer whatever comes as a server does that is neither an edge nor a sandbox."""
    statuses = {"POST /sandbox/pay": 404, "POST /v1/applications": 202}
    status = statuses.get(f"{scope['method']} {scope['path']}", 200)
    await receive()
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


async def test_an_address_of_another_server_is_said(motcua, folder):
    words = ("--partner", PARTNER, "--keys", folder / CLIENTS_FILE)
    async with served(elsewhere) as other:
        code, text = await asyncio.to_thread(motcua, *words, "--against", other, "--intake", other)

    assert code == 2
    assert "is not answered as payment's edge does" in text


async def test_a_bank_that_is_no_sandbox_needs_a_person(motcua, folder):
    words = ("--partner", PARTNER, "--side", "ours", "--keys", folder / CLIENTS_FILE)
    async with served(elsewhere) as bank:
        code, text = await asyncio.to_thread(motcua, *words, "--against", bank)

    assert code == 2
    assert "this is no sandbox of ours, so give --by-hand" in text


async def test_a_person_is_shown_what_to_pay():
    out = io.StringIO()
    await ByHand(Console(file=out, width=200)).pay(Offer("", "", "000201"))
    await ByHand(Console(file=out, width=200)).pay(Offer("http://bank.example/pay", "", "000201"))

    shown = ["Pay this now: 000201", "Pay this now: http://bank.example/pay"]
    assert out.getvalue().splitlines() == shown


async def test_a_key_that_payment_does_not_know_is_said(motcua, wired, folder):
    words = ("--partner", PARTNER, "--against", wired["edge"], "--intake", wired["intake"])

    code, text = await asyncio.to_thread(motcua, *words, "--keys", folder / CLIENTS_FILE)

    assert code == 2
    assert "Payment's edge does not know the portal's key" in text


def _with_portal_key(folder: Path, tmp_path: Path) -> Path:
    """The town's edge knows other keys of callers than the clients' file."""
    keys = tmp_path / "clients.json"
    told = json.loads((folder / CLIENTS_FILE).read_text())
    keys.write_text(json.dumps(told | {"api_keys": {"portal": "portal-key"}}))
    return keys
