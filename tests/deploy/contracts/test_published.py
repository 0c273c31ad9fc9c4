"""What `make contracts` says of a change: each case is a change of the real contracts."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from deploy.contracts.published import changes, files, sides
from deploy.contracts.rules import BOTH, WRITERS
from deploy.contracts.tables import NoSuchMark, with_tables
from shared.events import CONTRACTS

SUBMITTED = "contracts/events/application.submitted.json"
ROUTED = "contracts/events/application.routed.json"
ASYNCAPI = "contracts/asyncapi.json"
INTAKE = "contracts/openapi/intake.json"

Edit = Callable[[Any], object]


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    return files()


def edited(recorded: dict[str, str], path: str, edit: Edit) -> dict[str, str]:
    contract = json.loads(recorded[path])
    edit(contract)
    return {**recorded, path: json.dumps(contract)}


def data(contract: Any) -> Any:
    return contract["properties"]["data"]


TEXT = {"type": "string"}


def optional(contract: Any) -> None:
    data(contract)["properties"].update(extra={**TEXT, "default": ""})


def needed(contract: Any) -> None:
    optional(contract)
    data(contract)["required"].append("extra")


def removed(contract: Any) -> None:
    data(contract)["properties"].pop("procedure")


def freed(contract: Any) -> None:
    data(contract)["required"].remove("procedure")


def retyped(contract: Any) -> None:
    data(contract)["properties"].update(procedure={"type": "integer"})


def shorter(contract: Any) -> None:
    data(contract)["properties"]["procedure"].update(maxLength=5)


def unsigned(contract: Any) -> None:
    contract["required"].remove("type")


@pytest.mark.parametrize(
    ("path", "edit", "breaks"),
    [
        (SUBMITTED, optional, set()),
        (SUBMITTED, needed, {"writers"}),
        (SUBMITTED, removed, {"writers"}),
        (SUBMITTED, freed, set()),
        (SUBMITTED, retyped, {"writers"}),
        (SUBMITTED, shorter, {"writers"}),
        (ROUTED, optional, set()),
        (ROUTED, needed, {"writers"}),
        (ROUTED, removed, {"writers", "readers"}),
        (ROUTED, freed, {"readers"}),
        (ROUTED, retyped, {"writers", "readers"}),
        (ROUTED, shorter, {"writers"}),
        (ROUTED, unsigned, {"readers"}),
        (ASYNCAPI, lambda c: c["channels"].pop("intake.events"), {"writers", "readers"}),
        (ASYNCAPI, lambda c: c["channels"].update(new={}), set()),
        (INTAKE, lambda c: c["paths"].pop("/v1/keys"), {"writers", "readers"}),
        (INTAKE, lambda c: c["info"].update(description="other words"), set()),
    ],
)
def test_a_change_breaks_whom_it_breaks(recorded, path: str, edit: Edit, breaks: set[str]) -> None:
    told = list(changes(recorded, edited(recorded, path, edit)))
    assert {side for _, change in told for side in change.breaks} == breaks
    assert {where for where, _ in told} <= {path}


def test_a_new_version_beside_the_old_one_breaks_nobody(recorded) -> None:
    new = {**recorded, ROUTED.replace("routed", "routed.v2"): recorded[ROUTED]}
    [(_, change)] = changes(recorded, new)
    assert (change.rule, change.breaks) == ("event-added", frozenset())


def test_a_type_that_is_gone_breaks_everybody(recorded) -> None:
    left = {path: text for path, text in recorded.items() if path != SUBMITTED}
    [(_, change)] = changes(recorded, left)
    assert change.breaks == BOTH


def test_from_nothing_everything_is_new(recorded) -> None:
    assert not [change for _, change in changes({}, recorded) if change.breaks]


def test_what_only_we_read_breaks_writers_alone() -> None:
    strict = {type_ for type_ in CONTRACTS if sides(type_) == WRITERS}
    assert {"application.submitted", "officer.accepted", "payment.notified"} <= strict
    assert not {"application.registered", "payment.settled", "record.dead"} & strict


def test_making_them_again_gives_the_same(recorded) -> None:
    assert files() == recorded


def test_a_page_without_its_marks_is_not_written() -> None:
    with pytest.raises(NoSuchMark):
        with_tables("# For portals\n")
