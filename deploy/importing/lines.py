"""One line of the file: an application as portals send it, over HTTP or onto Kafka.  Pure.

With `id`, as over HTTP; or all of the event, as on Kafka.  Personal fields in the clear or
encrypted.  Besides: `received_at`, when the counter took it, and `old`, what the system before
knew: `dossier_code`, `state`.  Without an `id` the old code gives one, always the same.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from deploy.importing.remedies import problem
from services.intake.attachments.checking import document_problems
from services.intake.attachments.limits import LimitTable
from services.intake.domain.dossier import content, submitted_at
from services.intake.domain.findings import Findings, examine, unread_problems
from services.intake.domain.remedies import malformed
from services.intake.domain.remedies import problem as known_problem
from services.intake.domain.shape import json_value
from services.intake.domain.validation import DOCUMENTS_LIMIT, is_uuidv7, normalised
from services.intake.forms import Form
from shared import events
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.dossier_codes import read_code
from shared.errors import DeadLetter
from shared.events import UNREADABLE, Event, encode
from shared.events.data import Instant, Problem
from shared.events.portal import Personal, Submitted
from shared.jwe import SIZE_LIMIT, Key, encrypt_to
from shared.placement import canonical
from shared.vault import keyed_hash
from shared.working_time import local_day

LINE_LIMIT_BYTES = 256 << 10
PERSONAL_LIMIT_BYTES = (SIZE_LIMIT - 1024) * 3 // 4  # so that a token has at most its limit
CLOCK_SLACK = timedelta(minutes=10)  # a counter's clock may be as fast; intake then takes its own
NEW = 1  # the national code of what nobody has accepted yet
_ID_BITS = 74  # of a UUIDv7, beside its time


class Old(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the system before knew."""

    dossier_code: str = ""
    state: int = NEW


class Line(NamedTuple):
    """What a line says.  `body` is the application as its JSON says it; `submitted` the same read,
    None where it cannot be; `personal` its personal fields in the clear, None: encrypted already.
    `problems` are those of all but the application itself.
    """

    application: str = ""
    body: Any = None
    submitted: Submitted | None = None
    personal: Personal | None = None
    received_at: datetime | None = None
    old_code: str = ""
    problems: tuple[Problem, ...] = ()
    is_json: bool = True


class Rules(NamedTuple):
    """By what lines are judged."""

    catalogue: Catalogue
    forms: Forms
    limits: LimitTable
    portal: str  # empty: any
    now: datetime


def read(text: bytes, rules: Rules) -> Line:
    """Return what a line says."""
    if len(text) > LINE_LIMIT_BYTES:
        return Line(problems=(problem("line-too-long", "/"),), is_json=False)
    value = json_value(text)
    if not isinstance(value, dict):
        return Line(problems=(problem("not-json", "/"),), is_json=False)
    if "specversion" in value or "subject" in value:
        return _with_application(_event(text, rules))
    return _with_application(_form(value, rules))


def findings(line: Line, rules: Rules) -> Findings:
    """Return all there is to say of a line, by the rules in force when it was received."""
    if not line.is_json:
        return Findings(line.problems)
    on = local_day(submitted_at(line.received_at or rules.now, rules.now))
    if line.submitted is None:
        body, kind = encode(line.body), _kind(line.body)
        found = unread_problems(body, kind, rules.catalogue, rules.forms, on)
        return Findings(line.problems + (found or (known_problem("invalid-value", "/"),)))
    submitted, personal = line.submitted, line.personal
    problems, warnings = examine(submitted, personal, rules.catalogue, rules.forms, on)
    if len(submitted.documents) <= DOCUMENTS_LIMIT:  # what is known without looking at files
        limits = rules.limits.of(submitted.procedure, on)
        problems += document_problems(submitted.documents, None, limits)
    if personal and len(encode(personal)) > PERSONAL_LIMIT_BYTES:
        problems += (known_problem("too-long", "/personal"),)
    if personal is None and len(submitted.personal) > SIZE_LIMIT:
        problems += (known_problem("too-long", "/personal"),)
    return Findings(line.problems + problems, warnings)


def fingerprint(line: Line, salt: bytes) -> str:
    """Return what tells contents apart, and says nothing to who has not the salt."""
    assert line.submitted is not None
    return keyed_hash(salt, content(line.submitted, line.personal or ()))[:16]


def message_id(application: str, mark: str) -> str:
    """Return the id of the message that brings an application: the same for the same content."""
    return f"{application}/imported/{mark}"


