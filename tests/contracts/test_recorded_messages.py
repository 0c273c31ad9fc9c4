"""What was once written must be readable for ever, and mean the same."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared import events
from shared.events import CONTRACTS, PRODUCERS
from shared.trace import trace_id

FOLDER = Path(__file__).parent / "recorded"
FILES = sorted(FOLDER.glob("*/*.json"))
MODULES = {m.__name__: producer for producer, modules in PRODUCERS.items() for m in modules}
PERSONAL = ("Nguyễn", "000000000000", "0900000000", "example.invalid", "thử nghiệm")


def kept(recorded: Any, encoded: Any) -> bool:
    """Tell whether all that was recorded is still there; a newer contract may have more."""
    if isinstance(recorded, dict):
        return isinstance(encoded, dict) and all(
            name in encoded and kept(value, encoded[name]) for name, value in recorded.items()
        )
    if isinstance(recorded, list):
        return len(recorded) == len(encoded) and all(map(kept, recorded, encoded))
    return bool(recorded == encoded)


def test_every_contract_has_a_recorded_message():
    recorded = {json.loads(file.read_text())["type"] for file in FILES}
    assert set(CONTRACTS) - recorded == set()


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
class TestARecordedMessage:
    def test_it_stands_where_its_type_says(self, file: Path):
        type_ = json.loads(file.read_text())["type"]
        assert file.name.startswith(f"{type_}.")
        assert file.parent.name == MODULES[CONTRACTS[type_].__module__]

    def test_it_is_a_whole_cloudevent(self, file: Path):
        event = events.decode(file.read_bytes())
        assert all((event.id, event.source, event.type, event.datacontenttype))
        if event.sequence:
            service = event.source.removeprefix("/services/")
            assert event.id == events.numbered_id(event.subject, service, int(event.sequence))
        if event.traceparent:
            assert event.traceparent[3:35] == trace_id(event.subject)

    def test_decoding_and_encoding_keeps_it(self, file: Path):
        recorded = json.loads(file.read_text())
        event = events.decode(file.read_bytes())
        assert kept(recorded, json.loads(events.encode(event)))
        data = msgspec.json.decode(event.data, type=CONTRACTS[event.type])
        assert kept(recorded["data"], json.loads(events.encode(data)))

    def test_nothing_personal_is_in_the_clear(self, file: Path):
        text = file.read_text()
        assert not [word for word in PERSONAL if word in text]


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ({"a": 1, "b": [{"c": 2}]}, True),
        ({"a": 1, "b": [{"c": 2}], "new": 3}, True),
        ({"a": 1, "b": [{}]}, False),
        ({"a": 1, "b": []}, False),
        ({"a": 2, "b": [{"c": 2}]}, False),
    ],
)
def test_what_a_contract_forgot_is_noticed(encoded, expected):
    assert kept({"a": 1, "b": [{"c": 2}]}, encoded) is expected
