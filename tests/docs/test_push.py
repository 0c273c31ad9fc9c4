"""The page on messages in an app says what the code does."""

import re
from pathlib import Path

from deploy.sandbox.inbox.signing import WINDOW_S
from services.notify.channels.over_http import FINDINGS
from services.notify.channels.push_http import BULK_LIMIT, CODES

PAGE = (Path(__file__).parents[2] / "docs" / "push.md").read_text()


def test_each_word_stands_beside_what_follows_on_it() -> None:
    [table] = re.findall(r"^\| Your answer \|.*?\n\n", PAGE, re.M | re.S)
    words = set(re.findall(r"`(\w+)`", table))
    assert words == {*FINDINGS, *CODES}
    again = {line for line in table.splitlines() if line.endswith("another attempt follows |")}
    for code, finding in CODES.items():
        assert (finding == "absent") == any(f"`{code}`" in line for line in again)


def test_the_limits_are_those_of_the_code() -> None:
    assert f"up to {BULK_LIMIT} messages" in PAGE
    assert f"older than {WINDOW_S // 60} minutes" in PAGE
