"""How large events are on the log, by type."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from deploy.log.reading import whole

SAMPLE_RECORDS = 1_000  # of each lane, when sizes are looked at


class _Typed(msgspec.Struct):
    type: str


async def of_types(kafka_url: str, topics: Sequence[str], lanes: int) -> Mapping[str, int]:
    """Return how many bytes an event of each type has, on the whole."""
    found: dict[str, list[int]] = defaultdict(list)
    decoder = msgspec.json.Decoder(_Typed)
    async for messages in whole(kafka_url, topics, lanes, SAMPLE_RECORDS):
        for message in messages:
            found[decoder.decode(message.value).type].append(len(message.value))
    return {type_: sum(bytes_) // len(bytes_) for type_, bytes_ in sorted(found.items())}
