"""What a load is of: applications as citizens make them, each about something of its own."""

import json
import random
from pathlib import Path

import msgspec

from deploy.sandbox.portal import uuid7
from services.intake.domain.dossier import likeness
from shared import jwe
from shared.catalogue import load
from shared.events.portal import Personal, Submitted
from tests.load.generator import Job, about, submissions

PERSON = Personal(name="Synthetic", personal_number="001190000001", phone="0912000001")


def test_no_two_applications_of_a_load_are_alike(tmp_path: Path) -> None:
    key = jwe.public_part(jwe.import_key(jwe.generate_key()))
    clients = tmp_path / "clients.json"
    clients.write_text(json.dumps({"intake_jwk": key}))
    job = Job(kafka_url="", topic="", lanes=4, clients=str(clients))
    chance = random.Random(0)
    drawn = submissions(job, load(), random.Random(1))
    template = msgspec.json.decode(drawn[0], type=Submitted)
    marks = set()
    for data in drawn[:1] * 3 + drawn[1:200]:
        one = msgspec.json.decode(about(data, uuid7(1_000, chance)), type=Submitted)
        assert one.documents
        marks.add(likeness(one, PERSON))
    assert len(marks) == 202
    assert likeness(template, PERSON) not in marks
