"""What a local system left goes only when it is down and somebody says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import clean
from deploy.local.children import Children
from deploy.local.settings import ROOT, Settings
from shared.errors import Misconfigured


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("data/kafka", "secrets", "of somebody else"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text("content")
    (tmp_path / "logs").symlink_to(tmp_path / "of somebody else")
    return tmp_path


def said(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", "clean", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "MOTCUA_HOME": str(home), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def of(home: Path) -> list[Path]:
    return [p for p in clean.found(Settings(home=home)) if p.is_relative_to(home)]


def test_only_folders_that_it_made_would_go(home: Path) -> None:
    assert of(home) == [home / "data", home / "secrets"]


def test_unless_somebody_is_sure_nothing_goes(home: Path) -> None:
    done = said(home)
    assert done.returncode == 0
    assert "Every application in it is lost" in done.stdout
    assert of(home) == [home / "data", home / "secrets"]


def test_then_they_go_and_what_is_somebody_else_s_stays(home: Path) -> None:
    clean.remove(of(home))
    assert of(home) == []
    assert (home / "of somebody else" / "file").read_text() == "content"


def test_while_something_runs_nothing_goes(home: Path) -> None:
    with Children(home) as children:
        children.start("payment", [sys.executable, "-c", "import time; time.sleep(60)"], 1)
        with pytest.raises(Misconfigured, match=r"payment still run on .*`make down` first"):
            clean.found(Settings(home=home))
