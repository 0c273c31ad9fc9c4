"""What goes wrong on purpose at the door: five ways, each sent once, each with its right answer.

Counted apart from the story's applications.
"""

from typing import Any, NamedTuple

import httpx
import msgspec
from msgspec.structs import replace

from deploy.audit.evidence import Evidence
from deploy.sandbox.portal import Application, Portal, personal_values
from shared import topics
from shared.bus import Message, Producer
from shared.events import intake
from shared.placement import home

SUBMISSIONS = "portal.submissions"
NOBODYS_PROCEDURE = "0.000000"
NOBODYS_UNIT = "99999"
NOT_JSON = b'{"specversion": "1.0", "type": "application.submitted", "data": {"procedure":'


class Wrongs(NamedTuple):
    """What is sent: three new applications, and two of the story's once more."""

    unknown_procedure: Application
    unknown_unit: Application
    not_json: str  # the key it is sent under
    repeated: Application
    conflicting: Application

    @classmethod
    def of(
        cls, fresh: tuple[Application, Application, Application], old: tuple[Application, ...]
    ) -> "Wrongs":
        """Return what goes wrong with three fresh applications and two of the story's."""
        first, second, third = fresh
        other = replace(old[1].fields, copies=old[1].fields.copies + 1)
        return cls(
            Application(
                first.id, replace(first.fields, procedure=NOBODYS_PROCEDURE), first.personal
            ),
            Application(
                second.id, replace(second.fields, receiving_unit=NOBODYS_UNIT), second.personal
            ),
            third.id,
            old[0],
            Application(old[1].id, other, old[1].personal),
        )

    def personal(self) -> list[str]:
        """Return what must stand nowhere in the clear."""
        people = (self.unknown_procedure, self.unknown_unit, self.repeated, self.conflicting)
        return [value for application in people for value in personal_values(application)]


class Turned(NamedTuple):
    """What the edge said to the unknown procedure."""

    status: int
    media_type: str
    problems: tuple[str, ...]  # <field> <code>


class Answer(NamedTuple):
    """What was sent, what came of it, and whether that is right."""

    sent: str
    found: str
    is_right: bool


async def send(
    wrongs: Wrongs, portal: Portal, door: httpx.AsyncClient, producer: Producer, lanes: int
) -> Turned:
    """Send all; the two of the story must have been sent before.  Raises `Unknown`."""
    turned = _turned(await portal.post(door, wrongs.unknown_procedure))
    await portal.append(producer, [wrongs.unknown_unit])
    place = SUBMISSIONS, home(wrongs.not_json, lanes)
    await producer.append({place: [Message(wrongs.not_json.encode(), NOT_JSON)]})
    await portal.post(door, wrongs.repeated)
    await portal.append(producer, [wrongs.conflicting], "submitted/again")
    return turned


def _turned(answer: httpx.Response) -> Turned:
    try:
        problems: list[dict[str, Any]] = answer.json().get("problems", [])
    except ValueError:
        problems = []
    return Turned(
        answer.status_code,
        answer.headers.get("content-type", ""),
        tuple(f"{p['field']} {p['code']}" for p in problems),
    )


def answers(wrongs: Wrongs, turned: Turned | None, evidence: Evidence) -> list[Answer]:
    """Return what came of each."""
    turned = turned or Turned(0, "", ())
    said = _said(evidence)
    refused = said.get((wrongs.unknown_unit.id, intake.Refused.TYPE), [])
    codes = [p["code"] for data in refused for p in data["problems"]]
    dead = evidence.log[topics.dead(SUBMISSIONS)]
    kept = sum(h.record.key == wrongs.not_json.encode() for h in dead)
    once = len(said.get((wrongs.repeated.id, intake.Registered.TYPE), ()))
    first = len(said.get((wrongs.conflicting.id, intake.Registered.TYPE), ()))
    conflicts = len(said.get((wrongs.conflicting.id, intake.Conflicted.TYPE), ()))
    return [
        Answer(
            "HTTP, an unknown procedure",
            f"{turned.status} problem details: {', '.join(turned.problems) or 'no field named'}",
            turned.status == httpx.codes.UNPROCESSABLE_ENTITY
            and turned.media_type.startswith("application/problem+json")
            and turned.problems == ("/procedure unknown-procedure",),
        ),
        Answer(
            "Kafka, an unknown unit",
            f"application.refused: {', '.join(codes)}" if codes else "no refusal",
            len(refused) == 1 and "unknown-unit" in codes,
        ),
        Answer("Kafka, not JSON", f"{kept} dead letter, sealed", kept == len(dead) == 1),
        Answer("the same application again", f"registered {_times(once)}", once == 1),
        Answer(
            "the same id, other content",
            f"registered {_times(first)}, application.conflicted {_times(conflicts)}",
            (first, conflicts) == (1, 1),
        ),
    ]


def _said(evidence: Evidence) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return what intake decided, by application and type."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for heard in evidence.events_of("intake"):
        assert heard.event
        data: dict[str, Any] = msgspec.json.decode(heard.event.data)
        found.setdefault((heard.event.subject, heard.event.type), []).append(data)
    return found


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
