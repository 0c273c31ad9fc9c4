"""The tables on the page for officers are those of the code."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from services.routing.actions import AMOUNTS_VND, FIELDS
from services.routing.api import BODY_LIMIT_BYTES, KEY_LIMIT
from services.routing.domain.edges import MOVES
from services.routing.domain.states import CLOCK, NATIONAL_CODE, Stage
from shared.catalogue import Policy, load
from shared.events.data import NOTE_LIMIT
from tests.docs.test_contracts import codes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "officers.md").read_text()


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


def test_each_action_stands_there_with_its_fields():
    table = PAGE.partition("| `action` | Fields |\n|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [
        f"| `{move}` | {', '.join(map(shown, fields))} |" for move, fields in FIELDS.items()
    ]


def shown(field: tuple[Any, ...]) -> str:
    """A field as the page has it: in brackets if it may be left out."""
    return f"`{field[0]}`" if len(field) == len(("name", "type")) else f"(`{field[0]}`)"


def test_the_limits_are_those_of_the_fields():
    for limit in (NOTE_LIMIT, *AMOUNTS_VND, KEY_LIMIT):
        assert f"{limit:,}" in PAGE
    assert f"{BODY_LIMIT_BYTES >> 10} KiB" in PAGE


EDGES = [
    *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "services" / "routing").glob("*.py"))),
    *("shared/access.py", "shared/edge.py", "shared/papers/edge.py", "shared/problems.py"),
]
OPERATORS = {f"services/routing/{name}.py" for name in ("recounts_api", "rehoming", "proposals")}


def test_every_refusal_stands_in_the_table():
    rows = PAGE.partition("## Refusals")[2].partition("\n## ")[0].splitlines()
    found = {code for file in EDGES if file not in OPERATORS for code in codes(file)}
    assert found
    for status, code in found:
        assert [r for r in rows if f"`{code}`" in r and status in r.split("|")[1]], (status, code)


def test_automatic_acceptance_is_told_as_the_policy_in_force_has_it():
    told = PAGE.partition("### Accepted by nobody")[2].partition("\n#")[0]
    policy = load().policy(date(2026, 11, 20))
    for word in policy.automatic_online_levels | policy.automatic_payment_moments:
        assert f"`{word}`" in told


def test_every_parameter_of_dossiers_is_named():
    elsewhere = {"valid_from", "valid_to", "by_plan_working_days"}
    fields = {field.name for field in msgspec.structs.fields(Policy)} - elsewhere
    assert [name for name in sorted(fields) if f"`{name}`" not in PAGE] == []
