"""Editions: copies of the reference data in which a test changes a few rows."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from shared.catalogue import Catalogue, load
from shared.catalogue.reading import DATA

Rows = list[Any]


class Edition:
    def __init__(self, folder: Path) -> None:
        self.folder = Path(copytree(DATA, folder))

    def change(self, file: str, edit: Callable[[Rows], None], rows: str = "rows") -> "Edition":
        path = self.folder / f"{file}.json"
        content = json.loads(path.read_text())
        edit(content[rows])
        path.write_text(json.dumps(content, ensure_ascii=False))
        return self

    def load(self) -> Catalogue:
        return load(self.folder)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    return Edition(tmp_path / "edition")
