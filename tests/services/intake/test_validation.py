"""Every problem of an application is found at once, and each at its field."""

from datetime import date
from unicodedata import normalize

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.findings import read_personal
from services.intake.domain.validation import (
    composed,
    contact,
    envelope_problems,
    form_problems,
    is_uuidv7,
    normalised,
    personal_problems,
    portal_of,
    withdrawal_problems,
)
from shared.events.data import Document, Problem
from shared.events.intake import Contact
from shared.events.portal import Personal, Submitted, WithdrawalRequested

TODAY = date(2026, 11, 20)


def submitted(make, **changed) -> Submitted:
    return msgspec.convert(make.form(personal="", **changed), Submitted)


def codes(problems) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in problems]


def test_an_application_in_order_has_no_problem(make) -> None:
    assert form_problems(submitted(make), make.CATALOGUE, TODAY) == ()
    assert personal_problems(Personal(**make.personal())) == ()
    assert envelope_problems(make.uuid7(), "/portals/sandbox") == ()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"procedure": "1.001640"}, [("unknown-procedure", "/procedure")]),
        ({"procedure": ""}, [("unknown-procedure", "/procedure")]),
        ({"documents": []}, [("missing-documents", "/documents")]),
        ({"receiving_unit": "99999"}, [("unknown-unit", "/receiving_unit")]),
        ({"receiving_unit": "01"}, []),
        ({"residence_unit": ""}, []),
        ({"residence_unit": "00001"}, []),  # an old unit
        ({"residence_unit": "99999"}, [("unknown-unit", "/residence_unit")]),
        ({"object_unit": "00001"}, []),
        ({"object_unit": "99999"}, [("unknown-unit", "/object_unit")]),
        (
            {"residence_unit": "99999", "object_unit": "x"},
            [("unknown-unit", "/residence_unit"), ("unknown-unit", "/object_unit")],
        ),
        ({"copies": 0}, [("invalid-copies", "/copies")]),
        ({"copies": 101}, [("invalid-copies", "/copies")]),
        (
            {"documents": [{"name": "x", "sha256": "A" * 64}]},
            [("invalid-document-hash", "/documents/0/sha256")],
        ),
        (
            {"documents": [{"name": "x" * 501, "sha256": "a" * 64, "media_type": "y" * 501}]},
            [("too-long", "/documents/0/name"), ("too-long", "/documents/0/media_type")],
        ),
        (
            {"documents": [{"name": "x", "sha256": ""}] * 51},
            [("too-many-documents", "/documents")],
        ),
        (
            {"procedure": "x", "receiving_unit": "x", "copies": -1},
            [
                ("unknown-procedure", "/procedure"),
                ("unknown-unit", "/receiving_unit"),
                ("invalid-copies", "/copies"),
            ],
        ),
    ],
)
def test_every_problem_is_found_at_once(make, changed, found) -> None:
    assert codes(form_problems(submitted(make, **changed), make.CATALOGUE, TODAY)) == found


def test_a_procedure_counts_only_while_in_force(make) -> None:
    problems = form_problems(submitted(make), make.CATALOGUE, date(2025, 6, 30))
    assert ("procedure-not-in-force", "/procedure") in codes(problems)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"name": " "}, [("missing-name", "/personal/name")]),
        ({"name": "x" * 501}, [("too-long", "/personal/name")]),
        (
            {"personal_number": "00119900000"},
            [("invalid-personal-number",) * 1 + ("/personal/personal_number",)],
        ),
        (
            {"personal_number": "٠٠١١٩٩٠٠٠٠٠١"},
            [("invalid-personal-number", "/personal/personal_number")],
        ),
        ({"personal_number": "999999999999"}, []),  # an unknown prefix is no reason
        ({"phone": "+84912345678"}, []),
        ({"phone": "0212345678"}, [("invalid-phone", "/personal/phone")]),
        ({"phone": "0912345678\n"}, []),  # outer blanks are taken off
        ({"email": ""}, []),
        ({"email": "a@b"}, [("invalid-email", "/personal/email")]),
        ({"email": "a b@example.org"}, [("invalid-email", "/personal/email")]),
        ({"answers": {"q": "x" * 4001}}, [("too-long", "/personal/answers")]),
        ({"answers": {str(n): "" for n in range(201)}}, [("too-long", "/personal/answers")]),
        (
            {"name": "", "personal_number": "", "phone": ""},
            [
                ("missing-name", "/personal/name"),
                ("invalid-personal-number", "/personal/personal_number"),
                ("invalid-phone", "/personal/phone"),
            ],
        ),
    ],
)
def test_personal_fields_are_checked(make, changed, found) -> None:
    assert codes(personal_problems(normalised(Personal(**make.personal(**changed))))) == found


