"""Who else keeps something of what was decided hears it from the courier."""

from shared.errors import Unknown
from tests.services.payment.replay.look import settled


async def test_who_keeps_something_of_it_hears_all_before_it_is_committed(bench) -> None:
    heard: list[int] = []
    doubts = [Unknown("planted")]

    async def hears(records) -> None:
        assert bench.committed == {}
        if doubts:
            raise doubts.pop()
        heard.extend(record.offset for record in records)

    bench.write(settled(1), settled(2))
    await bench.work(courier=bench.courier(hears))
    assert heard == [0, 1]
    assert bench.committed == {("payment.events", 0): 2}
