"""What changed leads back to what it changed into, whatever it is."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.changes import (
    WHOLE,
    WINDOW,
    Incomplete,
    fold,
    is_exact,
    list_change,
    put_back,
    splice,
    state_change,
    unfold,
)
from shared.store import Row

LONG = "nội dung " * 60
texts = st.text(alphabet="aăđồ\U0001f600", max_size=40)
edits = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9), texts), max_size=4)


class Dossier(msgspec.Struct, frozen=True, omit_defaults=True):
    unit: str
    notes: tuple[str, ...] = ()
    due: int | None = None
    about: dict[str, str] = {}


def edited(text: str, changes: list[tuple[int, int, str]]) -> str:
    for percent, cut, put in changes:
        at = len(text) * percent // 100
        text = text[:at] + put + text[at + cut :]
    return text


@given(texts, texts, edits, st.sampled_from([0, 1, WINDOW]))
def test_a_splice_leads_from_one_text_to_the_other(
    front: str, back: str, changes: list[tuple[int, int, str]], longer: int
) -> None:
    was = front + "đ" * longer + back
    now = edited(was, changes)
    cut = splice(was.encode(), now.encode())
    assert put_back(was.encode(), cut) == now.encode()


@given(texts, texts)
def test_a_splice_never_cuts_a_character(was: str, now: str) -> None:
    at, cut, put = splice(was.encode(), now.encode())
    was.encode()[:at].decode()
    was.encode()[at + cut :].decode()
    assert isinstance(put, str)


def test_a_splice_holds_only_what_is_new() -> None:
    was = f'["{LONG}"]'.encode()
    assert splice(was, f'["{LONG}","ơ"]'.encode()) == (len(was) - 1, 0, ',"ơ"')


@given(st.lists(st.integers(0, 2), max_size=6), st.lists(st.integers(0, 2), max_size=6))
def test_a_change_of_a_list_leads_from_one_to_the_other(was: list[int], now: list[int]) -> None:
    at, cut, put = list_change(tuple(was), tuple(now))
    found = list(was)
    found[at : at + cut] = put
    assert found == now


def full(version: int, state: Dossier | None, **more: Any) -> Row:
    text = msgspec.json.encode(state).decode()
    return {
        "_id": f"a/{version:06d}",
        "application": "a",
        "version": version,
        "state": text,
        **more,
    }


def changed(version: int, was: Dossier, now: Dossier, **more: Any) -> Row:
    change, size = state_change(was, now)
    row = full(version, None)
    del row["state"]
    return {**row, "change": {"full_at": 1, "size": size, "state": change, **more}}


dossiers = st.builds(
    Dossier,
    unit=st.sampled_from(["", "00004", LONG]),
    notes=st.lists(st.sampled_from(["a", "ồ", LONG]), max_size=4).map(tuple),
    due=st.none() | st.integers(0, 9),
    about=st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["", LONG]), max_size=3),
)


@given(st.lists(dossiers, min_size=1, max_size=8))
def test_a_chain_of_changes_is_read_as_the_states_it_was_made_from(states: list[Dossier]) -> None:
    rows = [full(1, states[0])]
    for version, (was, now) in enumerate(pairwise(states), start=2):
        rows.append(changed(version, was, now))
    found = [msgspec.json.decode(row["state"], type=Dossier) for row in unfold(rows)]
    assert found == states
    assert [list(d.about) for d in found] == [list(d.about) for d in states]
    assert is_exact(states[-1], fold(rows)["state"])


def test_a_whole_row_may_be_unfolded_again() -> None:
    rows = [full(1, Dossier("a")), changed(2, Dossier("a"), Dossier("b"))]
    once = list(unfold(rows))
    assert list(unfold(once)) == once
    assert once[1]["change"]["full_at"] == 1


def test_rows_of_several_applications_are_told_apart() -> None:
    other = {**changed(2, Dossier("a"), Dossier("b")), "_id": "b/000002", "application": "b"}
    with pytest.raises(Incomplete):
        list(unfold([full(1, Dossier("a")), other]))


def test_a_change_without_what_it_changes_is_not_guessed() -> None:
    second, third = Dossier("b"), Dossier("c")
    with pytest.raises(Incomplete):
        list(unfold([changed(2, Dossier("a"), second)]))
    with pytest.raises(Incomplete):
        list(unfold([full(1, Dossier("a")), changed(3, second, third)]))


def test_what_is_held_changes_while_nothing_is_known() -> None:
    row = {**full(2, None), "change": {"full_at": 1, "size": 9, "held": [1, 0, [["second"]]]}}
    del row["state"]
    found = fold([full(1, None, held=[["first"]]), row])
    assert (found["state"], found["held"]) == ("null", [["first"], ["second"]])


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ('{"unit":"a"}', True),
        ('{"notes":["b"],"unit":"a"}', True),  # in another order
        ('{"unit":"a","due":null}', True),  # a default that was written
        ('{"unit": "a"}', True),  # a change replaces or cuts inside of fields only
        ('{"unit":"a","about":{"x": ""}}', False),
        ('{"unit":"a","left":1}', False),  # a field that is no more
    ],
)
def test_a_text_of_another_build_is_told_from_ones_own(text: str, exact: bool) -> None:
    state = msgspec.json.decode(text, type=Dossier)
    assert is_exact(state, text) is exact


def test_an_unchanged_short_field_is_not_written_and_a_long_one_is_cut() -> None:
    was = Dossier("a", notes=(LONG,), due=1)
    now = msgspec.structs.replace(was, notes=(LONG, "n"), due=None)
    change, _ = state_change(was, now)
    assert change["due"] == "null"
    assert change["notes"][2] == ',"n"'
    assert set(change) == {"notes", "due"}
    assert len(msgspec.json.encode(was.notes)) > WHOLE
