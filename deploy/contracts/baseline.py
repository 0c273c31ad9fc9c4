"""What was published last: the contracts at the last tag, or, where there is none, in git's HEAD.

The files in the working tree are no measure: whoever makes them twice would see nothing break.
Where git knows nothing of them (a source archive, no git) they are all there is.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from deploy.contracts.published import FOLDER, PAGE, Files, standing
from shared.errors import Misconfigured

LIMIT_S = 60
HEAD = "HEAD"


class Baseline(NamedTuple):
    """What is compared with: its name for people, and the files by path below `docs`."""

    name: str
    files: Files


class NoGit(Exception):
    """Git is not there, or it does not know what it was asked for."""


def baseline(docs: Path, since: str = "") -> Baseline:
    """Return what was published last, or at a revision.  Raises `Misconfigured` and `OSError`."""
    try:
        revision = since or _last(docs)
        if found := _at(docs, revision):
            return Baseline(f"git's {revision}", found)
    except NoGit as error:
        if since:
            raise Misconfigured(
                f"SINCE={since} is nothing that git knows ({error}): give a tag or a commit."
            ) from error
    if since:
        raise Misconfigured(f"SINCE={since} has no contracts yet: give a later tag or commit.")
    return Baseline("the files as they stand, because git does not know them", standing(docs))


def _last(docs: Path) -> str:
    """Return the last tag before here, or HEAD."""
    try:
        return _git(docs, ["describe", "--tags", "--abbrev=0"]).decode().strip()
    except NoGit:
        return HEAD


def _at(docs: Path, revision: str) -> dict[str, str]:
    """Return the files at a revision, none if it has none."""
    listed = _git(docs, ["ls-tree", "-r", "-z", "--name-only", revision, "--", FOLDER, PAGE])
    paths = [p for p in listed.decode().split("\0") if p == PAGE or p.endswith(".json")]
    if not any(path.startswith(FOLDER) for path in paths):
        return {}
    wanted = "".join(f"{revision}:./{path}\n" for path in paths)
    told = _git(docs, ["cat-file", "--batch"], wanted.encode())
    found = {}
    for path in paths:
        head, _, rest = told.partition(b"\n")  # <object> blob <size>
        size = int(head.rpartition(b" ")[2])
        found[path], told = rest[:size].decode(), rest[size + 1 :]
    return found


def _git(docs: Path, words: Sequence[str], said: bytes = b"") -> bytes:
    """Return what git answers in this folder, wherever a hook has it look.  Raises `NoGit`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours, but for a revision's name
            ["git", "-C", str(docs), *words],  # noqa: S607 - the developer's own git
            input=said,
            env=env,
            capture_output=True,
            timeout=LIMIT_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise NoGit(error.stderr.decode(errors="replace").strip().partition("\n")[0]) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoGit(str(error)) from error
    return done.stdout
