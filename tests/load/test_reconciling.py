"""The bench of a reconciliation: it accounts for every line, and says so when one is missing."""

import pytest

from shared.errors import Misconfigured
from tests.load.reconciling import main, run

LINES = 1_000


async def test_a_day_in_memory_is_reconciled_to_the_line(tmp_path):
    content = await run(LINES, "", tmp_path, killed=False)

    assert content["wrong"] == []
    assert content["breaks"] == {"missing_here": 10, "missing_there": 5, "unknown": 5}
    assert (content["lines"], content["told"]) == (LINES - 5, 15)


def test_what_is_to_outlive_a_process_needs_a_server():
    with pytest.raises(Misconfigured, match="MONGO"):
        main(lines=f"{LINES}", mongo="", killed=True)
