"""The page of what must always hold lists the sentences, the wrong builds and the limits."""

from pathlib import Path

from deploy.audit.invariants import INVARIANTS
from tests.invariants.__main__ import DISK_BYTES, LEAST, MOST
from tests.invariants.mutants import MUTANTS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "invariants.md").read_text()


def test_every_sentence_stands_there_under_its_number() -> None:
    said = PAGE.partition("checks eight\nsentences:\n\n")[2].partition("\n\n")[0]
    numbered = enumerate((sentence for sentence, _ in INVARIANTS), start=1)
    assert said.splitlines() == [f"{number}. {sentence}." for number, sentence in numbered]


def test_every_wrong_build_stands_there_with_what_it_breaks() -> None:
    table = PAGE.partition("| A build that | In | Breaks |\n|---|---|---|\n")[2]
    assert table.partition("\n\n")[0].splitlines() == [
        f"| {mutant.name} | `{mutant.file}` | {mutant.breaks} |" for mutant in MUTANTS
    ]


def test_the_limits_stand_there() -> None:
    assert f"`APPLICATIONS` is from {LEAST} to {MOST:,}:" in PAGE
    assert f"needs {DISK_BYTES >> 30} GiB" in PAGE
