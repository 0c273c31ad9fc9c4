"""The files of one run: a folder with one file per service, and a manifest.

A file is JSON Lines in MongoDB's Extended JSON, one version a line, compressed by gzip.  A file and
the manifest are written under another name, brought to the disk and renamed; the manifest comes
last: a folder without one is of a run that did not come to its second step.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import bson
import msgspec
from bson.json_util import JSONMode, JSONOptions, dumps, loads

from deploy.archive.books import decode
from deploy.local.refusals import why
from shared.errors import Misconfigured

MANIFEST, REMOVED = "manifest.json", "removed.json"
_JSON = JSONOptions(json_mode=JSONMode.CANONICAL, tz_aware=True)
_BLOCK = 1 << 20
GZIP = 31  # so zlib names the format


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file, and what is in it; `whole_bytes`: as BSON."""

    name: str
    sha256: str
    bytes: int
    applications: int
    versions: int
    whole_bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run wrote; `quiet_since`: nobody had decided anything of them since."""

    run: str
    format: int = 1
    quiet_since: str
    services: dict[str, File]


class Writer:
    """Writes one file."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / name
        self._raw = self._path.with_suffix(".part").open("wb")
        self._packer = zlib.compressobj(wbits=GZIP)
        self._applications = self._versions = self._bytes = 0

    def add(self, rows: Sequence[bytes]) -> None:
        """Write the versions of one application."""
        for row in rows:
            line = dumps(decode(row), json_options=_JSON).encode() + b"\n"
            self._raw.write(self._packer.compress(line))
            self._bytes += len(row)
        self._versions += len(rows)
        self._applications += 1

    def close(self) -> File:
        """Bring the file to the disk, under its name."""
        self._raw.write(self._packer.flush())
        _settle(self._raw, self._path)
        return File(
            name=self._path.name,
            sha256=digest(self._path),
            bytes=self._path.stat().st_size,
            applications=self._applications,
            versions=self._versions,
            whole_bytes=self._bytes,
        )

    def give_up(self) -> None:
        """Leave it as it is, unless it is closed."""
        self._raw.close()


def write(path: Path, content: msgspec.Struct) -> None:
    """Write a small file, whole or not at all."""
    text = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    with path.with_suffix(".part").open("wb") as file:
        file.write(text)
        _settle(file, path)


def _settle(file: BinaryIO, path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    path.with_suffix(".part").rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def manifest(folder: Path) -> Manifest:
    """Return the manifest of a run.  Raises `Misconfigured`."""
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured(f"{path} cannot be read ({why(error)}): bring it back.") from error


def checked(folder: Path, file: File) -> Path:
    """Return a file's path if it is what its manifest says.  Raises `Misconfigured`."""
    path = folder / file.name
    if not path.exists() or digest(path) != file.sha256:
        raise Misconfigured(
            f"{path} is not what was written (its SHA-256 is another one): bring it back from a"
            " copy; nothing more of this run is removed until then."
        )
    return path


def applications(path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Return the applications of a file, each with its versions, as BSON."""
    with gzip.open(path, "rb") as file:
        for application, lines in groupby(map(_row, file), key=lambda pair: pair[0]):
            yield application, [row for _, row in lines]


def find(path: Path, application: str) -> list[str]:
    """Return the lines of one application; a file is in the order of applications."""
    wanted, found = f'{{"_id": "{application}/'.encode(), list[str]()
    with gzip.open(path, "rb") as file:
        for line in file:
            head = line[: len(wanted)]
            if head == wanted:
                found.append(line.decode().rstrip("\n"))
            elif head > wanted:
                break
    return found


def _row(line: bytes) -> tuple[str, bytes]:
    content = loads(line, json_options=_JSON)
    return content["_id"][:-7], bson.encode(content)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, read from the disk."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
