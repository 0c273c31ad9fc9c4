"""Of every message in the contracts the gist has the fields that it has in common with it."""

from pathlib import Path

import msgspec
import pytest

from services.operations.domain.entries import Gist, gist

RECORDED = sorted((Path(__file__).parents[3] / "contracts" / "recorded").rglob("*.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_no_message_is_told_without_its_words(path: Path) -> None:
    data = msgspec.json.decode(path.read_bytes())["data"]
    found = msgspec.to_builtins(gist(msgspec.json.encode(data)))
    for name in Gist.__struct_fields__:
        if name not in ("children", "fields", "candidates") and data.get(name) is not None:
            assert found[name] == data[name], name
