"""Whether the log is at rest: every group has read and committed all of it, and nothing comes."""

from deploy.log.lag import Lags
from shared.topics import groups


async def come_to_rest(kafka_url: str, lanes: int, limit_s: float) -> list[str]:
    """Wait until nothing moves any more; return what still lags when the time is over."""
    async with Lags(kafka_url, groups(), lanes) as lags:
        return await lags.come_to_rest(limit_s)
