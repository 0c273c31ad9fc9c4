"""A body that is wrong is refused at its field, in Vietnamese and in English."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from shared.edge import decode
from shared.problems import Refusal


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    """A part."""

    note: Annotated[str, Meta(min_length=2, max_length=3, pattern="^[a-z]*$")]


class Body(msgspec.Struct, kw_only=True):
    """A body."""

    parts: list[Inner] = []
    count: Annotated[int, Meta(ge=1, le=3)] = 1
    day: date | None = None
    at: datetime | None = None
    kind: Literal["a", "b"] = "a"
    id: UUID | None = None


@pytest.mark.parametrize(
    ("body", "field", "vi"),
    [
        ({"parts": [{}]}, "/parts/0/note", "thiếu trường bắt buộc note"),
        ({"parts": [{"note": "ab", "x": 1}]}, "/parts/0/x", "trường x không được dùng ở đây"),
        ({"parts": [{"note": "a"}]}, "/parts/0/note", "cần độ dài ít nhất 2"),
        ({"parts": [{"note": "abcd"}]}, "/parts/0/note", "độ dài không được quá 3"),
        ({"parts": [{"note": "A1"}]}, "/parts/0/note", "cần đúng dạng"),
        ({"parts": [{"note": 1}]}, "/parts/0/note", "cần một chuỗi, nhận được một số nguyên"),
        ({"parts": {}}, "/parts", "cần một danh sách, nhận được một đối tượng"),
        ({"count": 0}, "/count", "cần giá trị từ 1 trở lên"),
        ({"count": 4}, "/count", "cần giá trị không quá 3"),
        ({"day": "soon"}, "/day", "cần ngày dạng 2026-11-30"),
        ({"at": "soon"}, "/at", "cần thời điểm dạng 2026-11-30T08:00:00+07:00"),
        ({"day": 1}, "/day", "cần một ngày (2026-11-30) hoặc null, nhận được một số nguyên"),
        ({"kind": "c"}, "/kind", "không có lựa chọn 'c'"),
        ({"id": "1"}, "/id", "cần một UUID"),
        ([], "/", "cần một đối tượng, nhận được một danh sách"),
    ],
)
def test_a_wrong_body_is_refused_at_its_field_in_both_languages(body, field, vi) -> None:
    with pytest.raises(Refusal) as refused:
        decode(msgspec.json.encode(body), Body)
    (problem,) = refused.value.problems
    assert problem.field == field
    assert vi in problem.remedy_vi
    assert "Expected" not in problem.remedy_vi
    assert problem.remedy_en
