"""`motcua find` and `motcua journey` say what operations answers, and what to do when it cannot."""

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from deploy.local.settings import ROOT
from services.operations.api import Sources, router
from services.operations.domain.situations import PLAIN
from services.operations.opened import Whys
from shared.access import Access
from shared.catalogue import load
from shared.edge_app import edge_app
from shared.events import payment
from tests.services.operations import scenes
from tests.services.operations.at_intake import NUMBER, AtIntake
from tests.services.operations.memory import Group, Over, Store
from tests.services.operations.scenes import begun
from tests.services.operations.story import BEGAN

KEY = "operator-key"
UNUSED: Any = SimpleNamespace()


async def kept() -> Store:
    """An application that was paid for, and two partners' money under one number."""
    store = Store()
    stories = [begun(scenes.processing, 1), begun(scenes.fee_due, 2), begun(scenes.fee_due, 3)]
    for story, partner in zip(stories[1:], ("sen-vang", "kho-bac"), strict=True):
        moved = {"partner": partner, "reference": story.reference, "transaction": "77"}
        story.decide("payment", story.submitted(), payment.Overpaid(**moved, amount_vnd=5_000))
    for story in stories:
        with pytest.raises(Over):
            await store.reader().serve(Group(story.log.records).assignment(store.trouble, 100))
    return store


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Operations on a loopback port."""
    store = asyncio.run(kept())
    finder = store.finder(load(), lambda: BEGAN)
    at_intake = AtIntake(store)
    asyncio.run(at_intake.registered(*(begun(scenes.fee_due, n).application for n in (2, 3))))
    asked = store.journeys, finder, at_intake.persons
    whys = Whys(store.tables["situations"], PLAIN, load())
    sources = Sources(*asked, *[UNUSED] * 4, lambda: BEGAN, whys)
    hashed = hashlib.sha256(KEY.encode()).hexdigest()
    access = Access({hashed: {"name": "o-1", "role": "operator"}})
    app = edge_app("operations", access, (router(sources),))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def motcua(
    home: Path, *arguments: str, typed: str = "", **told: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", *arguments],
        input=typed,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "MOTCUA_HOME": str(home), "COLUMNS": "140", **told},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def ask(tmp_path: Path, url: str) -> Any:
    told = {"MOTCUA_OPERATIONS_URL": url, "MOTCUA_OPERATOR_KEY": KEY}
    return lambda *words, typed="": motcua(tmp_path, *words, typed=typed, **told)


def test_find_lists_what_is_found_and_as_what(ask: Any) -> None:
    said = ask("find", "77")
    assert said.returncode == 0
    assert "a bank's transaction, sen-vang/77" in said.stdout
    assert "a bank's transaction, kho-bac/77" in said.stdout
    found = json.loads(ask("find", "kho-bac/77", "--json").stdout)
    assert [hit["partner"] for hit in found["found"]] == ["kho-bac"]


def test_find_lists_what_is_of_a_unit_and_a_day(ask: Any) -> None:
    said = ask("find", "Phường Ba Đình 06/2026")
    assert said.returncode == 0
    assert said.stdout.count("a unit, 00004") == 3


def test_find_says_what_nothing_was_taken_for(ask: Any) -> None:
    said = ask("find", "g09.20 20260609 0000009")
    assert said.returncode == 1
    assert "a dossier code, G09.20-20260609-0000009" in said.stdout


def test_journey_shows_it_by_any_name_with_its_clocks_and_its_rule(ask: Any) -> None:
    said = ask("journey", "mc 0000000001")
    assert said.returncode == 0
    assert said.stdout.startswith("The unit works on it, until it is due, since 14:12 on 9 ")
    assert "; next, Phường Ba Đình, Thành phố Hà Nội decides it, or asks" in said.stdout
    assert "4 · in processing" in said.stdout
    assert "acceptance ended, due 2026-06-10 08:00" in said.stdout
    assert "commune 1 → 00004" in said.stdout
    told = json.loads(ask("journey", "G09.20-20260609-0000001", "--json").stdout)
    assert told["status"]["state"]["code"] == 4
    assert told["waterfall"]["spans"]


def test_journey_of_a_name_of_several_lists_them(ask: Any) -> None:
    said = ask("journey", "77")
    assert said.returncode == 1
    assert "name one of these ids" in said.stdout
    assert "sen-vang/77" in said.stdout


def test_without_a_system_it_is_said_what_to_do(tmp_path: Path, url: str) -> None:
    said = motcua(tmp_path, "find", "x")
    assert "No system was started here: `make up`" in said.stdout
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    told = {"MOTCUA_OPERATIONS_URL": nowhere, "MOTCUA_OPERATOR_KEY": KEY}
    assert "does not answer" in motcua(tmp_path, "find", "x", **told).stdout
    wrong = {"MOTCUA_OPERATIONS_URL": url, "MOTCUA_OPERATOR_KEY": "x"}
    assert (
        "does not know this key: set MOTCUA_OPERATOR_KEY"
        in motcua(tmp_path, "find", "x", **wrong).stdout
    )


def test_a_person_is_found_by_a_number_that_comes_by_a_pipe(ask: Any) -> None:
    said = ask("find", "--person", "--reason", "The citizen called", typed=f"{NUMBER}\n")
    assert said.returncode == 0, said.stdout
    assert said.stdout.count("a person, ") == 2
    as_json = ask("find", "--person", "--reason", "Called", "--json", typed="001 199 000001\n")
    found = json.loads(as_json.stdout)
    assert [hit["kind"] for hit in found["found"]] == ["subject", "subject"]
    for each in (said, as_json):
        assert NUMBER not in each.stdout + each.stderr


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (("find", NUMBER), "", "does not belong on a command line"),
        (("find",), "", "Say what to find"),
        (("find", "77", "--person"), NUMBER, "Say what to find"),
        (("find", "--person", "--reason", "Called"), "77", "no personal number"),
        (("find", "--person"), NUMBER, "Say why"),
    ],
)
def test_of_a_person_it_is_said_how_to_ask(
    ask: Any, words: tuple[str, ...], typed: str, told: str
) -> None:
    said = ask(*words, typed=typed)
    assert said.returncode == 1
    assert told in " ".join((said.stdout + said.stderr).split())
