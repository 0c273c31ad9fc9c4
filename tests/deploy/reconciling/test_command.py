"""What an operator types to reconcile, and is told."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, get_args

import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.reconciling import shown
from deploy.reconciling.command import GRACE, _files, _hours, as_line
from shared.events.reconciliation import BreakKind, Cure
from tests.services.payment.office import NOW

NOWHERE = {
    "KAFKA_URL": "127.0.0.1:1",
    "MONGO_URL": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50",
    "COLUMNS": "200",
}


@pytest.fixture
def motcua(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    def run(*arguments: Any) -> tuple[int, str]:
        found = CliRunner().invoke(
            app,
            ["reconcile", *map(str, arguments)],
            env=NOWHERE | {"MOTCUA_HOME": str(tmp_path / "home")},
        )
        return found.exit_code, f"{found.output} {found.exception}"

    return run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name a file, its --partner and its --day"),
        (("x.csv", "--partner", "sen-vang"), "Name a file, its --partner and its --day"),
        (("x.csv", "--partner", "sen-vang", "--day", "2026-11-20"), "x.csv is no file"),
        (("x.csv", "--partner", "VNPAY", "--day", "2026-11-20"), "'VNPAY' is no partner"),
        (("x.csv", "--partner", "sen-vang", "--day", "20.11.2026"), "--day"),
        (("--folder", "."), "no file named PARTNER_DAY"),
        (("x.csv", "--breaks-limit", "0"), "--breaks-limit"),
    ],
)
def test_what_makes_no_sense_is_said(motcua, arguments, said) -> None:
    code, text = motcua(*arguments)
    assert code != 0
    assert said in text
    assert "Traceback" not in text


@pytest.mark.parametrize("cut_off", ["25:00", "00:00", "5pm"])
def test_a_partners_day_ends_at_a_time_of_day(motcua, tmp_path, cut_off) -> None:
    file = tmp_path / "sen-vang_2026-11-20.csv"
    file.write_text("")
    _, text = motcua("--folder", tmp_path, "--cut-off", cut_off)
    assert f"--cut-off is {cut_off!r}" in text


def test_a_folder_is_taken_by_the_names_of_its_files(tmp_path) -> None:
    for name in ("sen-vang_2026-11-20.csv", "a-bank_2026-11-19.xml", "notes.txt", "x_2026.csv"):
        (tmp_path / name).write_text("")
    found = [(path.name, *asked) for path, asked in _files(None, "", None, tmp_path)]
    assert found == [
        ("a-bank_2026-11-19.xml", "a-bank", date(2026, 11, 19)),
        ("sen-vang_2026-11-20.csv", "sen-vang", date(2026, 11, 20)),
    ]


@pytest.mark.parametrize(
    ("ends", "until"),
    [
        (timedelta(hours=24), datetime(2026, 11, 20, 17, tzinfo=UTC)),
        (timedelta(hours=17), datetime(2026, 11, 20, 10, tzinfo=UTC)),
    ],
)
def test_a_day_lasts_from_one_cut_off_to_the_next(ends, until) -> None:
    since, found = _hours(date(2026, 11, 20), ends)
    assert found == until - GRACE
    assert found - since == timedelta(days=1)


async def test_what_is_shown_names_each_kind_with_its_amount_and_cure(world) -> None:
    lines = [await world.paid(1), world.line("DVC0", 2), world.line("", 3, kind="refunded")]
    await world.paid(4)
    found = await world.run(world.file(*lines))
    out = StringIO()
    shown.show(Console(file=out, width=200), found, NOW + timedelta(hours=5), rows=2)
    text = out.getvalue()
    for said in ("matched", "1 ", "unknown", "missing_there", "the partner is asked", "5 h"):
        assert said in text
    assert "a person decides" in text
    assert "line 5" in text
    assert "… and 1 more: --rows" in text


async def test_the_same_is_said_as_json(world) -> None:
    found = await world.run(world.file(await world.paid(1), world.line("DVC0", 2)))
    told = json.loads(as_line(found))
    assert told["statement"]["matched"] == 1
    assert told["open"][0]["kind"] == "unknown"


async def test_a_correction_is_told_as_such(world) -> None:
    paid = await world.paid(1)
    await world.run(world.file())
    found = await world.run(world.file(paid, name="b.csv"))
    out = StringIO()
    shown.show(Console(file=out, width=200), found, NOW, rows=2)
    assert "It corrects 1 before it: 1 lines are new or changed, 0 are gone." in out.getvalue()
    assert "closed: 1 corrected" in out.getvalue()


def test_every_kind_and_every_cure_has_words() -> None:
    assert set(shown.MEANS) == set(get_args(BreakKind))
    assert set(shown.CURES) == set(get_args(Cure))


def test_a_file_of_nobody_s_is_refused_and_the_others_are_tried(motcua, tmp_path) -> None:
    for name in ("a-bank_2026-11-19.csv", "sen-vang_2026-11-20.csv"):
        (tmp_path / name).write_text("")
    code, text = motcua("--folder", tmp_path)
    assert code == 1
    assert "a-bank is no partner of payment's: name one of " in text
    assert "A server failed" in text


def test_servers_that_are_away_are_said(motcua, tmp_path) -> None:
    file = tmp_path / "sen-vang_2026-11-20.csv"
    file.write_text("")
    code, text = motcua("--folder", tmp_path)
    assert code == 1
    assert "A server failed" in text
    assert "run this again" in text
