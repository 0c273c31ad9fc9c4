"""What a line may say, and what is said to it."""

import json
from datetime import timedelta

import msgspec
import pytest

from deploy.importing import remedies
from deploy.importing.lines import LINE_LIMIT_BYTES, derived_id, event, findings, read
from services.intake.domain.findings import read_personal
from services.intake.domain.validation import is_uuidv7
from shared.events.portal import Submitted
from shared.jwe import SIZE_LIMIT, open_with

PROGRAM = {"name": "Original document", "sha256": "a" * 64, "media_type": "application/x-sh"}
OLD = {"dossier_code": "H26.1-201120-0001"}


def looked(make, given, rules=None):
    text = given if isinstance(given, bytes) else json.dumps(given).encode()
    line = read(text, rules or make.RULES)
    return line, [(p.field, p.code) for p in findings(line, rules or make.RULES).problems]


def test_both_shapes_of_the_same_application_are_in_order_and_read_alike(make) -> None:
    as_sent_over_http, said = looked(make, make.line())
    as_sent_onto_kafka, said_too = looked(make, make.as_event(make.line()))
    assert (said, said_too) == ([], [])
    assert as_sent_over_http.application == as_sent_onto_kafka.application
    assert as_sent_over_http.personal
    assert as_sent_onto_kafka.personal is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": None}, ("/id", "missing-field")),
        ({"id": 7}, ("/id", "not-uuidv7")),
        ({"id": "0198c0de-0000-4000-8000-000000000001"}, ("/id", "not-uuidv7")),
        ({"copies": 0}, ("/copies", "invalid-copies")),
        ({"copies": "2"}, ("/copies", "invalid-value")),
        ({"copies": 10**40}, ("/copies", "invalid-copies")),
        ({"receiving_unit": "99999"}, ("/receiving_unit", "unknown-unit")),
        ({"documents": [PROGRAM]}, ("/documents/0/media_type", "file-type-not-permitted")),
        ({"surprise": 1}, ("/", "unknown-field")),
        ({"personal": 7}, ("/personal", "invalid-value")),
        ({"personal": "x" * (SIZE_LIMIT + 1)}, ("/personal", "too-long")),
        ({"received_at": "yesterday"}, ("/received_at", "not-an-instant")),
        ({"received_at": "2026-11-19T08:00:00"}, ("/received_at", "not-an-instant")),
        ({"received_at": "0001-01-01T00:00:00Z"}, ("/received_at", "received-long-ago")),
        ({"received_at": "2026-11-12T08:00:00+07:00"}, ("/received_at", "received-long-ago")),
        ({"received_at": "2026-11-21T08:00:00+07:00"}, ("/received_at", "received-in-future")),
        ({"old": {"dossier_code": "H26"}}, ("/old/dossier_code", "not-a-code")),
        ({"old": {**OLD, "state": 4}}, ("/old/state", "not-carried-over")),
        ({"old": {**OLD, "state": "new"}}, ("/old/state", "invalid-value")),
        ({"old": {**OLD, "officer": "A"}}, ("/old", "unknown-field")),
        ({"old": "H26.1-201120-0001"}, ("/old", "invalid-value")),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_field(make, changed, said) -> None:
    given = {k: v for k, v in make.line(**changed).items() if v is not None}
    assert looked(make, given)[1] == [said]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"type": "withdrawal.requested"}, ("/type", "not-a-submission")),
        ({"source": "/portals/another"}, ("/source", "another-portal")),
        ({"subject": "7"}, ("/subject", "not-uuidv7")),
        ({"time": "2026-11-01T08:00:00Z"}, ("/time", "received-long-ago")),
        ({"data": []}, ("/", "invalid-value")),
    ],
)
def test_what_is_wrong_with_an_event_is_said_with_its_field(make, changed, said) -> None:
    assert said in looked(make, make.as_event(make.line()) | changed)[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"{", "not-json"),
        (b"[]", "not-json"),
        (b'{"id": "\xff"}', "not-json"),
        (b"[" * 100_000, "not-json"),
        (b" " * (LINE_LIMIT_BYTES + 1), "line-too-long"),
        (b'{"specversion": "1.0"}', "missing-field"),
    ],
)
def test_what_is_no_line_at_all_is_malformed(make, text, code) -> None:
    line, said = looked(make, text)
    assert not line.is_json
    assert [c for _, c in said] == [code]


