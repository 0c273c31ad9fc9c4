"""A citizen's link opens one application; nothing else does."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.status_links import MAC_BYTES, TOKEN_CHARACTERS, StatusLinks

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
