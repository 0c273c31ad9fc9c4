"""The image's steps in bare folders: what is copied, what is installed, what is run."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from tests.deploy.deployed import ROOT, Instruction, copied, said

LIMIT_S = 900.0
RUNTIME = "/opt/motcua"

# Only what stands here in the folder, and the libraries: no checkout, however it is installed.
IMPORT = """
import importlib, sys
app, libraries, service = sys.argv[1:]
sys.path[:0] = [app, libraries]
importlib.import_module(f"services.{service}.__main__")
ours = {n: m.__file__ for n, m in sys.modules.items()
        if n.partition(".")[0] in ("services", "shared", "deploy", "tests") and m.__file__}
import json
print(json.dumps(ours))
"""


def lay_out(stage: list[Instruction], folder: Path, service: str) -> None:
    """Copy what the image copies, of all services only one."""
    ignore = shutil.ignore_patterns("__pycache__")
    for source, target in copied(stage).items():
        to = folder / target / (source if target.endswith("./") or target == "." else "")
        if source == "services":
            to.mkdir(parents=True)
            shutil.copy(ROOT / source / "__init__.py", to)
            shutil.copytree(ROOT / source / service, to / service, ignore=ignore)
        elif source == "deploy":
            continue  # the launcher and the simulated partners: no part of a service
        elif (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, to, ignore=ignore)
        else:
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, to)


def imported(folder: Path, service: str) -> dict[str, str]:
    """Import a service in a bare folder; return where each module of ours came from."""
    libraries = sysconfig.get_paths()["purelib"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", IMPORT, str(folder), libraries, service],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def install(stage: list[Instruction], folder: Path) -> Path:
    """Do what the first stage does, the image's Python being a new environment; return its bin.

    Caches are used, so that it can be done twice without fetching anything twice.
    """
    for source, target in copied(stage).items():
        shutil.copy(ROOT / source, folder / target)
    runtime = folder / "opt"
    subprocess.run([sys.executable, "-m", "venv", str(folder / "python")], check=True)
    for script in said(stage, "RUN"):
        run = script.replace(RUNTIME, str(runtime))
        run = re.sub(r" --no-cache(-dir)?\b", "", run)
        path = f"{folder / 'python' / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", f"set -e; {run}"],
            cwd=folder,
            env={**clean(), "PATH": path, "UV_LINK_MODE": "copy"},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        if done.returncode:
            raise AssertionError(f"{run}\n{done.stdout}{done.stderr}")
    return runtime / "bin"


def clean() -> dict[str, str]:
    """The environment, without what this environment of tests says of Python or of us."""
    ours = re.compile(r"(MOTCUA_|VIRTUAL_ENV|PYTHON|KAFKA_|MONGO_|COV_)")
    return {n: v for n, v in os.environ.items() if not ours.match(n)}


def variables(stage: list[Instruction]) -> dict[str, str]:
    """What the image sets in the environment."""
    words = [word for line in said(stage, "ENV") for word in shlex.split(line)]
    return dict(word.split("=", 1) for word in words)


def start(
    command: list[str], folder: Path, bin_: Path, told: Mapping[str, str]
) -> subprocess.Popen[str]:
    """Run a command of the image in a bare folder."""
    return subprocess.Popen(
        [str(bin_ / command[0]), *command[1:]],
        cwd=folder,
        env={**clean(), **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
