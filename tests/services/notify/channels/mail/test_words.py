"""Whatever a mail server says, it is one of four things for us, and has a reason we know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.mail.words import (
    BASIC,
    HARDNESS,
    OTHERWISE,
    OURS,
    REASONS,
    after_the_dot,
    before_the_dot,
    reason,
    status_reason,
)

# the registry of enhanced status codes: how many details each subject has
REGISTRY = {0: 1, 1: 11, 2: 5, 3: 7, 4: 8, 5: 7, 6: 11, 7: 31}
# RFC 5321 4.2.3, 4954 (AUTH) and 7504, of classes 4 and 5
RFC_5321 = {421, 450, 451, 452, 455, *range(500, 505), *range(550, 556)}
RFC_4954 = {432, 454, 530, 534, 535, 538}
RFC_7504 = {521, 556}


def test_every_registered_status_has_a_reason_and_no_other_has() -> None:
    assert set(REASONS) == {f"{s}.{d}" for s, details in REGISTRY.items() for d in range(details)}


def test_every_reply_code_that_refuses_has_a_reason_and_no_other_has() -> None:
    assert set(BASIC) == RFC_5321 | RFC_4954 | RFC_7504


def test_whose_fault_it_is_is_said_of_reasons_that_there_are_and_of_one_side_only() -> None:
    assert {*HARDNESS, *OURS} <= {*REASONS.values(), *BASIC.values()}
    assert not OURS & set(HARDNESS)


@pytest.mark.parametrize(
    ("code", "text", "finding", "why", "told"),
    [
        (550, "5.1.1 <x>: Recipient address rejected", "rejected", "no_such_user", "5.1.1"),
        (550, "No such person here", "rejected", "no_such_user", "550"),
        (550, "5.7.1 Relaying denied", "rejected", "not_wanted", "5.7.1"),
        (550, "5.7.26 Unauthenticated email", "absent", "not_authentic", "5.7.26"),
        (530, "5.7.0 Authentication required", "absent", "access", "5.7.0"),
        (501, "Syntax error", "absent", "protocol", "501"),
        (552, "5.2.2 Over quota", "rejected", "mailbox_full", "5.2.2"),
        (552, "5.3.4 Message too big", "rejected", "too_large", "5.3.4"),
        (556, "5.1.10 Null MX", "rejected", "no_such_domain", "5.1.10"),
        (451, "4.7.1 Greylisted, see you in 5 minutes", "absent", "not_wanted", "4.7.1"),
        (451, "Try again later", "absent", "busy", "451"),
        (452, "4.2.2 Over quota", "absent", "mailbox_full", "4.2.2"),
        (421, "Closing", "absent", "busy", "421"),
        (550, "5.99.1 of another registry", "rejected", "no_such_user", "5.99.1"),
        (550, "4.2.2 of another class", "rejected", "no_such_user", "550"),
        (599, "", "rejected", OTHERWISE, "599"),
    ],
)
def test_a_refusal_means_the_same_at_every_step(code, text, finding, why, told) -> None:
    assert before_the_dot(code, text) == (finding, why, told)
    assert after_the_dot(code, text) == (finding, why, told)


@given(st.integers(0, 999), st.text(max_size=40))
def test_nothing_but_a_yes_to_the_whole_mail_is_handed_over(code: int, text: str) -> None:
    assert before_the_dot(code, text).finding in ("absent", "rejected")
    after = after_the_dot(code, text).finding
    assert (after == "handed") == (200 <= code <= 299)
    assert (after == "unknown") == (not 200 <= code <= 299 and not 400 <= code <= 599)


@given(st.integers(0, 999), st.text(max_size=40))
def test_every_reason_is_of_the_tables(code: int, text: str) -> None:
    why, told = reason(code, text)
    assert why in {*REASONS.values(), *BASIC.values(), OTHERWISE}
    assert told == str(code) or told == text[: len(told)]


@pytest.mark.parametrize(
    ("status", "why"),
    [("5.1.1", "no_such_user"), ("4.4.7", "expired"), ("5", OTHERWISE), ("5.1.1 x", OTHERWISE)],
)
def test_the_status_of_a_report_has_the_same_reasons(status: str, why: str) -> None:
    assert status_reason(status) == why
