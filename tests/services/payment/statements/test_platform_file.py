"""The file of a day in our own protocol: what is written is read, anything else is refused."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.lines import Line
from services.payment.statements import Asked, Statement, Unfit
from services.payment.statements.checking import check
from services.payment.statements.formats import reader
from services.payment.statements.platform_file import KINDS, Found, read, write, write_result

DAY = date(2026, 11, 2)
ASKED = Asked("bac-ha", DAY)
AT = datetime(2026, 11, 2, 14, 30, 15, tzinfo=UTC)
LINES = (
    Line("DVC041212345678908", "FT1", 150_000, AT, "paid", 2),
    Line("DVC041212345678908", "FT2", 50_000, AT, "refunded", 3),
    Line("TC-1", "FT3", 20_000, AT, "disbursed", 4),
)
STATED = Statement("bac-ha", DAY, 1_000, 81_000, 3)

lines = st.lists(
    st.builds(
        Line,
        reference=st.from_regex(r"[A-Za-z0-9._-]{0,20}", fullmatch=True),
        transaction=st.from_regex(r"[A-Za-z0-9._-]{1,20}", fullmatch=True),
        amount_vnd=st.integers(1, 10**12),
        booked_at=st.just(AT),
        kind=st.sampled_from(sorted(KINDS.values())),
        number=st.just(0),
        called=st.just(""),
    ),
    max_size=6,
).map(lambda found: [line._replace(number=n) for n, line in enumerate(found, 2)])


def taken(text: bytes) -> tuple[list[Line], Statement]:
    found, reading = [], read(io.BytesIO(text), ASKED)
    while True:
        try:
            found.append(next(reading))
        except StopIteration as end:
            return found, end.value


def closed(rows: Iterable[str]) -> bytes:
    """Rows with a T line that fits them."""
    body = "".join(f"{row}\n" for row in rows).encode()
    count = body.count(b"\nL|")
    return body + f"T|{count}|{hashlib.sha256(body).hexdigest()}\n".encode()


def rows(**changed: str) -> Sequence[str]:
    whole = {
        "head": "H|motcua-1|bac-ha|20261102|1000|81000|3|80000",
        "first": "L|1|DVC041212345678908|FT1|150000|20261102213015|done|pay",
        "second": "L|2|DVC041212345678908|FT2|50000|20261102213015|done|refund",
        "third": "L|3|TC-1|FT3|20000|20261102213015|done|disburse",
    }
    return [row for row in (whole | changed).values() if row]


def test_the_file_is_the_one_that_is_described():
    assert b"".join(write(STATED, LINES)) == closed(rows())


@given(lines)
def test_what_is_written_is_read(some):
    moved_vnd = sum(line.signed_vnd for line in some)
    stated = Statement("bac-ha", DAY, -5, moved_vnd - 5, len(some))

    assert taken(b"".join(write(stated, some))) == (some, stated)


def test_the_file_is_known_by_how_it_begins_and_is_in_order():
    file = io.BytesIO(closed(rows()))

    checked = check(reader(file)(file, ASKED), ASKED)

    assert (checked.lines, checked.paid_vnd, checked.left_vnd) == (3, 150_000, 70_000)


def test_only_what_is_done_is_an_entry():
    head = "H|motcua-1|bac-ha|20261102|1000|101000|3|100000"
    third = "L|3|TC-1|FT3|20000|20261102213015|pending|disburse"

    found, stated = taken(closed(rows(head=head, third=third)))

    assert [line.transaction for line in found] == ["FT1", "FT2"]
    assert tuple(stated) == ("bac-ha", DAY, 1_000, 101_000, 2)


@pytest.mark.parametrize(
    ("changed", "at_line"),
    [
        ({"head": "H|motcua-2|bac-ha|20261102|1000|81000|3|80000"}, 1),
        ({"head": "H|motcua-1|bac-ha|20261101|1000|81000|3|80000"}, 1),
        ({"head": "H|motcua-1|bac-hai|20261102|1000|81000|3|80000"}, 1),
        ({"head": "H|motcua-1|bac-ha|20261302|1000|81000|3|80000"}, 1),
        ({"head": "H|motcua-1|bac-ha|20261102|1000|81001|3|80000"}, 1),
        ({"head": "H|motcua-1|bac-ha|20261102|1000|81001|3|80001"}, 1),
        ({"head": "H|motcua-1|bac-ha|20261102|1000|81000|4|80000"}, 1),
        ({"head": "H|motcua-1|bac-ha|20261102|01000|81000|3|80000"}, 1),
        ({"head": "H|motcua-1|bac-ha|20261102|1,000|81000|3|80000"}, 1),
        ({"first": ""}, 2),
        ({"second": ""}, 3),
        ({"second": "L|2|DVC|FT2|50000.0|20261102213015|done|refund"}, 3),
        ({"second": "L|2|DVC|FT2|-50000|20261102213015|done|refund"}, 3),
        ({"second": "L|2|DVC|FT2|0|20261102213015|done|refund"}, 3),
        ({"second": "L|2|DVC||50000|20261102213015|done|refund"}, 3),
        ({"second": "L|2|DVC|FT2|50000|20261102243015|done|refund"}, 3),
        ({"second": "L|2|DVC|FT2|50000|20261102213015|maybe|refund"}, 3),
        ({"second": "L|2|DVC|FT2|50000|20261102213015|done|gift"}, 3),
        ({"second": "L|2|DVC|FT2|50000|20261102213015|done|refund|"}, 3),
        ({"second": "L|2|D|VC|FT2|50000|20261102213015|done|refund"}, 3),
        ({"second": "L|2|DVC|FT2|50000|20261102213015|done|refund\r"}, 3),
        ({"second": "L|2|Đ|FT2|50000|20261102213015|done|refund"}, 3),
        ({"second": "L|2|DVC|FT2|٥|20261102213015|done|refund"}, 3),
        ({"second": "\ufeffL|2|DVC|FT2|50000|20261102213015|done|refund"}, 3),
    ],
)
def test_a_file_in_another_form_is_refused_at_the_line(changed, at_line):
    with pytest.raises(Unfit) as unfit:
        taken(closed(rows(**changed)))

    assert unfit.value.line == at_line


WHOLE = closed(rows())


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_that_was_cut_short_is_refused(length):
    with pytest.raises(Unfit):
        taken(WHOLE[:length])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_byte_that_was_changed_is_found(place, by):
    other = bytes([(WHOLE[place] + by) % 256])

    with pytest.raises(Unfit):
        taken(WHOLE[:place] + other + WHOLE[place + 1 :])


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused(some):
    with pytest.raises(Unfit):
        taken(some)
    with pytest.raises(Unfit):
        taken(WHOLE + b"\n" + some)


@pytest.mark.parametrize(
    ("stated", "some"),
    [
        (STATED._replace(partner="bac|ha"), LINES),
        (Statement("bac-ha", DAY, 1_000, 81_000, 4), LINES),
        (STATED._replace(closing_vnd=0), LINES),
        (STATED, [LINES[0]._replace(reference="a|b"), *LINES[1:]]),
        (STATED, [LINES[0]._replace(transaction=""), *LINES[1:]]),
    ],
)
def test_what_the_file_cannot_carry_is_not_written(stated, some):
    with pytest.raises(ValueError, match=r"form|statement"):
        list(write(stated, some))


def test_the_result_has_the_same_frame():
    found = [Found("missing_here", "DVC1", "FT9", 5_000)]
    *body, trailer = write_result("bac-ha", DAY, found)

    assert body == [b"H|motcua-result-1|bac-ha|20261102|1\n", b"B|1|missing_here|DVC1|FT9|5000\n"]
    assert trailer == f"T|1|{hashlib.sha256(b''.join(body)).hexdigest()}\n".encode()
