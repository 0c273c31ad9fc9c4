"""Whole facts of every form, all made up; a test changes what matters."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.papers import FACTS, Apology, ControlSlip, Facts, Receipt, Refusal, Step, Supplement

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HEAD: Mapping[str, Any] = {
    "at": AT,
    "unit": "Phường Tân Định",
    "province": "Thành phố Hồ Chí Minh",
    "dossier_code": "H29.1-20261120-0000001",
    "procedure": "Cấp bản sao Trích lục hộ tịch",
    "procedure_en": "Copy of a civil status extract",
    "competent": "Phường Sài Gòn",
}
PERSONS = {"applicant": "Nguyễn Thị Mẫu", "officer": "canbo.tiepnhan-01"}


def step(**changes: Any) -> Step:
    whole = {
        "name": "Thẩm định hồ sơ",
        "name_en": "Examine",
        "unit": "Phường Tân Định",
        "standing": "late",
        "begun": AT,
        "until": AT + timedelta(days=2),
        "ended": AT + timedelta(days=3),
        "officer": "chuyenvien.thamdinh-12",
    }
    return Step(**(whole | changes))


USUAL: Mapping[str, Facts] = {
    "receipt": Receipt(
        **HEAD,
        **PERSONS,
        due=AT + timedelta(days=5),
        copies=2,
        documents=("Tờ khai cấp bản sao trích lục hộ tịch", "Văn bản ủy quyền"),
        status_page="https://tracuu.example.invalid/status",
        status_code="0792-0000-1234",
    ),
    "supplement": Supplement(
        **HEAD, **PERSONS, content="1. Bản chụp rõ nét giấy chứng sinh.\n2. Chữ ký trên tờ khai."
    ),
    "refusal": Refusal(**HEAD, **PERSONS, reason="Không thuộc thẩm quyền giải quyết."),
    "apology": Apology(
        **HEAD,
        **PERSONS,
        reason="Phải xác minh tại nơi cư trú cũ.",
        due_before=AT + timedelta(days=5),
        due=AT + timedelta(days=9),
        accepted_at=AT,
        accepted_by="Phường Tân Định",
    ),
    "control-slip": ControlSlip(
        **HEAD,
        accepted_at=AT,
        due=AT + timedelta(days=5),
        settled_at=AT + timedelta(days=4),
        steps=(step(), step(name="Ký duyệt", name_en="Sign", standing="waiting", ended=None)),
    ),
}
LONG_NAME = "Trần Nguyễn Hoàng Công Tằng Tôn Nữ Quỳnh Như Thục Hiền " * 5
LONG_WORD = "x" * 400
AWKWARD: Mapping[str, Mapping[str, Any]] = {
    "receipt": {
        "applicant": LONG_NAME,
        "documents": tuple(f"Văn bản thứ {n} #panic() *đậm* <b> $x$" for n in range(1, 41)),
        "officer": LONG_WORD,
    },
    "supplement": {"content": "\n".join(f"{n}. {LONG_NAME}" for n in range(1, 31))},
    "refusal": {"reason": LONG_WORD, "unit": LONG_NAME, "officer": ""},
    "apology": {"reason": "&amp; <script>alert(1)</script>\x00\u202e", "procedure": LONG_NAME},
    "control-slip": {"steps": tuple(step(name=LONG_NAME, officer=LONG_WORD) for _ in range(20))},
}
# only what every form has to have
BARE: Mapping[str, Mapping[str, Any]] = {
    name: {
        field: None if field.endswith("_at") else () if field == "documents" else ""
        for field in (
            "province",
            "competent",
            "procedure_en",
            "applicant",
            "officer",
            "documents",
            *optional,
        )
        if field in FACTS[name].__struct_fields__
    }
    for name, optional in {
        **dict.fromkeys(FACTS, ()),
        "receipt": ("status_page", "status_code"),
        "apology": ("accepted_at", "accepted_by"),
        "control-slip": ("settled_at",),
    }.items()
}


@pytest.fixture(scope="session")
def usual() -> Mapping[str, Facts]:
    return USUAL


@pytest.fixture(scope="session")
def awkward() -> Mapping[str, Mapping[str, Any]]:
    return AWKWARD


@pytest.fixture(scope="session")
def bare() -> Mapping[str, Mapping[str, Any]]:
    return BARE
