"""Whole valid messages, and what they are examined by; a test changes only what matters."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from services.intake.attachments import limits
from shared import jwe
from shared.catalogue import forms as procedure_forms
from shared.catalogue import load
from shared.events import Event
from shared.events.portal import (
    CorrectionSubmitted,
    Submitted,
    SupplementSubmitted,
    WithdrawalRequested,
)
from shared.lanes.table import Arrival, Malformed
from shared.status_links import StatusLinks

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
MASTER_KEY = bytes(range(32))
CATALOGUE = load()
FORMS = procedure_forms.load()
LIMITS = limits.load()
LINKS = StatusLinks(MASTER_KEY, "https://portal.example/status")
PRIVATE_KEY = jwe.import_key(jwe.generate_key())


def uuid7(n: int = 1) -> str:
    """The n-th application id of these tests."""
    return str(UUID(int=(0x019389F0_0000 << 80) | (7 << 76) | (2 << 62) | n))


def personal(**changed: Any) -> dict[str, Any]:
    """Personal fields of a synthetic person."""
    return {
        "name": "Nguyễn Thị Thử Nghiệm",
        "personal_number": "001199000001",
        "phone": "0912345678",
        "email": "thu.nghiem@example.org",
        "address": "Số 1 đường Thử Nghiệm",
    } | changed


def form(**changed: Any) -> dict[str, Any]:
    """A valid application, as a portal fills it in."""
    return {
        "procedure": "2.000815",
        "receiving_unit": "00004",
        "personal": personal(),
        "residence_unit": "00004",
        "copies": 2,
        "documents": [{"name": "Original document", "sha256": "a" * 64}],
    } | changed


def encrypted(fields: dict[str, Any]) -> str:
    return jwe.encrypt_to(PRIVATE_KEY, json.dumps(fields).encode())


def message(kind: str, data: Any, **changed: Any) -> Event:
    fields = {
        "id": "message 1",
        "source": "/portals/sandbox",
        "type": kind,
        "subject": uuid7(),
        "time": NOW - timedelta(seconds=1),
        "data": msgspec.Raw(msgspec.json.encode(data)),
    }
    return Event(**fields | changed)


def arrival(data: dict[str, Any] | None = None, **changed: Any) -> Arrival:
    """A submission as the lane reads it: `data` as sent, its personal fields clear or encrypted."""
    sent = form() if data is None else dict(data)
    if isinstance(sent.get("personal"), dict):
        sent["personal"] = encrypted(sent["personal"])
    event = message(Submitted.TYPE, sent, **changed)
    try:
        read: Any = msgspec.json.decode(event.data, type=Submitted)
    except msgspec.ValidationError as error:
        reason, _, field = str(error).partition(" - at `")
        read = Malformed(reason=reason, field=field.strip("`") or "$")
    return Arrival(event.subject, event, read)


def follow_up(data: SupplementSubmitted | WithdrawalRequested, **changed: Any) -> Arrival:
    event = message(data.TYPE, data, **{"id": "message 2"} | changed)
    return Arrival(event.subject, event, data)


def unread(kind: str, data: Any, **changed: Any) -> Arrival:
    """A message that is not what it is called, as the lane reads it."""
    event = message(kind, data, **{"id": "message 2"} | changed)
    return Arrival(event.subject, event, Malformed(reason="Expected `object`", field="$"))


def correction(fields: dict[str, Any], outer: dict[str, Any] | None = None, **sent: Any) -> Arrival:
    """A correction as the lane reads it: its personal part encrypted, `outer` around it."""
    data = {"personal": encrypted(fields)} | (outer or {})
    event = message(CorrectionSubmitted.TYPE, data, **{"id": "message 2"} | sent)
    try:
        read: Any = msgspec.json.decode(event.data, type=CorrectionSubmitted)
    except msgspec.ValidationError as error:
        read = Malformed(reason=str(error), field="$")
    return Arrival(event.subject, event, read)


def moved(data: Any, application: str = "", n: int = 1) -> Arrival:
    """An event of routing's."""
    application = application or uuid7()
    event = message(
        data.TYPE,
        data,
        id=f"{application}/routing/{n}",
        source="/services/routing",
        subject=application,
        sequence=f"{n:06d}",
    )
    return Arrival(application, event, data)
