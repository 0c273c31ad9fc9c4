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
    Step,
    after_the_dot,
    reason,
    refused,
    status_reason,
)

# the registry of enhanced status codes: how many details each subject has
REGISTRY = {0: 1, 1: 11, 2: 5, 3: 7, 4: 8, 5: 7, 6: 11, 7: 31}
# RFC 5321 4.2.3, 4954 (AUTH) and 7504, of classes 4 and 5
RFC_5321 = {421, 450, 451, 452, 455, *range(500, 505), *range(550, 556)}
RFC_4954 = {432, 454, 530, 534, 535, 538}
RFC_7504 = {521, 556}

STEPS: tuple[Step, ...] = ("MAIL", "RCPT", "DATA", "dot")
OUR_ADDRESS, HIS = ("absent", "sender_refused"), ("rejected", "mailbox")
MAY_BE_OURS = [OUR_ADDRESS, ("absent", "mailbox"), ("absent", "mailbox")]


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
        (550, "5.7.26 Unauthenticated email", "absent", "not_authentic", "5.7.26"),
        (530, "5.7.0 Authentication required", "absent", "access", "5.7.0"),
        (501, "Syntax error", "absent", "protocol", "501"),
        (552, "5.3.4 Message too big", "rejected", "too_large", "5.3.4"),
        (451, "4.7.1 Greylisted, see you in 5 minutes", "absent", "not_wanted", "4.7.1"),
        (451, "Try again later", "absent", "busy", "451"),
        (452, "4.2.2 Over quota", "absent", "mailbox_full", "4.2.2"),
        (421, "Closing", "absent", "busy", "421"),
    ],
)
@pytest.mark.parametrize("step", STEPS)
def test_what_is_ours_the_mails_or_for_now_means_the_same_at_every_step(
    step: Step, code, text, finding, why, told
) -> None:
    assert refused(step, code, text) == (finding, why, told)


@pytest.mark.parametrize(
    ("code", "text", "at_mail", "at_rcpt", "at_data", "after_the_dot"),
    [
        (550, "5.1.1 nobody", OUR_ADDRESS, ("rejected", "no_such_user"), HIS, HIS),
        (552, "5.2.2 over quota", OUR_ADDRESS, ("rejected", "mailbox_full"), HIS, HIS),
        (556, "5.1.10 null MX", OUR_ADDRESS, ("rejected", "no_such_domain"), HIS, HIS),
        (553, "5.1.3 no address", OUR_ADDRESS, ("rejected", "bad_address"), HIS, HIS),
        (550, "5.1.0 other", OUR_ADDRESS, HIS, HIS, HIS),
        (550, "Sender verify failed", *MAY_BE_OURS, HIS),
        (550, "relay not permitted", *MAY_BE_OURS, HIS),
        (550, "Blocked - see a list of networks", *MAY_BE_OURS, HIS),
        (553, "your envelope sender is not allowed", *MAY_BE_OURS, HIS),
        (552, "message size exceeds limit", *MAY_BE_OURS, HIS),
        (550, "5.99.1 of another registry", *MAY_BE_OURS, HIS),
        (550, "4.1.1 of another class", *MAY_BE_OURS, HIS),
        (554, "5.7.1 blocked", *[("absent", "not_wanted")] * 3, ("rejected", "not_wanted")),
        (554, "5.0.0 no", *[("absent", "other")] * 3, ("rejected", "other")),
        (521, "we do not accept mail from you", *[("absent", "access")] * 4),
        (599, "", *[("absent", OTHERWISE)] * 3, ("rejected", OTHERWISE)),
    ],
)
def test_an_address_is_at_fault_only_where_it_is_named_and_a_known_code_says_so(
    code, text, at_mail, at_rcpt, at_data, after_the_dot
) -> None:
    expected = dict(zip(STEPS, (at_mail, at_rcpt, at_data, after_the_dot), strict=True))
    assert {step: refused(step, code, text)[:2] for step in STEPS} == expected


@given(st.sampled_from(STEPS), st.integers(0, 999), st.text(max_size=40))
def test_no_word_but_one_at_rcpt_with_an_enhanced_code_blames_an_address(
    step: Step, code: int, text: str
) -> None:
    found = refused(step, code, text)
    if found.finding == "rejected" and found.reason in HARDNESS:
        assert (step, found.code.count(".")) == ("RCPT", 2)
    assert refused(step, code, "").reason not in HARDNESS


@given(st.sampled_from(STEPS), st.integers(0, 999), st.text(max_size=40))
def test_nothing_but_a_yes_to_the_whole_mail_is_handed_over(
    step: Step, code: int, text: str
) -> None:
    assert refused(step, code, text).finding in ("absent", "rejected")
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
