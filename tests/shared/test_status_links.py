"""A citizen's link opens one application; nothing else does."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.status_links import CODE_CHARACTERS, MAC_BYTES, TOKEN_CHARACTERS, StatusLinks

LINKS = StatusLinks(bytes(range(32)), "https://portal.example/status")
IDS = st.uuids().map(str)


def test_the_token_is_behind_what_browsers_do_not_send() -> None:
    application = str(UUID(int=7))
    page, _, token = LINKS.link(application).partition("#")
    assert page == "https://portal.example/status"
    assert LINKS.application(token) == application


@given(IDS)
def test_a_token_opens_its_application(application) -> None:
    token = LINKS.token(application)
    assert len(token) == TOKEN_CHARACTERS
    assert LINKS.application(token) == application
    assert application not in token


@given(IDS, st.integers(0, TOKEN_CHARACTERS - 1), st.characters())
def test_a_token_that_is_changed_anywhere_opens_nothing(application, place, sign) -> None:
    token = LINKS.token(application)
    changed = token[:place] + sign + token[place + 1 :]
    assert changed == token or LINKS.application(changed) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it(text) -> None:
    assert LINKS.application(text) is None


def test_it_cannot_be_guessed_and_is_made_by_the_master_key_alone() -> None:
    application = str(UUID(int=7))
    other = StatusLinks(bytes(32), "https://portal.example/status")
    assert MAC_BYTES * 8 >= 128
    assert other.application(LINKS.token(application)) is None
    assert StatusLinks(bytes(range(32)), "/").application(LINKS.token(application)) == application


@given(IDS)
def test_a_code_is_twelve_signs_in_groups_of_four(application) -> None:
    groups = LINKS.code(application).split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert sum(map(len, groups)) * 5 >= 60
    assert not set("".join(groups)) & set("ILOU")


@given(IDS, st.sampled_from(["{}", " {} "]), st.booleans())
def test_a_code_is_read_however_it_is_typed(application, form, is_lower) -> None:
    code = LINKS.code(application)
    typed = form.format(code.replace("-", " \u2013 "))
    misread = typed.replace("0", "O").replace("1", "l")
    assert LINKS.is_code(application, code)
    assert LINKS.is_code(application, misread.lower() if is_lower else misread)
    assert LINKS.is_code(application, code.replace("-", ""))


@given(
    IDS, st.integers(0, CODE_CHARACTERS - 1), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
)
def test_a_code_with_another_sign_opens_nothing(application, place, sign) -> None:
    code = LINKS.code(application).replace("-", "")
    changed = code[:place] + sign + code[place + 1 :]
    assert LINKS.is_code(application, changed) is (changed == code)


@given(IDS, st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_code(application, text) -> None:
    assert LINKS.is_code(application, text) is False


def test_a_code_is_no_part_of_the_token_and_of_one_application_alone() -> None:
    application, another = str(UUID(int=7)), str(UUID(int=8))
    assert LINKS.is_code(another, LINKS.code(application)) is False
    assert StatusLinks(bytes(32), "/").code(application) != LINKS.code(application)