def test_a_line_may_say_as_of_which_day_a_code_is_given(make) -> None:
    old = make.line(residence_unit="00025", residence_unit_on="2025-06-30")
    for given in (old, make.as_event(old)):
        line, said = looked(make, given)
        assert said == []
        sent = json.loads(bytes(event(line, "m", make.PORTAL, make.PUBLIC_KEY, make.NOW).data))
        assert (sent["residence_unit"], sent["residence_unit_on"]) == ("00025", "2025-06-30")
    wrong = old | {"residence_unit": "00001", "residence_unit_on": "2025-07-01"}
    assert looked(make, wrong)[1] == [("/residence_unit_on", "unit-not-in-force")]
    ordinary, _ = looked(make, make.line())
    written = event(ordinary, "m", make.PORTAL, make.PUBLIC_KEY, make.NOW).data
    assert b"_unit_on" not in bytes(written)


def test_all_that_is_wrong_is_said_at_once(make) -> None:
    given = make.line(copies="x", received_at="?", personal=make.personal(phone="1")) | {"id": "?"}
    fields = [field for field, _ in looked(make, given)[1]]
    assert fields == ["/id", "/received_at", "/copies", "/personal/phone"]


def test_no_problem_repeats_what_was_sent(make) -> None:
    secret = "Nguyễn Bí Mật"
    given = make.line(**{secret: secret}, personal=make.personal(name=secret, **{secret: secret}))
    line = read(json.dumps(given | {"received_at": secret}).encode(), make.RULES)
    assert secret not in msgspec.json.encode(findings(line, make.RULES)).decode()


def test_a_counter_s_time_of_receipt_is_kept_up_to_seven_days(make) -> None:
    at = make.NOW - timedelta(days=6)
    line, said = looked(make, make.line(received_at=at.isoformat()))
    assert said == []
    assert event(line, "m", make.PORTAL, make.PUBLIC_KEY, make.NOW).time == at


def test_rules_are_those_of_the_day_of_receipt(make) -> None:
    catalogue = make.CATALOGUE
    unit = next(
        row
        for rows in catalogue.units.values()
        for row in rows
        if row.valid_to is None and not row.is_province
    )
    first = make.NOW.replace(year=unit.valid_from.year, month=unit.valid_from.month, day=2)
    rules = make.RULES._replace(now=first)
    before = (first - timedelta(days=3)).isoformat()
    given = make.line(receiving_unit=unit.code, residence_unit="")
    assert ("/receiving_unit", "unknown-unit") not in looked(make, given, rules)[1]
    assert ("/receiving_unit", "unknown-unit") in looked(
        make, given | {"received_at": before}, rules
    )[1]


def test_an_old_code_gives_an_id_that_is_the_same_however_the_code_is_typed(make) -> None:
    given = make.line(old=OLD)
    del given["id"]
    typed = given | {"old": {"dossier_code": "h26.1 – 201120 – 0001"}}
    first, said = looked(make, given)
    again, _ = looked(make, typed)
    assert said == []
    assert first.application == again.application == derived_id(make.PORTAL, "H26.1-201120-0001")
    assert is_uuidv7(first.application)
    assert first.old_code == "H26.1-201120-0001"
    assert derived_id("another", "H26.1-201120-0001") != first.application


def test_personal_fields_leave_encrypted_to_intake_and_composed(make) -> None:
    decomposed = make.personal(name=" Nguye\u0302\u0303n Thi\u0323 Thu\u031b\u0309 ")
    line, _ = looked(make, make.line(personal=decomposed))
    sent = event(line, "m", make.PORTAL, make.PUBLIC_KEY, make.NOW)
    assert b"0912345678" not in bytes(sent.data)
    token = msgspec.json.decode(sent.data, type=Submitted).personal
    assert read_personal(open_with(make.PRIVATE_KEY, token)) == line.personal
    assert line.personal.name == "Nguyễn Thị Thử"


def test_every_remedy_is_in_two_languages() -> None:
    assert all(vi and en and vi != en for vi, en in remedies.REMEDIES.values())
