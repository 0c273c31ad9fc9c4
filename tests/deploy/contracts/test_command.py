"""`make contracts` in a folder of its own: what it writes, what it says, how it ends."""

import json
import shutil
from pathlib import Path

import pytest
import typer

from deploy.contracts.__main__ import main
from deploy.contracts.published import DOCS, FOLDER, PAGE


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    shutil.copytree(DOCS / FOLDER, tmp_path / FOLDER)
    shutil.copy(DOCS / PAGE, tmp_path / PAGE)
    return tmp_path


def ends(docs: Path, capsys, *, check: bool = False) -> tuple[int, str]:
    status = 0
    try:
        main(check=check, docs=docs)
    except typer.Exit as exit_:
        status = exit_.exit_code
    return status, capsys.readouterr().out


def test_what_stands_is_left_as_it_is(docs, capsys) -> None:
    status, said = ends(docs, capsys)
    assert status == 0
    assert "as recorded" in said


def test_a_harmless_change_is_told_and_recorded(docs, capsys) -> None:
    file = docs / FOLDER / "events" / "application.routed.json"
    whole = file.read_text()
    older = json.loads(whole)
    del older["properties"]["data"]["properties"]["portal"]
    file.write_text(json.dumps(older))
    status, said = ends(docs, capsys, check=True)
    assert (status, "$.data.portal" in said, "make contracts" in said) == (1, True, True)
    assert json.loads(file.read_text()) == older
    status, said = ends(docs, capsys)
    assert (status, "nobody" in said) == (0, True)
    assert file.read_text() == whole


def test_a_breaking_change_is_told_with_what_to_do_and_nothing_is_written(docs, capsys) -> None:
    file = docs / FOLDER / "events" / "application.routed.json"
    older = file.read_text().replace('"copies"', '"number_of_copies"')
    file.write_text(older)
    status, said = ends(docs, capsys)
    assert status == 1
    assert "application.routed.v2" in said
    assert "removed or renamed" in said
    assert file.read_text() == older


def test_a_lost_file_is_made_again(docs, capsys) -> None:
    (docs / FOLDER / "openapi" / "notify.json").unlink()
    status, _ = ends(docs, capsys)
    assert status == 0
    assert (docs / FOLDER / "openapi" / "notify.json").exists()


def test_a_file_that_is_no_json_is_said_in_one_sentence(docs, capsys) -> None:
    (docs / FOLDER / "asyncapi.json").write_text("{")
    status, said = ends(docs, capsys)
    assert (status, "git restore" in said) == (1, True)


def test_a_page_that_is_gone_is_said_in_one_sentence(docs, capsys) -> None:
    (docs / PAGE).unlink()
    status, said = ends(docs, capsys)
    assert (status, "git restore" in said) == (1, True)


def test_without_git_the_files_are_compared_with_and_that_is_said(docs, capsys) -> None:
    _, said = ends(docs, capsys)
    assert "Compared with the files as they stand, because git does not know them" in said
