"""What cannot be tested on a machine is skipped, and with `--no-skips` a failure."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import MAY_BE_MISSING

ROOT = Path(__file__).parents[1]
SKIP = 'pytest.skip("no chromium")'
PLANTED = (
    f"def test_it():\n    {SKIP}\n",
    '@pytest.mark.skipif(True, reason="no chromium")\ndef test_it(): ...\n',
    f"@pytest.fixture\ndef page():\n    {SKIP}\n\ndef test_it(page): ...\n",
    'pytest.importorskip("no_such_module", reason="no chromium")\n',
)
OF_THE_FEW = f'def test_it():\n    pytest.skip("{MAY_BE_MISSING[0]} here")\n'
EXPECTED = "@pytest.mark.xfail(strict=True)\ndef test_it():\n    raise ValueError\n"


def ended(folder: Path, planted: Sequence[str], *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    for n, text in enumerate(planted):
        (folder / f"test_{n}.py").write_text(f"import pytest\n\n{text}")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *options, "-c", "pytest.ini", "--continue-on-collection-errors", "."],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_skip_is_a_failure_that_says_what_is_missing(tmp_path: Path) -> None:
    run = ended(tmp_path, PLANTED, "--no-skips")
    assert "1 failed, 3 errors" in run.stdout
    assert run.stdout.count(" - --no-skips: no chromium\n") == len(PLANTED)


def test_without_the_option_it_is_a_skip(tmp_path: Path) -> None:
    run = ended(tmp_path, PLANTED)
    assert run.returncode == 0, run.stdout
    assert "4 skipped" in run.stdout


def test_one_of_the_few_and_a_failure_that_is_expected_are_none(tmp_path: Path) -> None:
    run = ended(tmp_path, (OF_THE_FEW, EXPECTED), "--no-skips")
    assert run.returncode == 0, run.stdout


def test_who_checks_changes_skips_nothing() -> None:
    assert "export PYTEST_ADDOPTS=--no-skips\n" in (ROOT / ".ci/run").read_text()
