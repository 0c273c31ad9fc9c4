import asyncio
import os
import signal
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import pytest
from structlog.testing import capture_logs

from shared.catalogue.current import Current, Watch
from shared.catalogue.reading import DATA
from shared.settings import Settings

TODAY, SOON = date(2026, 11, 21), date(2026, 12, 1)


def later_hours(rows: list) -> None:
    """End the policy in force and begin another, or change the one that has not begun."""
    if rows[-1]["valid_from"] != str(SOON):
        rows.append(rows[-1] | {"valid_from": str(SOON)})
        rows[-2]["valid_to"] = str(SOON)
    rows[-1]["intake_sla_hours"] += 1


def clock() -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC)


@pytest.fixture
def watch(edition) -> Watch:
    return Watch(Settings(catalogue=edition.folder, catalogue_look_s=60.0), clock)


def hours(watch: Watch) -> int:
    return watch.current.policy(SOON).intake_sla_hours


async def turned(watch: Watch, running: asyncio.Task[None]) -> None:
    for _ in range(3_000):
        if hours(watch) != 8:
            break
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert hours(watch) == 9


async def test_another_edition_is_taken_once_nobody_writes_it_any_more(edition, watch) -> None:
    held, version = watch.current, watch.current.version
    held.working_calendar(TODAY)
    await watch.look()
    edition.change("policies", later_hours, "policies")
    await watch.look()
    assert hours(watch) == 8  # it has just changed: somebody may still be copying
    edition.change("policies", later_hours, "policies")
    await watch.look()
    assert hours(watch) == 8
    with capture_logs() as logs:
        await watch.look()
    assert hours(watch) == 10
    assert held is watch.current
    assert held.version != version
    assert [(log["event"], log["before"]) for log in logs] == [("edition taken", version)]


def test_what_waits_keeps_its_edition_while_the_process_turns_to_another(catalogue) -> None:
    current = Current.of(catalogue)
    kept = current.edition()
    current.turn_to(replace(catalogue, version="next", units={}))
    assert (current.version, current.unit("00004", TODAY)) == ("next", None)
    assert kept.version == catalogue.version
    assert kept.unit("00004", TODAY) == catalogue.unit("00004", TODAY)
    assert current.edition().version == "next"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: (folder / "units.json").unlink(), "units.json cannot be read"),
        (lambda folder: os.truncate(folder / "legacy_map.json", 90_000), "legacy_map.json"),
        (lambda folder: os.truncate(folder / "policies.json", 0), "policies.json"),
    ],
)
async def test_what_cannot_be_taken_leaves_the_old_one_and_is_said_once(
    edition, watch, spoil, reason: str
) -> None:
    version = watch.current.version
    spoil(edition.folder)
    with capture_logs() as logs:
        for _ in range(4):
            await watch.look()
    assert watch.current.version == version
    assert watch.current.unit("00004", TODAY)
    [log] = logs
    assert (log["log_level"], log["event"], log["in_use"]) == ("error", "edition refused", version)
    assert reason in log["reason"]


async def test_an_edition_that_has_lost_a_procedure_is_not_taken(edition, watch) -> None:
    edition.change("procedures", lambda rows: rows.pop(10))  # nothing else names it
    with capture_logs() as logs:
        await watch.take()
    assert watch.current.knows_procedure("1.004837")
    assert "procedures.json: 1.004837 from 2025-07-01 is gone" in logs[0]["reason"]


async def test_an_edition_that_rewrites_what_dossiers_stand_on_is_not_taken(edition, watch) -> None:
    def longer(rows: list) -> None:
        next(r for r in rows if r["code"] == "1.010038")["processing_time"]["value"] += 5

    edition.change("procedures", longer)
    with capture_logs() as logs:
        await watch.take()
    assert logs[0]["event"] == "edition refused"
    assert "1.010038 from 2025-07-01 has another processing_time" in logs[0]["reason"]


async def test_after_a_refusal_a_mended_folder_is_taken(edition, watch) -> None:
    whole = (edition.folder / "units.json").read_text()
    (edition.folder / "units.json").unlink()
    await watch.look()
    await watch.look()
    (edition.folder / "units.json").write_text(whole)
    edition.change("policies", later_hours, "policies")
    await watch.look()
    await watch.look()
    assert hours(watch) == 9


async def test_a_link_may_be_turned_from_one_folder_to_another(edition, tmp_path: Path) -> None:
    link, other = tmp_path / "link", tmp_path / "other"
    copytree(DATA, other)
    link.symlink_to(other)
    watch = Watch(Settings(catalogue=link), clock)
    edition.change("policies", later_hours, "policies")
    link.unlink()
    link.symlink_to(edition.folder)
    await watch.look()
    await watch.look()
    assert hours(watch) == 9


async def test_a_signal_asks_to_look_at_once(edition, watch) -> None:
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    edition.change("policies", later_hours, "policies")
    os.kill(os.getpid(), signal.SIGHUP)
    await turned(watch, running)


async def test_it_looks_again_and_again_by_itself(edition) -> None:
    watch = Watch(Settings(catalogue=edition.folder, catalogue_look_s=0.01), clock)
    running = asyncio.create_task(watch.run())
    edition.change("policies", later_hours, "policies")
    await turned(watch, running)


def test_what_was_worked_out_of_an_edition_goes_with_it(catalogue, edition) -> None:
    current = Current.of(catalogue)
    day = date(2026, 12, 24)
    assert day in current.working_calendar(TODAY).days
    assert current.units_named("Hòa Bình", TODAY)
    new = [str(day), "off", "", "high", "2025-01-01", None]
    current.turn_to(edition.change("calendar", lambda rows: rows.append(new)).load())
    assert day not in current.working_calendar(TODAY).days
