"""Whatever cannot be is refused in one style: `✗`, what it is, what to do; no box, no number."""

import io
import subprocess
import sys

import pytest
import typer
from aiokafka.errors import KafkaConnectionError
from rich.console import Console

from deploy.local import refusals
from deploy.local.cli import app
from deploy.local.settings import ROOT
from deploy.simulation.__main__ import main as simulate
from shared.errors import Misconfigured

BOX, LONG = "╭", "a sentence of words that is longer than the terminal is wide " * 3


def said(app: typer.Typer, *words: str) -> tuple[int, str]:
    console = Console(file=io.StringIO(), record=True, width=200)
    with pytest.raises(SystemExit) as ended:
        refusals.run(console, app, words)
    return int(str(ended.value.code)), console.export_text()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("archive", "--foo"), "--foo"),
        (("nothing",), "nothing"),
        (("import", "x", "--in-flight", "0"), "--in-flight"),
        (("import", "x", "--in-flight", "many"), "--in-flight"),
        (("catalogue", "find"), "name"),
        (("catalogue", "find", "x", "--on", "yesterday"), "--on"),
    ],
)
def test_words_that_are_no_command_are_refused_in_a_line(words, named) -> None:
    code, text = said(app, *words)
    assert code == 2
    assert text.startswith("✗ ")
    assert text.count("\n") == 1
    assert named in text
    assert BOX not in text


def test_a_program_of_one_command_refuses_the_same_way() -> None:
    one = typer.Typer(add_completion=False)
    one.command()(simulate)
    code, text = said(one, "--schedules", "0")
    assert (code, text[:2]) == (2, "✗ ")
    assert "--schedules" in text


@pytest.mark.parametrize(
    ("variable", "refusal"),
    [
        ("--applications=abc", "✗ APPLICATIONS=abc cannot be: give a whole number."),
        ("--applications=7", "✗ APPLICATIONS=7 cannot be: give 500 to 20000."),
        ("--seed=-1", "✗ SEED=-1 cannot be: give 0 or more."),
    ],
)
def test_so_do_the_invariants(variable, refusal) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.invariants", variable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(refusal)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KafkaConnectionError("Unable to bootstrap from [('h', 1, <AddressFamily: 2>)]"), "nobody"),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (ValueError("[Errno 2] gone"), "gone"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_an_error_of_a_server_or_the_disk_is_told_in_words(error, words) -> None:
    told = refusals.why(error)
    assert told.startswith(words)
    assert "Errno" not in told
    assert "AddressFamily" not in told


def test_a_terminal_folds_between_words_and_a_pipe_keeps_the_line() -> None:
    def shown(is_terminal: bool) -> list[str]:
        console = Console(file=io.StringIO(), record=True, width=80, force_terminal=is_terminal)
        refusals.refuse(console, LONG)
        return console.export_text().splitlines()

    folded = shown(is_terminal=True)
    assert max(map(len, folded)) <= 80
    assert " ".join(" ".join(folded).split()) == f"✗ {LONG.strip()}"
    assert len(shown(is_terminal=False)) == 1


def test_what_the_operator_must_mend_is_one_sentence_with_its_brackets() -> None:
    one = typer.Typer()

    @one.command()
    def refuses() -> None:
        raise Misconfigured("lane [3] is away: start it.")

    assert said(one) == (1, "✗ lane [3] is away: start it.\n")


def test_every_line_of_the_help_of_make_fits_eighty_columns() -> None:
    help_ = (
        subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
        .stdout.replace("\x1b[36m", "")
        .replace("\x1b[0m", "")
    )
    assert [line for line in help_.splitlines() if len(line) > 80] == []
