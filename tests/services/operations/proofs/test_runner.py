"""Proofs in the background: what is found is what one look at the whole period finds."""

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import pytest

from services.operations.domain.proof.period import Period, Unfit
from services.operations.domain.proof.tally import Proof
from services.operations.proofs import desk as desks
from services.operations.proofs.desk import ProofDesk, TooManyOpen
from services.operations.proofs.report import Report, Unreadable
from services.operations.proofs.rows import Ended
from services.operations.proofs.runner import Runner
from services.operations.proving import Proving
from shared.errors import Misconfigured, Unknown
from tests.services.operations.memory import Group, Store
from tests.services.operations.proofs.conftest import LATER, PERIOD, lived
from tests.services.operations.proofs.prover import Prover
from tests.services.operations.story import Log


class Office:
    """A read side with a life of each kind, and proofs of it."""

    def __init__(self) -> None:
        self.now = LATER
        self.store = Store()
        self.prover = Prover(self.store, lambda: self.now)

    async def read(self) -> None:
        log = Log()
        lived(log)
        await self.store.read(Group(log.records))

    async def turns(self, *loops: Runner, limit: int = 400) -> None:
        """Let these processes take turns until nothing is open."""
        for _ in range(limit):
            for loop in loops or (self.prover.loop(),):
                with suppress(Unknown):
                    await loop.turn()
            self.now += timedelta(seconds=1)
            self.store.trouble.fails, fails = (lambda: False), self.store.trouble.fails
            if not await self.prover.rows.open_ids():
                return
            self.store.trouble.fails = fails
        raise AssertionError("it does not come to an end")

    async def report(self, id_: str) -> Report:
        text = await self.prover.desk.report(id_)
        assert text
        verified = await self.prover.desk.verify(text)
        assert verified.is_signed
        return verified.report


@pytest.fixture
async def office() -> Office:
    made = Office()
    await made.read()
    return made


async def whole(office: Office, as_of: datetime) -> Proof:
    tables = office.store.tables
    names = ("journeys", "names", "aside", "letter_answers")
    proving = Proving(*(tables[name] for name in names))
    return (await proving.some(PERIOD, as_of, "", 10**6)).proof


async def test_what_is_found_step_by_step_is_what_one_look_finds(office: Office) -> None:
    made = await office.prover.desk.begin(PERIOD, "o-1")
    assert (made.standing, made.share) == ("waiting", 0)
    await office.turns()
    [done] = await office.prover.desk.latest()
    report = await office.report(made.id)
    assert report.proof == await whole(office, report.as_of)
    assert (done.standing, done.share, done.holds) == ("done", 100, report.holds)
    assert done.excepted == sum(report.proof.excepted.values()) > 0
    assert [i for i in office.prover.table.rows if i.startswith(("part/", "open/"))] != []


@pytest.mark.parametrize("seed", range(5))
async def test_processes_that_die_at_any_moment_find_the_same(office: Office, seed: int) -> None:
    rng = random.Random(seed)
    made = await office.prover.desk.begin(PERIOD, "o-1")
    office.store.trouble.fails = lambda: rng.random() < 0.03
    await office.turns(*(office.prover.loop() for _ in range(3)))
    report = await office.report(made.id)
    assert report.proof == await whole(office, report.as_of)


async def test_processes_at_the_same_moment_do_each_step_once(office: Office) -> None:
    made = await office.prover.desk.begin(PERIOD, "o-1")
    loops = [office.prover.loop() for _ in range(3)]
    for _ in range(60):
        await asyncio.gather(*(loop.turn() for loop in loops))
        office.now += timedelta(seconds=1)
    report = await office.report(made.id)
    assert report.proof == await whole(office, report.as_of)


async def test_it_waits_until_operations_has_read_what_is_on_the_log(office: Office) -> None:
    office.prover.ends = await office.store.counts().read()
    made = await office.prover.desk.begin(PERIOD, "o-1")
    await office.turns()
    assert (await office.report(made.id)).unread == 0


@pytest.mark.parametrize("further", [5, 7, 10_000])
async def test_what_other_lanes_read_meanwhile_makes_up_for_none_that_is_behind(
    office: Office, further: int
) -> None:
    office.prover.ends = await office.store.counts().read()
    behind, ahead, *_ = (place for place in office.prover.ends if place[0] == "intake.events")
    office.prover.ends[behind] += 5  # of a process that died
    office.prover.ends[ahead] -= further  # there was less when it began
    made = await office.prover.desk.begin(PERIOD, "o-1")
    await office.turns()
    report = await office.report(made.id)
    assert (report.unread, report.proof.excepted.get("unread")) == (5, 1)


async def test_what_is_not_read_after_half_a_minute_is_excepted(office: Office) -> None:
    office.prover.ends = {("intake.events", 0): 10**6}
    made = await office.prover.desk.begin(PERIOD, "o-1")
    loop = office.prover.loop()
    for _ in range(29):
        await loop.turn()
        office.now += timedelta(seconds=1)
    [waiting] = await office.prover.desk.latest()
    assert waiting.standing == "waiting"
    await office.turns()
    report = await office.report(made.id)
    assert report.unread > 0
    assert report.proof.excepted["unread"] == 1


