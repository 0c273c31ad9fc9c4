"""Removing what a local system leaves behind: only folders that it makes, only while it is down."""

import shutil
from pathlib import Path

from deploy.local.children import Children
from deploy.local.refusals import why
from deploy.local.settings import ROOT, Settings
from shared.errors import Misconfigured

OWN = ("data", "secrets", "logs", "run", "kafka", "demo")


def found(settings: Settings) -> list[Path]:
    """Return what would go.  Raises `Misconfigured` while anything of it runs."""
    for home in (settings.home, settings.demo):
        running = Children(home).all()
        if running:
            names = ", ".join(child.name for child in running)
            raise Misconfigured(f"{names} still run on {home}: `make down` first.")
    folders = [*(settings.home / name for name in OWN), ROOT / "build"]
    return [folder for folder in folders if folder.is_dir() and not folder.is_symlink()]


def size_bytes(folder: Path) -> int:
    """Return how much is in a folder."""
    return sum(p.lstat().st_size for p in folder.rglob("*") if not p.is_dir())


def remove(folders: list[Path]) -> None:
    """Remove them.  Raises `Misconfigured`."""
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise Misconfigured(
                f"{folder} cannot be removed ({why(error)}): remove it by hand."
            ) from error
