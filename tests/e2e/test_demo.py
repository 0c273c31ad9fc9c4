"""The demonstration on a real system: it ends well, sees a planted fault, leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from deploy.audit.evidence import Evidence, Heard
from deploy.audit.invariants import audit
from deploy.local import launcher
from deploy.local.children import Children
from deploy.local.demo import figures, gather, wrongs
from deploy.local.demo.paths import paths
from deploy.local.demo.scene import Scene
from deploy.local.demo.show import own
from deploy.local.demo.verdict import Verdict, judge
from deploy.local.settings import HOST, ROOT, Settings
from deploy.local.stack import Stack
from services.operations.domain.proof.tally import READ_MS
from shared.clock import VIETNAM
from shared.kinship import is_child
from shared.mongo import connect
from tests.e2e.system import PORTS, own_settings
from tests.waiting import until_blocking

pytestmark = pytest.mark.stack

SHORT = (
    "from deploy.local.demo import run; from deploy.local.demo.play import Plan; "
    "raise SystemExit(run(keep=True, plan=Plan(count=30)))"
)
RUN_LIMIT_S = 240.0
START_LIMIT_S = 60.0
STOP_LIMIT_S = 60.0


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = own_settings(tmp_path)
    yield made
    launcher.down(Children(made.demo))


def environment(settings: Settings) -> dict[str, str]:
    numbers = {f"MOTCUA_{name.upper()}_PORT": str(settings.port(name)) for name in PORTS}
    return {**os.environ, **numbers, "MOTCUA_HOME": str(settings.home)}


def test_a_short_demonstration_ends_well_and_a_planted_fault_would_turn_it(
    settings: Settings,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHORT],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=RUN_LIMIT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().splitlines()[-1].strip().startswith("✓ Everything holds")
    assert "ask operator http://" in done.stdout
    assert "at 3 devices" in done.stdout
    assert "none came twice, none is missing" in done.stdout
    pages = settings.demo / "notices"
    assert "Ho so" in (pages / "sms.html").read_text()
    assert "Lịch: Hẹn trả kết quả" in (pages / "email.html").read_text()
    assert "Hồ sơ" in (pages / "app@representative.html").read_text()

    assert proven(settings) == (0, True)
    asyncio.run(lose_how_it_began(own(settings)))
    assert proven(settings) == (1, False)

    evidence, counts = asyncio.run(read(own(settings)))

    assert verdict(evidence, counts).status == 0
    assert verdict(settled_again(evidence), counts).status == 1
    assert verdict(without(evidence, "payment.events", "payment.settled"), counts).status == 1
    assert [path.name for path in paths(evidence) if not path.times] == []
    for lost in ("interlinked.ended", "interlinked.registered", "application.registered"):
        assert verdict(without(evidence, "intake.events", lost), counts).status == 1


def proven(settings: Settings) -> tuple[int, bool]:
    """How `motcua prove` ends for the day, and what it says, once it verified what it wrote."""
    made, day = settings.home / "proof.json", f"{datetime.now(VIETNAM).date()}"
    yesterday = f"{datetime.now(VIETNAM).date() - timedelta(days=1)}"  # in case midnight has passed
    done = motcua(settings, "prove", yesterday, day, "--out", f"{made}")
    verified = motcua(settings, "prove", "--verify", f"{made}")
    assert verified.returncode == 0, done.stdout + verified.stdout
    return done.returncode, msgspec.json.decode(made.read_bytes())["report"]["holds"]


def motcua(settings: Settings, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", *words],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=RUN_LIMIT_S,
    )


async def lose_how_it_began(settings: Settings) -> None:
    """Make operations forget the first that it read of the oldest application, and not what
    followed; come back once it is so old that nothing more of it may be on its way.
    """
    database = connect(f"mongodb://{HOST}:{settings.mongo_port}/?replicaSet=rs0", "motcua")
    try:
        rows = database["operations.journeys"]
        followed = await rows.find_one({"_id": {"$regex": "/routing.events/"}}, sort=[("_id", 1)])
        assert followed  # so it was routed: who says so without having come in is found at once
        first = f"{followed['_id'].partition('/')[0]}/"
        assert (await rows.delete_one({"_id": first})).deleted_count == 1
        came_ms = int(UUID(first[:-1]).int >> 80)
        await asyncio.sleep(max(0.0, (came_ms + 2 * READ_MS) / 1_000 - time.time()))
    finally:
        database.client.close()


async def read(settings: Settings) -> tuple[Evidence, dict[str, object]]:
    """What is left running, read from outside once more."""
    mongo_url = f"mongodb://{HOST}:{settings.mongo_port}/?replicaSet=rs0"
    scene = Scene(
        Children(settings.home), settings, Stack(f"{HOST}:{settings.kafka_port}", mongo_url)
    )
    books = await gather.read_books(scene)
    nobody = {"Không Ai Tên Như Thế"}  # the search for personal values has its own tests
    evidence = await gather.read_evidence(scene, books, set(), nobody)
    registered = [h.event for h in evidence.events_of("intake") if h.event]
    begun = ("application.registered", "interlinked.registered")
    acknowledged = {e.subject for e in registered if e.type in begun and not is_child(e.subject)}
    told = await gather.read_operations(scene, "")
    sent = evidence.log[wrongs.SUBMISSIONS]
    # what is not JSON at all, and what is planted afterwards for a person to mend
    unreadable = {heard.record.key for heard in sent if heard.event is None and heard.record.key}
    assert {heard.record.value for heard in sent if heard.event is None} >= {wrongs.NOT_JSON}
    known = replace(evidence, acknowledged=acknowledged, unreadable=unreadable)
    return known, dict(told.counts)


def verdict(evidence: Evidence, counts: dict[str, object]) -> Verdict:
    money, states = figures.money(evidence), figures.states(evidence)
    return judge(audit(evidence), [], [], money, counts, states)


def settled_again(evidence: Evidence) -> Evidence:
    """One order settled by one more event of payment."""
    records = evidence.log["payment.events"]
    settled = next(h.event for h in records if h.event and h.event.type == "payment.settled")
    more = msgspec.structs.replace(settled, id=f"{settled.id}0")
    again = Heard(records[-1].record, more)
    return replace(evidence, log={**evidence.log, "payment.events": [*records, again]})


def without(evidence: Evidence, topic: str, type_: str) -> Evidence:
    """One event that never reached the log."""
    records = list(evidence.log[topic])
    records.remove(next(h for h in records if h.event and h.event.type == type_))
    return replace(evidence, log={**evidence.log, topic: records})


def test_ctrl_c_ends_every_process_quietly(settings: Settings) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local", "demo"],
        cwd=ROOT,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:

        def is_starting() -> bool:
            assert process.poll() is None
            return len(Children(settings.demo).all()) >= 4  # in the middle of it

        until_blocking(is_starting, START_LIMIT_S)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=STOP_LIMIT_S)
    finally:
        process.kill()

    assert "Traceback" not in said
    assert process.returncode == 130, said
    assert said.strip().endswith("Interrupted.  Everything that was started has ended.")
    assert Children(settings.demo).all() == []