def event(line: Line, mark: str, portal: str, key: Key | None, now: datetime) -> Event:
    """Return what is appended, personal fields encrypted to intake."""
    submitted = line.submitted
    assert submitted is not None
    if line.personal is not None:
        assert key is not None, "asked for beforehand"
        token = encrypt_to(key, encode(line.personal))
        submitted = msgspec.structs.replace(submitted, personal=token)
    return Event(
        id=message_id(line.application, mark),
        source=f"/portals/{portal}",
        type=Submitted.TYPE,
        subject=line.application,
        time=line.received_at or now,
        data=msgspec.Raw(encode(submitted)),
    )


def derived_id(portal: str, old_code: str) -> str:
    """Return the id of an application that the system before knew by this code: no clock in it."""
    drawn = int.from_bytes(blake2b(f"{portal}/{old_code}".encode(), digest_size=10).digest())
    drawn &= (1 << _ID_BITS) - 1
    return str(UUID(int=7 << 76 | (drawn >> 62) << 64 | 2 << 62 | drawn & ((1 << 62) - 1)))


def _form(value: dict[str, Any], rules: Rules) -> Line:
    """Read the shape that is sent over HTTP, with what a header says there beside it."""
    body, found = dict(value), list[Problem]()
    given, received, old = (body.pop(n, None) for n in ("id", "received_at", "old"))
    code = _old_code(old, found)
    application = derived_id(rules.portal, code) if code else ""
    if given is not None:
        application = _application(given, "/id", found)
    elif not code:
        found.append(known_problem("missing-field", "/id"))
    at = _instant(received, "/received_at", rules.now, found)
    return Line(application, body, received_at=at, old_code=code, problems=tuple(found))


def _event(text: bytes, rules: Rules) -> Line:
    """Read the shape that is sent onto Kafka."""
    try:
        sent = events.decode(text)
    except UNREADABLE as error:
        reason, _, path = str(error).partition(" - at `")
        return Line(body={}, problems=(malformed(reason, path.strip("`")),), is_json=False)
    found = list[Problem]()
    if sent.type != Submitted.TYPE:
        found.append(problem("not-a-submission", "/type"))
    if rules.portal and sent.source != f"/portals/{rules.portal}":
        found.append(problem("another-portal", "/source"))
    application = _application(sent.subject, "/subject", found)
    at = _instant(sent.time.isoformat(), "/time", rules.now, found)
    body = json_value(sent.data)
    return Line(application, body, received_at=at, problems=tuple(found))


def _with_application(line: Line) -> Line:
    """Read the application itself, if it can be."""
    if not line.is_json:
        return line
    try:
        read = msgspec.convert(line.body, _kind(line.body))
    except (msgspec.ValidationError, RecursionError):
        return line
    if isinstance(read, Submitted):
        return line._replace(submitted=read)
    fields = {f: getattr(read, f) for f in read.__struct_fields__ if f != "personal"}
    return line._replace(
        submitted=Submitted(personal="", **fields), personal=normalised(read.personal)
    )


def _kind(body: Any) -> type[Form] | type[Submitted]:
    is_token = isinstance(body, dict) and isinstance(body.get("personal"), str)
    return Submitted if is_token else Form


def _application(given: Any, at: str, found: list[Problem]) -> str:
    try:
        application = canonical(given) if isinstance(given, str) else ""
    except DeadLetter:
        application = ""
    if not is_uuidv7(application):
        found.append(known_problem("not-uuidv7", at))
        return ""
    return application


def _instant(given: Any, at: str, now: datetime, found: list[Problem]) -> datetime | None:
    if given is None:
        return None
    try:
        claimed: datetime = msgspec.convert(given, Instant)
    except msgspec.ValidationError:
        found.append(problem("not-an-instant", at))
        return None
    if claimed - now > CLOCK_SLACK:
        found.append(problem("received-in-future", at))
    elif claimed <= now and submitted_at(claimed, now) != claimed:
        found.append(problem("received-long-ago", at))
    return claimed


def _old_code(given: Any, found: list[Problem]) -> str:
    if given is None:
        return ""
    try:
        old = msgspec.convert(given, Old)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `")
        found.append(malformed(reason, f"$.old{path.strip('`').removeprefix('$')}"))
        return ""
    if old.state != NEW:
        found.append(problem("not-carried-over", "/old/state"))
    code = read_code(old.dossier_code) if old.dossier_code else ""
    if code is None:
        found.append(problem("not-a-code", "/old/dossier_code"))
    return code or ""