@given(st.binary(max_size=300))
def test_any_bytes_are_personal_fields_or_a_problem(text: bytes) -> None:
    read = read_personal(text)
    assert isinstance(read, Personal) or all(isinstance(p, Problem) for p in read)
    assert read != ()


def test_personal_fields_nested_too_deep_are_a_problem() -> None:
    text = b'{"answers":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    assert codes(read_personal(text)) == [("invalid-value", "/personal")]


def test_problems_with_personal_fields_name_each_field(make) -> None:
    found = read_personal(msgspec.json.encode(make.personal(phone=1, email="x")))
    assert codes(found) == [
        ("invalid-value", "/personal/phone"),
        ("invalid-email", "/personal/email"),
    ]
    assert codes(read_personal(b"{}")) == [
        ("missing-field", "/personal/name"),
        ("missing-field", "/personal/personal_number"),
        ("missing-field", "/personal/phone"),
    ]


@given(st.text(max_size=50))
def test_names_are_kept_in_composed_form(name: str) -> None:
    kept = normalised(Personal(name=name, personal_number="", phone="")).name
    assert kept == normalize("NFC", name).strip()
    assert normalised(Personal(name=kept, personal_number="", phone="")).name == kept


def test_decomposed_vietnamese_is_composed() -> None:
    name = normalize("NFD", "Nguyễn Thị Thử Nghiệm")
    assert normalised(Personal(name=name, personal_number="", phone="")).name != name


@given(st.text(max_size=30), st.text(max_size=30))
def test_document_names_are_kept_in_composed_form(name: str, other: str) -> None:
    documents = tuple(Document(name=n, sha256="a" * 64) for n in (name, other))
    kept = composed(documents)
    assert all(d.name.isascii() or d.name == normalize("NFC", d.name) for d in kept)
    assert composed(kept) == kept
    assert [d.sha256 for d in kept] == [d.sha256 for d in documents]


SPACED = st.sampled_from(["", " ", ".", "-"])


@given(st.text("0123456789", min_size=11, max_size=11), SPACED, st.sampled_from(["", " ", ", a "]))
def test_a_personal_number_in_a_reason_is_refused_however_it_is_grouped(digits, by, end) -> None:
    grouped = by.join(("0" + digits)[n : n + 3] for n in range(0, 12, 3))
    asked = WithdrawalRequested(reason=f"Nộp nhầm cho {grouped}{end}")
    assert codes(withdrawal_problems(asked)) == [("personal-in-text", "/reason")]


@pytest.mark.parametrize(
    "reason",
    ["101099000001", "0912345678", "gọi +84 912 345 678 nhé", "0912.345.678", "(84)912345678"],
)
def test_a_number_of_a_person_in_a_reason_is_refused(reason: str) -> None:
    found = withdrawal_problems(WithdrawalRequested(reason=reason))
    assert codes(found) == [("personal-in-text", "/reason")]


@pytest.mark.parametrize(
    "reason",
    [
        *("", "No longer needed", "Nộp nhầm\nngày 20.11.2026", "phí 150.000.000.000 đồng"),
        *("đã nộp H05.17-20261120-0000001", "xem 000.00.09.H26-260120-0001, H09-20261120-1234567"),
        "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b",
    ],
)
def test_another_number_in_a_reason_is_taken(reason: str) -> None:
    assert withdrawal_problems(WithdrawalRequested(reason=reason)) == ()


@pytest.mark.parametrize("name", ["Trần Thị Ánh", "H'Hen Niê", "Y Bion Niê-Kdăm", "王小明", "José"])
def test_a_name_of_any_script_is_taken(make, name: str) -> None:
    for form in ("NFC", "NFD", "NFKC"):
        assert personal_problems(Personal(**make.personal(name=normalize(form, name)))) == ()


def test_a_contact_holds_only_what_can_reach_somebody(make) -> None:
    wrong = Personal(**make.personal(phone="1", email="x"))
    assert contact(wrong) == Contact(name=wrong.name)


@pytest.mark.parametrize(
    ("source", "portal"),
    [
        ("/portals/sandbox", "sandbox"),
        ("/portals/", ""),
        ("/portals/a/b", ""),
        ("/services/intake", ""),
        ("", ""),
        ("/portals/sandbox\n", ""),
    ],
)
def test_only_a_portal_submits(source: str, portal: str) -> None:
    assert portal_of(source) == portal


@given(st.uuids() | st.text(max_size=40))
def test_only_a_uuid_of_version_7_is_an_application_id(value) -> None:
    assert is_uuidv7(str(value)) == (getattr(value, "version", None) == 7)


def test_a_document_is_as_strict_as_its_contract() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "x", "sha256": "y", "path": "z"}, Document)