async def test_one_that_is_aborted_has_no_report_and_is_not_gone_on_with(office: Office) -> None:
    made = await office.prover.desk.begin(PERIOD, "o-1")
    loop = office.prover.loop()
    await loop.turn()
    assert await office.prover.desk.abort(made.id, "o-2")
    assert not await office.prover.desk.abort(made.id, "o-3")
    await office.turns(loop)
    opened = await office.prover.desk.get(made.id)
    assert opened
    assert (opened.made.standing, opened.made.ended_by) == ("aborted", "o-2")
    assert await office.prover.desk.report(made.id) is None


async def test_the_same_period_while_it_is_open_is_the_same_proof(office: Office) -> None:
    one, two = [await office.prover.desk.begin(PERIOD, by) for by in ("o-1", "o-2")]
    assert one == two


async def test_only_some_are_open_at_a_time(office: Office) -> None:
    for n in range(desks.OPEN_LIMIT):
        await office.prover.desk.begin(Period(PERIOD.since, later(n)), "o-1")
    with pytest.raises(TooManyOpen):
        await office.prover.desk.begin(Period(PERIOD.since, later(9)), "o-1")


async def ended(office: Office, what: Literal["done", "aborted", "failed"], times: int) -> None:
    """Begin proofs one after the other, which end so."""
    for _ in range(times):
        made = await office.prover.desk.begin(PERIOD, "o-1")
        report = b"signed" if what == "done" else b""
        await office.prover.rows.end(made.id, Ended(what=what, at=office.now), report)
        office.now += timedelta(seconds=1)


async def test_no_signed_report_gives_way_to_what_was_aborted_or_failed(office: Office) -> None:
    await ended(office, "done", 1)
    [signed] = await office.prover.desk.latest()
    await ended(office, "aborted", 3 * desks.UNSIGNED_KEPT)
    await ended(office, "failed", 3 * desks.UNSIGNED_KEPT)

    found = await office.prover.desk.latest()

    assert await office.prover.desk.report(signed.id) == b"signed"
    assert (len(found), found[-1].id) == (1 + desks.UNSIGNED_KEPT + 1, signed.id)


async def test_the_oldest_signed_ones_are_forgotten_and_nothing_is_left_of_them(
    office: Office,
) -> None:
    await ended(office, "aborted", 1)
    await ended(office, "done", desks.SIGNED_KEPT + 4)
    await office.prover.desk.begin(PERIOD, "o-1")

    found = await office.prover.desk.latest()

    assert [made.standing for made in found].count("done") == desks.SIGNED_KEPT
    assert found[-1].standing == "aborted"
    kept = {id_.split("/")[1] for id_ in office.prover.table.rows if not id_.startswith("turn/")}
    assert kept == {made.id for made in found}


async def test_a_period_that_is_too_long_is_refused(office: Office) -> None:
    with pytest.raises(Unfit):
        await office.prover.desk.begin(Period(PERIOD.since, later(400)), "o-1")


async def test_without_a_key_nothing_is_begun(office: Office) -> None:
    desk = ProofDesk(office.prover.rows, {}, lambda: office.now, str)
    with pytest.raises(Misconfigured):
        await desk.begin(PERIOD, "o-1")
    assert await desk.latest() == []


async def test_a_report_that_was_changed_is_not_verified(office: Office) -> None:
    made = await office.prover.desk.begin(PERIOD, "o-1")
    await office.turns()
    text = await office.prover.desk.report(made.id)
    assert text
    changed = msgspec.json.decode(text)
    changed["report"]["holds"] = True
    assert not (await office.prover.desk.verify(msgspec.json.encode(changed))).is_signed
    with pytest.raises(Unreadable):
        await office.prover.desk.verify(b"{}")


def later(days: int) -> datetime:
    return PERIOD.since + timedelta(days=days + 1)


# ---- what goes wrong with one


async def test_one_that_cannot_be_signed_in_the_end_has_failed_and_the_next_goes_on(
    office: Office,
) -> None:
    first = await office.prover.desk.begin(PERIOD, "o-1")
    office.now += timedelta(seconds=1)
    second = await office.prover.desk.begin(Period(PERIOD.since, later(1)), "o-1")
    keyless, loop = office.prover.loop({}), office.prover.loop()
    while first.id in await office.prover.rows.open_ids():
        await keyless.turn()
        office.now += timedelta(seconds=1)
    await office.turns(loop)

    found = {made.id: made for made in await office.prover.desk.latest()}
    assert (found[first.id].standing, found[first.id].holds) == ("failed", None)
    assert "Misconfigured: proof_jwk" in found[first.id].because
    assert await office.prover.desk.report(first.id) is None
    assert found[second.id].standing == "done"


async def test_one_whose_period_cannot_be_proven_has_failed(office: Office) -> None:
    made = await office.prover.desk.begin(PERIOD, "o-1")
    for row in office.store.tables["journeys"].rows.values():
        row["entries"] = b"what no version wrote"
    await office.turns()
    [failed] = await office.prover.desk.latest()
    assert (failed.id, failed.standing) == (made.id, "failed")
    assert failed.because
