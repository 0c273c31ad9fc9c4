"""The table of statuses, against the list of SMPP 3.4."""

from typing import get_args

import pytest

from services.notify.channels.smpp.statuses import (
    OK,
    OURS_TO_REFUSE,
    OURS_TO_REPEAT,
    STATUSES,
    THROTTLED,
    Word,
    status,
)

# SMPP 3.4 issue 1.2, 5.1.3, table 5-2: all that is not reserved
SMPP_3_4 = (
    *(0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08),
    *(0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x13, 0x14, 0x15),
    *(0x33, 0x34, 0x40, 0x42, 0x43, 0x44, 0x45, 0x48, 0x49),
    *(0x50, 0x51, 0x53, 0x54, 0x55, 0x58, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67),
    *(0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xFE, 0xFF),
)


def test_every_status_of_smpp_3_4_has_a_word_and_there_are_no_others():
    assert tuple(STATUSES) == SMPP_3_4
    assert {s.word for s in STATUSES.values()} == set(get_args(Word))
    assert len({s.name for s in STATUSES.values()}) == len(STATUSES)


def test_only_ok_means_that_it_has_the_message():
    assert [code for code, s in STATUSES.items() if s.word == "handed"] == [OK]


def test_what_slows_us_down_is_tried_again():
    assert {status(code).word for code in THROTTLED} == {"absent"}
    assert {status(code).name for code in THROTTLED} == {"throttled", "queue_full"}


@pytest.mark.parametrize("code", [0x09, 0x400, 0x4FF, 0x500, 0xFFFF_FFFF])
def test_a_reserved_or_vendors_status_is_never_taken_for_a_no(code):
    assert status(code) == (f"status_{code:#010x}", "unknown")


def test_what_we_say_of_receipts_is_among_them():
    assert status(OURS_TO_REPEAT).name == "temporary_error"
    assert status(OURS_TO_REFUSE).name == "permanent_error"
