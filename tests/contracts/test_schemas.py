"""Every recorded message keeps to the schema of its type; a broken one does not."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from services.intake.domain import validation
from services.intake.domain.validation import form_problems, personal_problems
from services.intake.forms import FORM
from shared.catalogue import load
from shared.contracts import CARRIED, event_schema, is_decided
from shared.edge import builtins, schema
from shared.events import CONTRACTS
from shared.events.data import Strict
from shared.events.portal import Personal, Submitted

FOLDER = Path(__file__).parent / "recorded"
FILES = sorted(FOLDER.glob("*/*.json"))
FORMATS = Draft202012Validator.FORMAT_CHECKER


@dataclass(frozen=True)
class Broken:
    """A recorded message with one thing wrong."""

    what: str
    message: dict[str, Any]


def validator(type_: str) -> Draft202012Validator:
    return Draft202012Validator(event_schema(type_), format_checker=FORMATS)


def changed(message: Any, path: tuple[str | int, ...], value: Any = None) -> Any:
    """The same message with another value at a path, or without it."""
    message = deepcopy(message)
    inner = message
    for part in path[:-1]:
        inner = inner[part]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return message


def breaches(message: dict[str, Any]) -> Iterator[Broken]:
    """Each required field removed, each value of another type."""
    whole = event_schema(message["type"])
    for path, node in places(whole, whole, message):
        value = message
        for part in path:
            value = value[part]
        for name in node.get("required", ()):
            yield Broken(f"without {(*path, name)}", changed(message, (*path, name)))
        if path and (node.get("type") or node.get("enum")):
            wrong: Any = "no number" if isinstance(value, int | list | dict) else {"no": "text"}
            yield Broken(f"{path} of another type", changed(message, path, wrong))


def places(
    node: dict[str, Any], whole: dict[str, Any], value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Each place of a value, with its schema."""
    if "$ref" in node:
        node = whole["$defs"][node["$ref"].removeprefix("#/$defs/")]
    yield path, node
    if isinstance(value, dict):
        for name, inner in node.get("properties", {}).items():
            if name in value:
                yield from places(inner, whole, value[name], (*path, name))
    if isinstance(value, list) and value:
        yield from places(node["items"], whole, value[0], (*path, 0))


@pytest.mark.parametrize("type_", CONTRACTS)
class TestTheSchemaOfAnEventType:
    def test_is_one_of_2020_12_and_refers_to_nothing_outside(self, type_: str) -> None:
        whole = event_schema(type_)
        Draft202012Validator.check_schema(whole)
        assert whole["$id"] == f"urn:motcua:event:{type_}"
        assert "http" not in json.dumps({k: v for k, v in whole.items() if k != "$schema"})

    def test_has_every_field_of_the_struct(self, type_: str) -> None:
        data = event_schema(type_)["properties"]["data"]
        fields = msgspec.structs.fields(CONTRACTS[type_])
        assert set(data["properties"]) == {f.encode_name for f in fields}
        assert set(data.get("required", ())) == {f.encode_name for f in fields if f.required}

    def test_takes_times_with_their_zone_only(self, type_: str) -> None:
        text = json.dumps(event_schema(type_))
        assert text.count('"format": "date-time"') == text.count("T[0-9]{2}:[0-9]{2}:[0-9]{2}")


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
class TestARecordedMessage:
    def test_keeps_to_its_schema(self, file: Path) -> None:
        message = json.loads(file.read_text())
        assert [e.message for e in validator(message["type"]).iter_errors(message)] == []

    def test_does_not_when_it_is_broken(self, file: Path) -> None:
        message = json.loads(file.read_text())
        broken = list(breaches(message))
        assert len(broken) > 10
        check = validator(message["type"])
        assert [b.what for b in broken if check.is_valid(b.message)] == []

    def test_does_not_pass_for_another_type(self, file: Path) -> None:
        message = json.loads(file.read_text())
        other = "fee.waived" if message["type"] != "fee.waived" else "fee.assessed"
        assert not validator(other).is_valid(message)

    def test_does_not_without_a_zone_in_its_time(self, file: Path) -> None:
        message = json.loads(file.read_text())
        naive = changed(message, ("time",), message["time"].removesuffix("Z"))
        assert not validator(message["type"]).is_valid(naive)

    def test_may_have_a_new_field_only_if_it_is_not_from_outside(self, file: Path) -> None:
        message = json.loads(file.read_text())
        is_open = is_decided(message["type"]) or message["type"] in {
            "record.answered",
            "record.dead",
            "record.parked",
            "flow.counted",
            *(t for t in CARRIED["payment.reconciliation"] if not issubclass(CONTRACTS[t], Strict)),
        }
        newer = changed(message, ("data", "of_a_later_version"), "x")
        assert validator(message["type"]).is_valid(newer) is is_open


