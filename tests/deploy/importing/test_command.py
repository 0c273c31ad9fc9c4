"""What an operator types, and is told."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.importing.command import local_key
from deploy.importing.journal import begin, write
from deploy.importing.remedies import REMEDIES
from deploy.local.children import Children
from deploy.local.cli import app
from deploy.local.settings import ROOT, Settings
from services.intake.domain.remedies import REMEDIES as INTAKE_S
from shared import jwe
from shared.errors import Misconfigured

NOWHERE = {"KAFKA_URL": "127.0.0.1:1", "COLUMNS": "200"}


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    def motcua(*arguments: Any, **env: str) -> tuple[int, str]:
        found = CliRunner().invoke(
            app,
            ["import", *map(str, arguments)],
            env=NOWHERE | {"MOTCUA_HOME": str(tmp_path / "home")} | env,
        )
        return found.exit_code, f"{found.output} {found.exception}"

    return motcua


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def file(make, tmp_path: Path) -> Path:
    return make.write(tmp_path / "batch.jsonl", [make.line(1), make.line(2, copies=0), b"{"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "file"),
        (("nothing.jsonl", "--portal", "p"), "nothing.jsonl is no file: name one"),
        ((".", "--dry-run"), ". is no file: name one"),
        (("x", "--in-flight", "0"), "--in-flight"),
        (("x", "--in-flight", "many"), "--in-flight"),
        (("x", "--patience", "1"), "--patience"),
        (("x", "--generate", "-1"), "--generate"),
        (("x", "--nonsense"), "--nonsense"),
        (("x", "--portal", "Not A Name"), "'Not A Name' is no portal's name"),
        (("x",), "Name the portal or counter"),
    ],
)
def test_what_makes_no_sense_is_said(run, arguments, said) -> None:
    code, text = run(*arguments)
    assert code != 0
    assert said in text
    assert "Traceback" not in text


def test_a_dry_run_counts_lists_and_leaves_nothing(run, file) -> None:
    before = names(file.parent)
    code, text = run(file, "--dry-run")
    assert code == 1
    assert "3 lines: 1 would be sent, 0 repeat an earlier line, 2 are not in order." in text
    assert "line 2: /copies invalid-copies" in text
    assert "line 3: / not-json" in text
    assert "00004" in text
    assert "Personal fields of 2 lines stand in the file in the clear" in text
    assert names(file.parent) == before


def test_a_dry_run_writes_its_exceptions_where_it_is_told(run, file, tmp_path) -> None:
    folder = tmp_path / "lists" / "of today"
    run(file, "--dry-run", "--to", folder)
    rows = (folder / "batch.jsonl.exceptions.jsonl").read_text().splitlines()
    assert [(r["line"], r["because"]) for r in map(json.loads, rows)] == [
        (2, "invalid"),
        (3, "malformed"),
    ]
    assert names(folder) == {"batch.jsonl.exceptions.jsonl"}


def test_a_folder_that_cannot_be_is_said_before_the_work(run, file) -> None:
    code, text = run(file, "--dry-run", "--to", file / "lists")
    assert code == 1
    assert "cannot be used (Not a directory): mend that" in text
    assert "not in order" not in text


def test_lines_with_the_same_problem_are_told_together(run, make, tmp_path) -> None:
    file = make.write(tmp_path / "a", [make.line(n, copies=0) for n in range(1, 31)])
    _, text = run(file, "--dry-run")
    assert "lines 1, 2, 3, 4, 5 and 25 more: /copies invalid-copies" in text
    assert text.count("/copies") == 1


def test_no_column_stands_empty(run, make, tmp_path) -> None:
    good = make.write(tmp_path / "good", [make.line(1)])
    assert "not in order" not in run(good, "--dry-run")[1].partition("1 lines")[0]
    bad = make.write(tmp_path / "bad", [make.line(1, copies=0)])
    assert "not in order" in run(bad, "--dry-run")[1].partition("1 lines")[0]


def test_a_dry_run_of_what_is_in_order_ends_well(run, make, tmp_path) -> None:
    assert run(make.write(tmp_path / "a", [make.line()]), "--dry-run")[0] == 0


def test_without_a_broker_it_is_said_and_nothing_is_left(run, file) -> None:
    before = names(file.parent)
    code, text = run(file, "--portal", "p")
    assert code == 1
    assert "Kafka at 127.0.0.1:1 does not answer" in text
    assert names(file.parent) == before


@pytest.mark.parametrize("content", ["", "[]", "7", '{"keys": []}', '{"kty": "EC"}', "\x00"])
def test_a_file_that_holds_no_key_is_told(run, file, tmp_path, content) -> None:
    key = tmp_path / "key"
    key.write_text(content)
    code, text = run(file, "--portal", "p", "--key", key)
    assert code == 1
    assert "does not hold intake's public key: save there what GET /v1/keys answers" in text


@pytest.mark.parametrize("shape", ["as answered", "bare", "of the local system"])
def test_a_key_is_taken_in_each_shape_that_there_is(run, file, tmp_path, shape) -> None:
    jwk = jwe.public_part(jwe.import_key(jwe.generate_key())) | {"use": "enc"}
    shapes = {
        "as answered": {"keys": [jwk]},
        "bare": jwk,
        "of the local system": {"intake_jwk": jwk},
    }
    key = tmp_path / "key"
    key.write_text(json.dumps(shapes[shape]))
    code, text = run(file, "--portal", "p", "--key", key)
    assert code == 1
    assert "does not answer" in text, "the key was taken, the broker is not there"


@pytest.mark.parametrize(
    ("url", "home"), [("", "home"), ("127.0.0.1:19092", "home/demo"), ("elsewhere:9092", None)]
)
def test_a_key_is_found_only_of_the_system_that_is_spoken_to(tmp_path, url, home) -> None:
    settings = Settings(home=tmp_path / "home", kafka_url=url, mongo_url="", kafka_port=19092)
    folder = tmp_path / (home or "home")
    assert local_key(settings) is None, "no broker runs"
    with Children(folder) as children:
        children.start("kafka", [sys.executable, "-c", "import time; time.sleep(600)"], 19092)
        expected = folder / "secrets" / "clients.json" if home else None
        assert local_key(settings) == expected


def test_a_key_that_is_not_there_is_told(run, file, tmp_path) -> None:
    code, text = run(file, "--portal", "p", "--key", tmp_path / "none")
    assert code == 1
    assert "none cannot be used (No such file or directory)" in text


def test_a_generated_file_is_in_order_and_never_overwrites(run, tmp_path) -> None:
    path = tmp_path / "made.jsonl"
    assert run(path, "--generate", 50)[0] == 0
    assert len(path.read_text().splitlines()) == 50
    code, text = run(path, "--dry-run")
    assert (code, "50 lines: 50 would be sent" in text) == (0, True)
    code, text = run(path, "--generate", 50)
    assert (code, "is there already: name a new file" in text) == (1, True)


def test_a_folder_that_is_not_there_is_told(run, tmp_path) -> None:
    code, text = run(tmp_path / "no" / "made.jsonl", "--generate", 5)
    assert (code, "cannot be written: No such file or directory" in text) == (1, True)


def test_a_list_that_cannot_be_written_is_told_and_leaves_the_last_one(make, tmp_path) -> None:
    journal = begin("a", "p", make.NOW, {})
    with pytest.raises(Misconfigured, match=r"no/list cannot be written .* folder with --to"):
        write(tmp_path / "no" / "list", journal.salt.encode())


def test_a_full_disk_is_told_in_one_sentence(tmp_path) -> None:
    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    done = subprocess.run(
        [sys.executable, "-m", "deploy.local", "import", "--generate", "50", tmp_path / "made"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        preexec_fn=no_room,
    )
    assert done.returncode == 1
    assert "cannot be written: File too large" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert names(tmp_path) == set()


def test_every_problem_of_an_import_stands_on_its_page() -> None:
    page = (ROOT / "docs" / "import.md").read_text()
    rows = dict(
        tuple(cell.strip().strip("`") for cell in line.strip("|").split(" | "))
        for line in page.splitlines()
        if line.startswith("| `") and line.count(" | ") == 1
    )
    assert not REMEDIES.keys() & INTAKE_S.keys()
    for code, remedy in REMEDIES.items():
        assert rows[code].rstrip(" |").replace("`", "") == remedy.en.replace("`", "")
