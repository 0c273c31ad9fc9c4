"""Our reference in a transfer's text: found whatever banks do to it, never mistaken for another."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.payment.domain.luhn import check_digit
from services.payment.gateways.transfers.text import reference, references
from services.payment.references import reference as reference_of

OURS, OTHER = "DVC261102000000016", "DVC261102000000024"

ours = st.from_regex(r"\A[0-9]{14}\Z").map(lambda d: f"DVC{d}{check_digit(d)}")
around = st.text(max_size=30).filter(lambda t: "DVC" not in t.upper())
gaps = st.sampled_from(["", "", "", " ", "-", " - ", ".", "_", "\u00a0", "/", "\n"])


def mangled(reference: str, draw) -> str:
    """What a bank makes of it: broken, in lower case, with all kinds of text around."""
    broken = "".join(c + draw(gaps) for c in reference)
    cased = draw(st.sampled_from([str.upper, str.lower, str.title, str]))(broken)
    before, after = draw(around), draw(around)
    return f"{before}{cased}{after}"


@given(ours, st.data())
def test_a_reference_is_found_in_whatever_became_of_the_text(wanted, data):
    assert reference(mangled(wanted, data.draw)) == wanted


@given(ours, st.integers(3, 17), st.integers(1, 9), st.data())
def test_one_wrong_digit_is_never_taken_for_another_order(wanted, place, more, data):
    wrong = (int(wanted[place]) + more) % 10
    text = f"{wanted[:place]}{wrong}{wanted[place + 1 :]}"

    assert reference(mangled(text, data.draw)) == ""


@given(ours, ours, st.data())
def test_of_two_references_none_is_chosen(one, other, data):
    assume(one != other)
    text = f"{mangled(one, data.draw)} {mangled(other, data.draw)}"

    assert references(text) == {one, other}
    assert reference(text) == ""


@given(st.text(max_size=60) | st.from_regex(r"\A(DVC|dvc|[ 0-9]){0,20}\Z"))
def test_what_is_found_is_always_a_reference_of_ours(text):
    for found in references(text):
        assert found.startswith("DVC")
        assert int(found[-1]) == check_digit(found[3:-1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"MBVCB.3278907687.{OURS}.CT tu 0011 toi 1234567890", OURS),
        ("NAP247 DVC2611 0200 0000 016 NGUYEN VAN A chuyen tien", OURS),
        ("dvc-261102-000000-016", OURS),
        (f"{OURS}20261102", OURS),  # a blank was taken out
        (f"NOPPHI{OURS}FT26306000001", OURS),
        (f"DVCDVC DVC26 {OURS}", OURS),
        (f"{OURS}-{OURS.lower()}", OURS),  # the same one, twice
        (f"{OURS} {OTHER}", ""),
        (OURS[:-1], ""),  # cut
        (f"{OURS[:-2]} NGUYEN VAN A", ""),
        (OURS[3:], ""),  # any fifteen digits may be an account's
        ("DVC" + "٣" * 15, ""),  # digits of other scripts are none
        ("", ""),
    ],
)
def test_a_text_as_banks_pass_it_on(text, found):
    assert reference(text) == found


def test_texts_of_one_transfer_are_read_together():
    assert reference("nop le phi", OURS, "") == OURS
    assert reference(OURS, OTHER) == ""


def test_a_reference_that_is_claimed_is_one_that_is_found():
    claimed = reference_of("019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23", 1)

    assert reference(f"CK {claimed.lower()}") == claimed
