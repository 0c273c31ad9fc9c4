"""What must not stand in the clear is found wherever it stands, and nowhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.audit.personal import Search

NUMBER, NAME, MAIL = "001190123456", "Nguyễn Thử Nghiệm An", "citizen1@example.invalid"
SEARCH = Search([NUMBER, NAME, MAIL, ""])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'{{"number":"{NUMBER}"}}', {NUMBER}),
        (f"x{NUMBER}y", {NUMBER}),
        (f"9{NUMBER}", set()),
        (f"to {NAME}, {MAIL}", {NAME, MAIL}),
        (json.dumps({"name": NAME}), {NAME}),
        ("Nghiệm An", set()),
        ("citizen10@example.invalid", set()),
        ("", set()),
    ],
)
def test_a_value_is_found_as_a_whole_escaped_or_not(text: str, found: set[str]) -> None:
    assert SEARCH.found(text.encode()) == found


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=5),
    st.data(),
)
def test_any_value_is_found_between_blanks(values: list[str], data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(values)) if values else ""
    assert not value or value in Search(values).found(f" {value} ".encode())
