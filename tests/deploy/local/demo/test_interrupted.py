"""Ctrl-C ends the demonstration with a status of its own, whatever it cuts short."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.demo.show import INTERRUPTED
from deploy.local.settings import ROOT

SAID = "Interrupted.  Everything that was started has ended."
CUT_SHORT = """
from deploy.local.demo import run

class Settings:
    @property
    def kafka_url(self):
        {what}

run(False, None, Settings())  # now nothing is left to be imported
raise SystemExit(run(False, None, Settings()))
"""


@pytest.mark.parametrize("what", ["raise KeyboardInterrupt", 'exec("raise KeyboardInterrupt")'])
def test_it_ends_with_its_own_status_and_not_by_the_signal(tmp_path: Path, what: str) -> None:
    (tmp_path / "cut_short.py").write_text(CUT_SHORT.format(what=what))
    done = subprocess.run(
        [sys.executable, "-m", "cut_short"],  # a module, as `python -m deploy.local` is one
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == INTERRUPTED, done.stderr
    assert done.stdout.splitlines() == [SAID, SAID]
