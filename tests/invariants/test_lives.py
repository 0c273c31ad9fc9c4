"""Each life of a service is told of the next failpoint, and of the same one until it died there."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shared.failpoints import LAST_WORDS
from tests.invariants.lives import Lives


class Children:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def log(self, name: str) -> Path:
        path = self._folder / f"{name}.log"
        path.touch()
        return path


@pytest.fixture
def children(tmp_path: Path) -> Children:
    return Children(tmp_path)


@pytest.fixture
def lives(children: Children) -> Lives:
    target: Any = SimpleNamespace(system=SimpleNamespace(children=children))
    return Lives(target)


def die(children: Children, name: str, step: str) -> None:
    with children.log(name).open("a") as log:
        log.write(f"{{}}\n{LAST_WORDS} {step}\n")


def test_a_service_without_failpoints_is_started_as_it_is(lives: Lives) -> None:
    assert lives._next("routing") == {}


def test_the_next_failpoint_follows_once_somebody_died_at_the_one_before(
    lives: Lives, children: Children
) -> None:
    lives.arm({"routing": ["lane.inserted:2", "lane.published:1"]})
    assert lives._next("routing") == {"MOTCUA_FAILPOINT": "lane.inserted:2"}
    assert lives._next("routing") == {"MOTCUA_FAILPOINT": "lane.inserted:2"}  # it ended otherwise
    assert lives.to_come == ["routing at lane.inserted:2", "routing at lane.published:1"]
    die(children, "routing", "lane.inserted")
    assert lives.to_come == ["routing at lane.published:1"]
    assert lives._next("routing") == {"MOTCUA_FAILPOINT": "lane.published:1"}
    die(children, "routing", "lane.published")
    assert lives.to_come == []
    assert lives._next("routing") == {}
    assert lives.deaths("routing") == {"lane.inserted": 1, "lane.published": 1}
