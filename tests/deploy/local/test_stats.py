"""`motcua stats`: the form in the terminal, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient
from rich.console import Console
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.stats import SHOWN, show
from services.operations.domain.statistics import Form, added
from services.operations.form_files import Line, Statistics
from shared.errors import Misconfigured

ROW = {
    "_id": "2026-06/00004/09/019e0000-0000-7000-8000-000000000001/000000r",
    "unit": "00004",
    "day": "2026-06-09",
    "views": "r",
    "now": "p",
    "now_day": "never",
    "channel": "post",
}
JUNE = ("2026-06-01", "2026-06-30")


@pytest.fixture
def database(mongo_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    name = f"test_stats_{uuid4().hex[:8]}"
    monkeypatch.setenv("MONGO_URL", mongo_url)
    monkeypatch.setenv("MOTCUA_DATABASE", name)
    with MongoClient(mongo_url) as client:
        yield client[name]
        client.drop_database(name)


def asked(*words: str) -> Any:
    return CliRunner().invoke(app, ["stats", *words])


@pytest.mark.parametrize(
    ("kind", "begins"), [("csv", b"unit,name"), ("xlsx", b"PK"), ("pdf", b"%PDF-")]
)
def test_the_form_is_written_as_the_file_that_its_name_says(
    database: Any, tmp_path: Path, kind: str, begins: bytes
) -> None:
    database["operations.facts"].insert_one(ROW)
    out = tmp_path / f"form.{kind}"
    said = asked("00004", *JUNE, "--out", f"{out}")
    assert (said.exit_code, said.stdout) == (0, "")
    assert out.read_bytes().removeprefix(b"\xef\xbb\xbf").startswith(begins)


def test_a_file_of_another_kind_is_refused_before_anything_is_counted(tmp_path: Path) -> None:
    out = tmp_path / "form.doc"
    said = asked("00004", *JUNE, "--out", f"{out}")
    assert isinstance(said.exception, Misconfigured)
    assert ".xlsx" in f"{said.exception}"
    assert not out.exists()


def test_the_form_of_a_unit_is_told_as_json_as_csv_and_in_words(database: Any) -> None:
    database["operations.facts"].insert_one(ROW)

    told = json.loads(asked("00004", *JUNE, "--json").stdout)
    rows = list(csv.DictReader(io.StringIO(asked("01", *JUNE, "--csv").stdout)))
    words = asked("nation", *JUNE).stdout

    assert (told["total"]["received"], told["total"]["post"]) == (1, 1)
    assert {r["unit"]: r["received"] for r in rows if r["received"] != "0"} == {
        "00004": "1",
        "total": "1",
    }
    assert "01 Thành phố Hà Nội" in words
    assert "1 by post" in words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("00004", "2026-06-30", "2026-06-01"), "ends no earlier than it begins"),
        (("00004", "2026-06-01", "2999-01-01"), "not over"),
        (("99999", *JUNE), "No unit has this code"),
        (("00004", *JUNE), "Nothing that operations has read"),
    ],
)
def test_what_cannot_be_told_is_said_with_what_to_do(
    database: Any, words: tuple[str, ...], said: str
) -> None:
    answer = asked(*words)
    assert isinstance(answer.exception, Misconfigured)
    assert said in str(answer.exception)


@pytest.mark.parametrize("width", [40, 200])
def test_numbers_are_told_whole_however_narrow_the_terminal_is(width: int) -> None:
    form = Form(**dict.fromkeys(Form.__struct_fields__, 12_345_678))
    line = Line(unit="00004", name="Phường Một Tên Rất Dài Không Ai Đặt Bao Giờ", form=form)
    day = datetime(2026, 6, 9, tzinfo=UTC).date()
    found = Statistics(
        unit="01", name="Hà Nội", view="receiving", first=day, last=day, lines=[line, line],
        total=added([form, form]),
    )  # fmt: skip
    console = Console(file=io.StringIO(), width=width)
    show(console, found)

    _, _, *rows = console.file.getvalue().splitlines()
    assert rows[0].count("12,345,678") == len(SHOWN)
    assert rows[2].count("24,691,356") == len(SHOWN)
