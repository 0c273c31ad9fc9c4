"""What a kept demonstration says to try can be copied, line by line, and works."""

import io
import json
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from deploy.local.demo.devices import Device
from deploy.local.demo.keeping import calls, tell
from deploy.local.demo.planted import Case
from deploy.local.settings import Settings
from deploy.local.stack import Stack

ONE, OPEN = (f"019b1e6c-0000-7000-8000-00000000000{n}" for n in (1, 2))
SCENE: Any = SimpleNamespace(url=lambda name: f"http://127.0.0.1:81{len(name):02d}")
KEYS = ".local/demo/secrets/clients.json"


@pytest.mark.parametrize("open_", ["", OPEN])
def test_every_line_fits_eighty_columns(open_: str) -> None:
    assert max(map(len, calls(SCENE, KEYS, ONE, open_))) <= 80


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_console_and_the_pages_of_one_applications_devices_have_addresses(width: int) -> None:
    console = Console(width=width, file=io.StringIO(), record=True)
    scene: Any = SimpleNamespace(
        url=SCENE.url,
        stack=Stack("k", "m"),
        settings=Settings(),
        clients=lambda: {
            "accounts": {"operator": "made-up", "checker": "made-up-too", "sen-vang": "and-this"}
        },
    )
    url = "http://127.0.0.1:8203/devices/0123456789ab"
    cases = [Case("routing", "needs_choice", ONE, "H29.1-20261123-0000001")]
    tell(console, scene, ONE, "", [Device("app@representative", (), url)], cases)
    shown = console.export_text()
    assert re.search(f"page of app@representative +{url}", shown)
    assert re.search(r"console +http://127\.0\.0\.1:\d+/console *\n", shown)
    assert re.search(r"sign in as operator +made-up\n", shown)
    assert re.search(r"sign in as checker +made-up-too\n", shown)
    found = (
        r"a unit was split +H29\.1-20261123-0000001 +http://\S+/console/stuck/routing/needs_choice"
    )
    assert re.search(found, shown), "in one line, whatever its length"


def test_what_an_officer_may_do_is_asked_of_a_dossier_that_is_open_or_not_at_all() -> None:
    assert "officer may" not in "\n".join(calls(SCENE, KEYS, ONE, ""))
    lines = calls(SCENE, KEYS, ONE, OPEN)
    told = lines.index("# what an officer may do with it now")
    assert lines[told + 1] == f"ID={OPEN}"


def test_the_functions_show_the_key_and_lay_out_the_answer(tmp_path: Path) -> None:
    keys = tmp_path / "clients.json"
    keys.write_text(json.dumps({"api_keys": {"operator": "k-operator"}}))
    functions = calls(SCENE, str(keys), ONE, "")[:4]
    curl = (
        'curl() { echo "{\\"shown\\": \\"$3\\", \\"of\\": \\"$4\\", \\"name\\": \\"Nguyễn\\"}"; }'
    )
    script = "\n".join([*functions, curl, "ask operator http://there"])
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "shown": "Authorization: Bearer k-operator",
        "of": "http://there",
        "name": "Nguyễn",
    }
    assert '\n    "name": "Nguyễn"\n}\n' in done.stdout
