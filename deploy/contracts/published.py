"""Every file that is made from the contracts, and what changed since it was made."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.contracts.compare import compare, inlined
from deploy.contracts.edges import all_openapi
from deploy.contracts.http import compare_http
from deploy.contracts.rules import BOTH, WRITERS, Change, Sides
from deploy.contracts.tables import with_tables
from deploy.contracts.topics import compare_topics
from shared import contracts
from shared.contracts.routes import text
from shared.events import CONTRACTS
from shared.events.data import Strict

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FOLDER = "contracts"
PAGE = "portals.md"
RECORDED = ROOT / "tests" / "contracts" / "recorded"

Files = Mapping[str, str]  # path below `docs` → text


def files(docs: Path = DOCS) -> dict[str, str]:
    """Return what there should be; pages keep what is not a table."""
    found = {f"{FOLDER}/asyncapi.json": text(contracts.document(_examples()))}
    found |= {f"{FOLDER}/events/{t}.json": text(contracts.event_schema(t)) for t in CONTRACTS}
    found |= {f"{FOLDER}/openapi/{s}.json": text(d) for s, d in all_openapi().items()}
    found[PAGE] = with_tables((docs / PAGE).read_text())
    return dict(sorted(found.items()))


def standing(docs: Path = DOCS) -> dict[str, str]:
    """Return what there is."""
    paths = [*sorted((docs / FOLDER).rglob("*.json")), docs / PAGE]
    return {str(path.relative_to(docs)): path.read_text() for path in paths}


def changes(old: Files, new: Files) -> Iterator[tuple[str, Change]]:
    """Yield what changed in the contracts: the file, and the change.  Raises `ValueError`."""
    for path in sorted({*old, *new}):
        before, after = (json.loads(f[path]) if path in f else {} for f in (_json(old), _json(new)))
        if before == after:
            continue
        match path.split("/"):
            case [_, "asyncapi.json"]:
                yield from ((path, change) for change in compare_topics(before, after))
            case [_, "openapi", _]:
                yield from ((path, change) for change in compare_http(before, after))
            case [_, "events", name]:
                type_ = name.removesuffix(".json")
                yield from ((path, change) for change in _event(type_, before, after))


def sides(type_: str) -> Sides:
    """Return who is there to break by a change of a type.

    A message from outside is read by us alone.  What a service says is read by others, and stays
    in the log, where services of another version read it again.
    """
    contract = CONTRACTS.get(type_)
    return WRITERS if contract and issubclass(contract, Strict) else BOTH


def _event(type_: str, old: Any, new: Any) -> list[Change]:
    if not old or not new:
        return [Change(type_, "event-added" if new else "event-removed")]
    return compare(inlined(old, old), inlined(new, new), "$", sides(type_))


def _json(found: Files) -> Files:
    return {path: body for path, body in found.items() if path.endswith(".json")}


def _examples() -> dict[str, list[dict[str, Any]]]:
    """Return the recorded messages, by type."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(RECORDED.glob("*/*.json")):
        message = json.loads(file.read_text())
        found.setdefault(message["type"], []).append(message)
    return found
