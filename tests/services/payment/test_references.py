from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.luhn import check_digit
from services.payment.gateways.vnpay.gateway import SAFE
from services.payment.references import NoReference, References, reference

OTHER = "019aa0a5-b1c0-7d3e-8f4a-000000000000"


def test_the_same_attempt_has_the_same_reference(a):
    references = References(a.rows())

    first = a.run(references.claim([(a.application, 1), (a.application, 2)]))
    again = a.run(references.claim([(a.application, 2), (a.application, 1)]))

    assert first == again
    assert len(set(first.values())) == 2
    second = first[a.application, 2]
    assert a.run(references.find([second, "DVC1"])) == {second: a.application}


def test_a_reference_of_another_application_is_passed_over_for_ever(a):
    rows = a.rows()
    taken = reference(a.application, 1)
    rows.rows[taken] = {"_id": taken, "application": OTHER, "attempt": 1}
    references = References(rows)

    first = a.run(references.claim([(a.application, 1)]))

    assert first == {(a.application, 1): reference(a.application, 1, probe=1)}
    assert a.run(references.claim([(a.application, 1)])) == first
    assert a.run(references.find([taken])) == {taken: OTHER}


def test_those_that_collide_get_one_each(a):
    def narrow(application: str, number: int, probe: int) -> str:
        return f"DVC{(number + probe) % 5}"

    references = References(a.rows(), narrow)

    claimed = a.run(references.claim([(a.application, n) for n in (1, 6, 2, 7)]))

    assert sorted(claimed.values()) == ["DVC1", "DVC2", "DVC3", "DVC4"]
    assert a.run(references.claim([(a.application, 7)])) == {
        (a.application, 7): claimed[a.application, 7]
    }


def test_running_out_of_references_is_said(a):
    references = References(a.rows(), lambda *_: "DVC1")
    a.run(references.claim([(a.application, 1)]))

    with pytest.raises(NoReference):
        a.run(references.claim([(a.application, 2)]))


@given(st.uuids(), st.integers(1, 99), st.integers(0, 15))
def test_a_reference_fits_every_partners_format(application, number, probe):
    text = reference(str(application), number, probe)

    assert len(text) == 18
    assert SAFE.fullmatch(text)
    assert text[3:].isdigit()
    assert int(text[3:]) <= 2**53 - 1  # as far as JSON numbers are exact everywhere


def test_a_reference_begins_with_the_day_of_the_application():
    day_ms = 86_400_000
    ids = [UUID(int=(day * day_ms << 80) | 7 << 76 | 2 << 62) for day in (19_675, 20_411)]

    assert [reference(str(id_), 1)[3:7] for id_ in ids] == ["9675", "0411"]


@given(st.text("0123456789", min_size=2, max_size=18), st.data())
def test_the_check_digit_tells_one_wrong_digit(digits, data):
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))

    wrong = digits[:place] + other + digits[place + 1 :]

    assert check_digit(wrong) != check_digit(digits)


def test_the_check_digit_is_luhns():
    assert check_digit("7992739871") == 3
