"""Installs the independent peers that tests talk to: `python -m tests.peers.install [NAME …]`.

Each folder here with a package-lock.json goes to .local/peers/NAME, exactly as locked; nothing that
a package brings is run.  Where packages come from is for npm's own settings to say.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".local" / "peers"
LOCK = "package-lock.json"
WITHOUT = ("--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev")
LIMIT_S = 300


def names() -> list[str]:
    """Return the peers that can be installed."""
    return sorted(lock.parent.name for lock in HERE.glob(f"*/{LOCK}"))


def is_installed(name: str) -> bool:
    """Tell whether a peer is there as it is locked now."""
    done, wanted = INSTALLED / name / "done.json", HERE / name / LOCK
    return done.is_file() and done.read_bytes() == wanted.read_bytes()


def install(name: str) -> None:
    """Install a peer unless it is there.  Raises what `subprocess` does."""
    if is_installed(name):
        return
    npm, folder = shutil.which("npm"), INSTALLED / name
    if npm is None:
        sys.exit("The peers need Node 20 or newer with npm on PATH; tests skip them without it.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in ("package.json", LOCK):
        shutil.copy(HERE / name / file, folder / file)
    subprocess.run([npm, "ci", *WITHOUT], cwd=folder, check=True, timeout=LIMIT_S)
    shutil.copy(HERE / name / LOCK, folder / "done.json")


def main() -> None:
    """Install the peers that are named, or all."""
    for name in sys.argv[1:] or names():
        if name not in names():
            sys.exit(f"{name} is no peer here; there are {', '.join(names())}.")
        install(name)


if __name__ == "__main__":
    main()
