"""A file to try an import with: made-up people, real procedures, every line in order."""

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from deploy.sandbox.portal import Application, Citizens
from services.intake.domain.findings import examine
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.errors import Misconfigured
from shared.working_time import local_day

COUNT_LIMIT = 500_000


def lines(
    count: int, catalogue: Catalogue, forms: Forms, now: datetime, chance: random.Random
) -> Iterator[bytes]:
    """Yield so many lines, such as a ward's counter would record."""
    on, citizens = local_day(now), Citizens(catalogue, local_day(now), chance)
    is_in_order: dict[str, bool] = {}  # of each procedure: wards are alike
    while count:
        drawn = citizens.draw()
        fields = msgspec.structs.replace(drawn.fields, channel="direct")
        if fields.procedure not in is_in_order:
            found = examine(fields, drawn.personal, catalogue, forms, on)
            is_in_order[fields.procedure] = not found.problems
        if is_in_order[fields.procedure]:
            count -= 1
            yield msgspec.json.encode(_line(drawn, msgspec.to_builtins(fields)))


def write(path: Path, made: Iterator[bytes]) -> None:
    """Write a new file.  Raises `Misconfigured`."""
    try:
        with path.open("xb") as file:
            file.writelines(line + b"\n" for line in made)
    except FileExistsError:
        raise Misconfigured(f"{path} is there already: name a new file.") from None
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Misconfigured(f"{path} cannot be written: {error.strerror}.") from error


def _line(drawn: Application, fields: dict[str, Any]) -> dict[str, Any]:
    return {"id": drawn.id, **fields, "personal": msgspec.to_builtins(drawn.personal)}
