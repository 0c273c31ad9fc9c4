"""Who is whom, and who may agree to what another asked for."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.access import Access, Caller
from shared.errors import Misconfigured
from shared.principals import LOCAL, MARK, People, Principal, is_another, may_answer
from shared.second_person import refusal_of

ISSUER = "https://id.example.test"
issuers = st.sampled_from([LOCAL, ISSUER, f"{ISSUER}/realm"])
subjects = st.text(min_size=1, max_size=5)
principals = st.builds(Principal, issuers, subjects)
texts = st.one_of(st.just(""), principals.map(lambda p: p.text))


@given(principals, principals)
def test_two_principals_have_two_texts(one: Principal, other: Principal) -> None:
    assert (one.text == other.text) == (one == other)


@given(texts, texts)
def test_being_another_goes_both_ways_and_nobody_is_another_than_himself(
    one: str, other: str
) -> None:
    assert is_another(one, other) == is_another(other, one)
    assert not is_another(one, one)


@given(texts)
def test_who_is_nobody_in_particular_is_no_second_person_and_has_none(text: str) -> None:
    assert not is_another("", text)
    assert not is_another(text, "")


@given(principals, principals)
def test_only_who_vouches_for_both_can_say_that_they_are_two(
    one: Principal, other: Principal
) -> None:
    are_two = one.issuer == other.issuer and one.subject != other.subject
    assert is_another(one.text, other.text) == are_two


@given(texts, texts, st.text(max_size=5), st.text(max_size=5))
def test_names_decide_nothing(asked: str, agrees: str, name: str, another: str) -> None:
    found = [refusal_of(asked, Caller(n, "operator", (), agrees)) for n in (name, another)]
    assert [why is None for why in found] == [is_another(asked, agrees)] * 2


def test_what_stands_in_the_way_says_what_to_do() -> None:
    me, nobody = Principal(LOCAL, "an").text, Caller("robot", "operator")
    own = refusal_of(me, Caller("an", "operator", (), me))
    shared, unknown = refusal_of(me, nobody), refusal_of("", Caller("b", "operator", (), me))
    assert own is not None
    assert (own.status, own.code) == (409, "same-person")
    assert shared is not None
    assert unknown is not None
    assert shared.code == unknown.code == "not-told-apart"
    assert shared.detail.startswith("Your key or account does not say which human it is")
    assert unknown.detail.startswith("What it was asked with does not say which human it is")


def test_what_nobody_knows_who_asked_for_anybody_may_turn_down_but_nobody_in_particular() -> None:
    me = Principal(LOCAL, "an").text
    assert may_answer("", me, agrees=False)
    assert not may_answer("", "", agrees=False)
    assert not may_answer("", me, agrees=True)


@given(texts, texts)
def test_who_may_agree_may_turn_down(asked: str, answers: str) -> None:
    assert may_answer(asked, answers, agrees=True) == is_another(asked, answers)
    if is_another(asked, answers):
        assert may_answer(asked, answers, agrees=False)


def test_a_key_an_account_and_the_provider_may_know_one_human() -> None:
    people = People({"an": {"subject": "7c9e"}, "binh": {}}, ISSUER)
    assert people.text_of({"person": "an"}) == f"{ISSUER}{MARK}7c9e"
    assert people.text_of({"person": "binh"}) == f"{LOCAL}{MARK}binh"
    assert people.text_of({"name": "a robot"}) == ""


def test_a_name_at_the_provider_that_is_somebody_elses_account_makes_nobody_one() -> None:
    """The account `an` and the provider's `an` are told apart by none of both names."""
    account = People({"an": {}}, ISSUER).text_of({"person": "an"})
    assert not is_another(account, Principal(ISSUER, "an").text)
    assert account != Principal(ISSUER, "an").text


@pytest.mark.parametrize(
    ("rows", "issuer", "says"),
    [
        ({"a": {"subject": "1"}, "b": {"subject": "1"}}, ISSUER, "two have the subject 1"),
        ({"a": {"subject": "1"}}, "", "needs the provider"),
        ({"a": {"sub": "1"}}, ISSUER, "'a' has a name, and `subject` or nothing"),
        ({"": {}}, "", "has a name"),
    ],
)
def test_a_table_that_makes_two_of_one_ends_the_start(
    rows: Mapping[str, Mapping[str, str]], issuer: str, says: str
) -> None:
    with pytest.raises(Misconfigured, match=says):
        People(rows, issuer)


def test_a_key_of_a_person_whom_nobody_knows_ends_the_start() -> None:
    keys = {"hash": {"name": "o-1", "role": "operator", "person": "anh"}}
    with pytest.raises(Misconfigured, match="has no anh"):
        Access(keys, People({"an": {}}))
