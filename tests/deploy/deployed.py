"""The files that put the system into containers, and what the code says that they may name."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic_settings import BaseSettings

from deploy.local import processes

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    "docker-compose.yml",
    "deploy/Dockerfile",
    ".dockerignore",
    "deploy/compose/collector.yaml",
    "deploy/compose/prometheus.yaml",
    "deploy/compose/grafana-sources.yaml",
)
TABLE = {row.name: row for row in processes.TABLE}
SERVICES = [row.name for row in processes.TABLE if row.kind == "service"]


class Instruction(NamedTuple):
    """One instruction of a Dockerfile, its lines joined, comments gone."""

    word: str
    rest: str


@dataclass(frozen=True)
class Deployed:
    """The files as they stand, or as a test has changed them."""

    texts: Mapping[str, str]

    def changed(self, file: str, old: str, new: str) -> "Deployed":
        """The same with a text replaced, which has to be there."""
        assert old in self.texts[file], f"{old!r} does not stand in {file}"
        return Deployed({**self.texts, file: self.texts[file].replace(old, new)})

    @cached_property
    def compose(self) -> dict[str, Any]:
        return self.read("docker-compose.yml")

    @cached_property
    def containers(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.compose["services"]
        return found

    @cached_property
    def ours(self) -> dict[str, dict[str, Any]]:
        """The containers that run this code."""
        return {n: row for n, row in self.containers.items() if row.get("image") == "motcua"}

    @cached_property
    def running(self) -> dict[str, dict[str, Any]]:
        """Those of the launcher's table that have a container."""
        return {name: self.containers[name] for name in TABLE if name in self.containers}

    @cached_property
    def stages(self) -> list[list[Instruction]]:
        """The stages of the image, each beginning with its FROM."""
        return stages(self.texts["deploy/Dockerfile"])

    @cached_property
    def image(self) -> list[Instruction]:
        """The last stage: what the image consists of."""
        return self.stages[-1]

    def read(self, file: str) -> dict[str, Any]:
        content: dict[str, Any] = yaml.safe_load(self.texts[file])
        return content


def as_they_stand() -> Deployed:
    return Deployed({file: (ROOT / file).read_text() for file in FILES})


def stages(dockerfile: str) -> list[list[Instruction]]:
    kept = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(kept))
    found: list[list[Instruction]] = []
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


def said(stage: Sequence[Instruction], word: str) -> list[str]:
    """What a stage says by one kind of instruction."""
    return [i.rest for i in stage if i.word == word]


def copied(stage: Sequence[Instruction]) -> dict[str, str]:
    """What a stage takes from the checkout, and where it puts it."""
    found = {}
    for line in said(stage, "COPY"):
        *sources, target = line.split()
        if not sources[0].startswith("--from"):
            found |= dict.fromkeys(sources, target)
    return found


def environment(row: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = row.get("environment", {})
    return found


def module(row: Mapping[str, Any]) -> str:
    """What a container of ours runs: the M of `python -m M`."""
    match row.get("command"):
        case ["python", "-m", str(name), *_]:
            return name
    return ""


# ---- what the code reads from the environment


class Setting(NamedTuple):
    """A variable, its default, and the class that reads it."""

    variable: str
    default: str
    reader: type[BaseSettings]
    given_as: str


@cache
def settings_in(folder: Path) -> tuple[Setting, ...]:
    """What the settings classes under a folder read from the environment."""
    return tuple(_settings_in(folder))


def _settings_in(folder: Path) -> Iterator[Setting]:
    for path in sorted(folder.rglob("*.py")):
        if "BaseSettings)" in path.read_text():
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for found in vars(import_module(name)).values():
                is_own = isinstance(found, type) and found.__module__ == name
                if is_own and issubclass(found, BaseSettings):
                    yield from _read_by(found)


def _read_by(reader: type[BaseSettings]) -> Iterator[Setting]:
    prefix = reader.model_config.get("env_prefix", "")
    for name, field in reader.model_fields.items():
        alias = field.validation_alias
        variable = alias if isinstance(alias, str) else f"{prefix}{name}".upper()
        given_as = alias if isinstance(alias, str) else name
        yield Setting(variable, repr(field.default), reader, given_as)


def known(name: str) -> dict[str, Setting]:
    """What a process of the table may be told, by variable."""
    own = settings_in(ROOT.joinpath(*TABLE[name].module.split(".")))
    of_all = settings_in(ROOT / "shared") if TABLE[name].kind == "service" else ()
    return {s.variable: s for s in own + of_all}


@cache
def routes(folder: Path) -> set[str]:
    """Every path that code under this folder serves, by its text."""
    return {
        node.args[0].value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and node.args
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "add_api_route")
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }
