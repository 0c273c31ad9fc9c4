"""Limits are data by procedure and day."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.intake.attachments.limits import load
from shared.errors import Misconfigured

ON = date(2026, 11, 20)


def rows(path: Path, *changed: dict[str, Any]) -> Path:
    whole = {"procedure": "*", "valid_from": "2025-07-01", "file_bytes": 10, "total_bytes": 20}
    whole |= {"count": 2, "media_types": ["application/pdf"]}
    path.write_text(json.dumps([whole, *({**whole, **each} for each in changed)]))
    return path


def test_ours_hold_for_every_procedure() -> None:
    found = load().of("2.000815", ON)
    assert found.file_bytes == 20 << 20
    assert len(found.media_types) == 5


def test_a_procedure_has_its_own_from_its_day_on(tmp_path: Path) -> None:
    own = {"procedure": "1.000001", "valid_from": "2026-11-20", "file_bytes": 99}
    table = load(rows(tmp_path / "limits.json", own))
    assert table.of("1.000001", ON).file_bytes == 99
    assert table.of("1.000001", date(2026, 11, 19)).file_bytes == 10
    assert table.of("1.000002", ON).file_bytes == 10
    assert table.file_bytes(ON) == 99


def test_a_row_does_not_hold_on_the_day_it_ends(tmp_path: Path) -> None:
    own = {"procedure": "1.000001", "valid_to": "2026-11-20", "file_bytes": 99}
    table = load(rows(tmp_path / "limits.json", own))
    assert table.of("1.000001", date(2026, 11, 19)).file_bytes == 99
    assert table.of("1.000001", ON).file_bytes == 10


def test_before_all_rows_the_first_holds(tmp_path: Path) -> None:
    assert load(rows(tmp_path / "limits.json")).of("1.000001", date(2020, 1, 1)).file_bytes == 10


@pytest.mark.parametrize("text", ["", "[]", "{}", '[{"procedure": "*"}]'])
def test_a_file_that_cannot_be_right_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "limits.json"
    path.write_text(text)
    with pytest.raises(Misconfigured, match="limits"):
        load(path)


def test_a_size_of_nothing_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        load(rows(tmp_path / "limits.json", {"file_bytes": 0}))
