"""What takes long to find is told for a while; what does not is always new."""

import asyncio
from typing import Any

import pytest

from services.operations.lately import OLD_S, Lately
from shared.errors import Unknown


class Finding:
    """What is asked of the database, and how long that takes; the clock is moved by hand."""

    def __init__(self) -> None:
        self.at_s, self.takes_s, self.asked = 0.0, 0.0, list[int]()
        self.gate: asyncio.Event | None = None
        self.error: Exception | None = None

    async def find(self, now_ms: int) -> int:
        self.asked.append(now_ms)
        if self.gate:
            await self.gate.wait()
        self.at_s += self.takes_s
        if self.error:
            raise self.error
        return now_ms

    def lately(self, **how: Any) -> Lately[int]:
        return Lately(self.find, lambda: self.at_s, **{"least_s": 0.0, "share": 5.0, **how})


async def test_what_is_found_at_once_is_always_new() -> None:
    finding = Finding()
    lately = finding.lately()
    assert [await lately.at(n) for n in (1, 2, 3)] == [1, 2, 3]


async def test_what_may_be_told_for_a_while_is() -> None:
    finding = Finding()
    lately = finding.lately(least_s=30.0)
    assert [await lately.at(1), await lately.at(2)] == [1, 1]
    finding.at_s = 30.0
    assert await lately.at(3) == 3


async def test_what_takes_long_is_found_anew_after_some_times_as_long() -> None:
    finding = Finding()
    finding.takes_s = 3.0
    lately = finding.lately()
    assert await lately.at(1) == 1
    for at_s, told in ((3.0 + 14.9, 1), (3.0 + 15.0, 3)):
        finding.at_s = at_s
        assert await lately.at(3) == told
    assert finding.asked == [1, 3]


async def slow(finding: Finding, age_s: float) -> tuple[Lately[int], "asyncio.Task[int]"]:
    """Have something found, let it become so old, and ask while the next finding hangs."""
    lately = finding.lately()
    await lately.at(1)
    finding.gate, finding.at_s = asyncio.Event(), age_s
    return lately, asyncio.create_task(lately.at(2))


async def test_while_it_is_found_anew_what_was_found_is_told_and_it_is_found_once() -> None:
    finding = Finding()
    lately, asking = await slow(finding, 1.0)
    assert await asking == 1
    assert await lately.at(3) == 1
    assert finding.asked == [1, 2]
    assert finding.gate
    finding.gate.set()
    assert await lately.at(4) == 2


async def test_what_is_too_old_is_not_told_any_more() -> None:
    finding = Finding()
    _, asking = await slow(finding, OLD_S)
    await asyncio.wait([asking], timeout=0.5)
    assert not asking.done()
    assert finding.gate
    finding.gate.set()
    assert await asking == 2


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_finding_that_fails_is_said_to_who_waits_and_tried_again(is_first: bool) -> None:
    finding = Finding()
    lately = finding.lately()
    if not is_first:
        await lately.at(1)
    finding.error = Unknown("planted")
    with pytest.raises(Unknown):
        await lately.at(2)
    finding.error = None
    assert await lately.at(3) == 3
