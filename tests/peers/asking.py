"""Asks a peer: JSON in, JSON out, one process a question, no network."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.peers.install import HERE, INSTALLED, is_installed

LIMIT_S = 30


def needs(name: str) -> pytest.MarkDecorator:
    """Return the mark of a test that talks to this peer."""
    if shutil.which("node") is None:
        return pytest.mark.skip("node is not on PATH: peers run on Node 20 or newer")
    missing = f"python -m tests.peers.install {name} was not run since it was locked"
    return pytest.mark.skipif(not is_installed(name), reason=missing)


def ask(name: str, **request: Any) -> Any:
    """Return what a peer's program answers; it finds its packages where it is started."""
    program: Path = HERE / name / "peer.mjs"
    done = subprocess.run(
        ["node", str(program)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        cwd=INSTALLED / name,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
