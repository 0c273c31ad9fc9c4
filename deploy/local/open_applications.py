"""The open applications as facts that an edition of the catalogue may touch: one JSON a line."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from deploy.archive.books import Book, decode
from services.routing.domain.dossier import Dossier
from shared.archived import living
from shared.catalogue.difference import Open
from shared.changes import fold
from shared.errors import Misconfigured
from shared.working_time import local_day

AT_ONCE = 500  # applications
_AFTER_EVERY_ID = "g"  # ids are hexadecimal


def read(path: Path) -> Iterator[Open]:
    """Give the facts of a file.  Raises `Misconfigured`, with the line."""
    number = 0
    try:
        with path.open("rb") as file:
            for line in file:
                number += 1
                yield msgspec.json.decode(line, type=Open)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.MsgspecError as error:
        raise Misconfigured(f"{path}, line {number}: {error}.") from error


def of_journal(routing: Book) -> Iterator[Open]:
    """Give the facts of every dossier that routing has not ended."""
    for application, _, dossier in dossiers(routing):
        if facts := of_dossier(application, dossier):
            yield facts


def dossiers(routing: Book) -> Iterator[tuple[str, int, Dossier]]:
    """Give every application with its last version and dossier, archived ones left out."""
    applications = (found for found, _ in routing.candidates(_AFTER_EVERY_ID))
    while some := list(islice(applications, AT_ONCE)):
        for application, rows in routing.rows(some).items():
            whole = fold(versions) if (versions := living([decode(row) for row in rows])) else {}
            dossier = msgspec.json.decode(whole.get("state", "null"), type=Dossier | None)
            if dossier is not None:
                yield application, whole["version"], dossier


def of_dossier(application: str, dossier: Dossier) -> Open | None:
    """Return the facts of a dossier; None: it is over, or not begun."""
    if dossier.received_at is None or dossier.is_over:
        return None
    return Open(
        application=application,
        procedure=dossier.procedure,
        received=local_day(dossier.received_at),
        receiving_unit=dossier.receiving_unit,
        competent_unit=dossier.competent_unit,
        residence_unit=dossier.facts.get("residence_unit", ""),
        object_unit=dossier.facts.get("object_unit", ""),
        channel=dossier.channel,
        due=local_day(dossier.due_current) if dossier.due_current else None,
        accepted=local_day(dossier.accepted_at) if dossier.accepted_at else None,
    )
