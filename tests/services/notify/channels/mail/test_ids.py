"""The id of a mail leads back to the attempt, for those who have seen the mail and its address."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.mail.ids import Ours, genuine, is_key, mail_id, read
from services.notify.domain import MILESTONES
from services.notify.domain.slots import AUDIENCES, Slot, way
from services.notify.domain.wordings import CHANNELS

SECRET = b"k" * 32
KEY = "0198c0de-0000-7000-8000-000000000001/interlinked_registered/email@representative/1"


KEYS = [
    f"{KEY[:36]}/{Slot(milestone, 'email', way(channel, audience), occasion)}/12"
    for milestone in (*MILESTONES, "broadcast-12ab34cd")
    for channel, audience, occasion in product(CHANNELS, AUDIENCES, (1, 2, 99))
]


@pytest.mark.parametrize("key", [KEY, *KEYS])
def test_an_id_leads_back_to_the_attempt(key: str) -> None:
    id_ = mail_id(SECRET, key, "a@mail.test")
    for told in (id_, f"<{id_}@dvc.test>", f" <{id_}@dvc.test>"):
        ours = read(told)
        assert ours
        assert (ours.key, ours.application) == (key, KEY[:36])
        assert genuine(SECRET, ours, ["b@mail.test", "A@Mail.test"]) == "A@Mail.test"


def test_it_counts_for_the_address_it_was_made_for_and_with_our_secret_only() -> None:
    ours = read(mail_id(SECRET, KEY, "a@mail.test"))
    assert ours
    assert genuine(SECRET, ours, ["b@mail.test", "", " "]) == ""
    assert genuine(b"other", ours, ["a@mail.test"]) == ""
    assert genuine(SECRET, Ours(KEY[:-1] + "2", ours.mark), ["a@mail.test"]) == ""


def test_it_is_of_letters_that_mail_servers_leave_alone() -> None:
    assert set(mail_id(SECRET, KEY, "a@mail.test")) <= set(
        "abcdefghijklmnopqrstuvwxyz0123456789-/_~."
    )


@given(
    st.text(max_size=200)
    | st.sampled_from([KEY, KEY + ".abc", "<@>", KEY.upper() + "." + "a" * 16])
)
def test_whatever_is_none_of_ours_is_found_to_be_none(text: str) -> None:
    assert read(text) is None


@given(st.emails(), st.emails())
def test_any_address_can_be_marked_and_checked(one: str, other: str) -> None:
    ours = read(mail_id(SECRET, KEY, one))
    assert ours
    assert genuine(SECRET, ours, [other]) in ("", other)
    assert genuine(SECRET, ours, [other, one])


@pytest.mark.parametrize("text", ["", "x/y/z/1", KEY + "/2", KEY[1:], KEY.replace("0198", "01 8")])
def test_what_is_no_key_of_an_attempt_is_none(text: str) -> None:
    assert not is_key(text)
    with pytest.raises(ValueError, match="key"):
        mail_id(SECRET, text, "a@mail.test")
