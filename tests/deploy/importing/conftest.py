import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from deploy.importing import journal
from deploy.importing.checking import digest
from deploy.importing.lines import Rules
from deploy.importing.lists import Paths
from deploy.importing.run import Limits, Surroundings
from deploy.importing.sending import Job, Sent, send
from shared import jwe
from shared.events import Event, encode
from shared.events.portal import Submitted
from tests.deploy.importing.memory_log import MemoryLog
from tests.services.intake.sent import (
    CATALOGUE,
    FORMS,
    LIMITS,
    NOW,
    PRIVATE_KEY,
    encrypted,
    form,
    personal,
    uuid7,
)

PORTAL = "counter-00004"
PUBLIC_KEY = jwe.import_key(jwe.public_part(PRIVATE_KEY))
RULES = Rules(CATALOGUE, FORMS, LIMITS, PORTAL, NOW)


def line(n: int = 1, **changed: Any) -> dict[str, Any]:
    """A line in order, as a counter records it."""
    return {"id": uuid7(n), **form(channel="direct"), **changed}


def submission(data: Mapping[str, Any], **changed: Any) -> Event:
    """What a portal writes onto Kafka for a line, under a message id of its own."""
    fields = {k: v for k, v in data.items() if k not in ("id", "received_at", "old")}
    if isinstance(fields["personal"], dict):
        fields["personal"] = encrypted(fields["personal"])
    made = {
        "id": f"{data['id']}/submitted",
        "source": f"/portals/{PORTAL}",
        "type": Submitted.TYPE,
        "subject": data["id"],
        "time": NOW,
        "data": msgspec.Raw(encode(fields)),
    }
    return Event(**made | changed)


def as_event(data: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """The same line in the shape that is written onto Kafka."""
    found: dict[str, Any] = json.loads(encode(submission(data, **changed)))
    return found


def write(path: Path, lines: Sequence[Mapping[str, Any] | bytes]) -> Path:
    path.write_bytes(b"".join((x if isinstance(x, bytes) else encode(x)) + b"\n" for x in lines))
    return path


def quiet(_: str, __: int | None) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda _: None)


async def run(log: MemoryLog, file: Path, *, anew: bool = False, **changed: Any) -> Sent:
    """Import a file as the command does."""
    sha256, paths = digest(file), Paths.beside(file, None)
    known = None if anew else journal.find(paths.journal, sha256, PORTAL)
    job = Job(file, sha256, paths, RULES, PUBLIC_KEY, known, Limits(in_flight=8, batch=3))
    return await send(log, job._replace(**changed), Surroundings(log.monotonic, log.sleep), quiet)


class Make(SimpleNamespace):
    """The names of this file, for tests."""

    def __repr__(self) -> str:
        return "make"


@pytest.fixture(scope="session")
def make() -> Make:
    return Make(**globals())


__all__ = ["personal"]
