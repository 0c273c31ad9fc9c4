"""The page on mail says what the code does."""

import re
from pathlib import Path
from typing import get_args

import msgspec

from services.notify.bounces_api import BODY_LIMIT_BYTES, COUNTS_FOR
from services.notify.channels.email_smtp import OPTIONS, UNSUBSCRIBE_LIMIT
from services.notify.channels.mail import pool
from services.notify.channels.mail.bounce import LEFT_ALONE
from services.notify.channels.mail.dates import GONE, TOLD
from services.notify.channels.mail.dsn import BULK_LIMIT, READ_LIMIT_BYTES, Bounces, Why
from services.notify.channels.mail.words import HARDNESS, OURS

PAGE = (Path(__file__).parents[2] / "docs" / "mail.md").read_text()


def rows(heading: str) -> list[tuple[str, str]]:
    _, _, after = PAGE.partition(heading)
    return re.findall(r"^\| `(\w+)` \| (.+) \|$", after.partition("\n## ")[0], re.M)


def test_each_name_of_what_is_set_aside_stands_there() -> None:
    assert {name for name, _ in rows("## Reports")} == set(get_args(Why))


def test_each_reason_to_leave_an_address_alone_stands_there_and_for_how_long() -> None:
    assert dict(rows("## Addresses left alone")) == {
        reason: f"{LEFT_ALONE[hardness].days} days" for reason, hardness in HARDNESS.items()
    }


def test_each_fault_of_ours_stands_there() -> None:
    [named] = re.findall(r"about us: (.*?) \|", PAGE)
    assert re.findall(r"`(\w+)`", named) == sorted(OURS)


def test_each_part_of_a_url_stands_there() -> None:
    assert set(re.findall(r"^\| `(\w+)=", PAGE, re.M)) == OPTIONS


def test_each_milestone_with_a_day_stands_there() -> None:
    [sentence] = re.findall(r"^The due date is told .*$", PAGE, re.M)
    assert set(re.findall(r"`(\w+)`", sentence)) == {*TOLD, *GONE}


def test_the_example_is_one_and_the_limits_are_those_of_the_code() -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    assert len(msgspec.json.decode(example.encode(), type=Bounces).bounces) == 1
    assert f"at most {BODY_LIMIT_BYTES >> 20} MiB" in PAGE
    assert f"the first {READ_LIMIT_BYTES >> 10} KiB" in PAGE
    assert f"head -c {READ_LIMIT_BYTES} " in PAGE
    assert f"more than {COUNTS_FOR.days} days ago" in PAGE
    assert f"up to {BULK_LIMIT:,} reports" in PAGE
    assert f"up to {pool.MAILS_PER_CONNECTION} mails" in PAGE
    assert f"at most {UNSUBSCRIBE_LIMIT} characters" in PAGE
    assert pool.CONNECTIONS == 4