# ---- what is published of an application is what intake refuses

LIMITS = [
    (("copies",), 1, 0),
    (("copies",), validation.COPIES_LIMIT, validation.COPIES_LIMIT + 1),
    (("documents", 0, "sha256"), "0" * 64, "0" * 63),
    (("documents", 0, "sha256"), "f" * 64, "F" * 64),
    (("documents", 0, "name"), "n" * validation.TEXT_LIMIT, "n" * (validation.TEXT_LIMIT + 1)),
    (("documents", 0, "media_type"), "a" * 500, "a" * 501),
    (("personal", "name"), "n" * validation.TEXT_LIMIT, "n" * (validation.TEXT_LIMIT + 1)),
    (("personal", "name"), "n", ""),
    (("personal", "personal_number"), "001099000001", "00109900000"),
    (("personal", "phone"), "+84912000001", "0112000001"),
    (("personal", "address"), "a" * validation.TEXT_LIMIT, "a" * (validation.TEXT_LIMIT + 1)),
    (("personal", "email"), f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.vn", "a@b." + "c" * 260),
    (
        ("personal", "answers"),
        {str(n): "" for n in range(validation.ANSWERS_LIMIT)},
        {str(n): "" for n in range(validation.ANSWERS_LIMIT + 1)},
    ),
    (
        ("personal", "answers", "a"),
        "x" * validation.ANSWER_LIMIT,
        "x" * (validation.ANSWER_LIMIT + 1),
    ),
]


@pytest.mark.parametrize(("path", "last", "beyond"), LIMITS, ids=lambda v: str(v)[:40])
def test_a_published_limit_is_the_one_intake_keeps(path, last, beyond) -> None:
    form = builtins(FORM)
    form["personal"]["answers"] = {"a": "b"}
    check = Draft202012Validator(schema(type(FORM)))
    for value, is_right in ((last, True), (beyond, False)):
        body = changed(form, path, value)
        personal = msgspec.convert(body["personal"], Personal)
        rest = {k: v for k, v in body.items() if k != "personal"}
        submitted = msgspec.convert({**rest, "personal": ""}, Submitted)
        problems = [
            *form_problems(submitted, load(), date(2026, 1, 5)),
            *personal_problems(personal),
        ]
        assert check.is_valid(body) is is_right, value
        assert (problems == []) is is_right, problems


@pytest.mark.parametrize("count", [validation.DOCUMENTS_LIMIT, validation.DOCUMENTS_LIMIT + 1])
def test_as_many_documents_as_published_are_taken(count: int) -> None:
    form = msgspec.structs.replace(FORM, documents=FORM.documents * count)
    submitted = Submitted(
        personal="", **{f: getattr(form, f) for f in form.__struct_fields__ if f != "personal"}
    )
    is_taken = form_problems(submitted, load(), date(2026, 1, 5)) == ()
    check = Draft202012Validator(schema(type(FORM)))
    assert check.is_valid(builtins(form)) is is_taken is (count <= validation.DOCUMENTS_LIMIT)
