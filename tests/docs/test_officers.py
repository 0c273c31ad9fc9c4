"""The tables on the page for officers are those of the code."""

from pathlib import Path

import msgspec

from services.routing.domain.edges import MOVES
from services.routing.domain.states import CLOCK, NATIONAL_CODE, Stage
from shared.catalogue import Policy

PAGE = (Path(__file__).parents[2] / "docs" / "officers.md").read_text()


def row(stage: Stage) -> str:
    moves = "; ".join(f"`{move}` → {edge.to}" for move, edge in MOVES[stage].items())
    return f"| {stage} | {NATIONAL_CODE[stage]} | {CLOCK[stage]} | {moves or '–'} |"


def test_each_stage_stands_there_with_its_code_its_clock_and_its_moves():
    table = PAGE.partition("| Stage | Code | Clock | Moves |\n|---|---|---|---|\n")[2]
    lines = table.partition("\n\n")[0].splitlines()
    assert lines == [row(stage) for stage in Stage if stage is not Stage.EXPECTED]


def test_each_parameter_that_is_named_is_a_policys():
    named = PAGE.partition("Parameters, ")[2].partition("\n\n")[0]
    words = {word.strip("`,.()") for word in named.split() if word.startswith("`") and "_" in word}
    assert words <= {field.name for field in msgspec.structs.fields(Policy)}
    assert words
