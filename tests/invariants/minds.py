"""Citizens who think again about how they are told, when their application was accepted.

A mail of that is still kept back then, for others to go along with it.
"""

import asyncio
from contextlib import aclosing
from typing import Any

import httpx

from deploy.log.reading import follow
from shared.events.routing import Accepted
from tests.invariants.taken import taken
from tests.invariants.town import Town, leaf

CHANGED = 0.15  # of all whose application is accepted
LATER_S = 1.5  # notify knows of it by then
WISHES: tuple[dict[str, Any], ...] = (
    {"channels": []},
    {"channels": ["sms"]},
    {"channels": ["sms", "app"], "language": "en"},
    {"channels": ["email"]},
    {"representative": []},
)


class Minds:
    """Citizens at notify's edge, by their portal."""

    def __init__(self, town: Town) -> None:
        self._town = town

    async def work(self) -> None:
        """Wish until cancelled; who cannot is told of in the end."""
        town, seen = self._town, set[str]()
        try:
            async with (
                town.client("preferences", "portal", "notify") as notify,
                aclosing(follow(town.kafka_url, ("routing.events",))) as log,
                asyncio.TaskGroup() as group,
            ):
                async for event in log:
                    is_new = event.type == Accepted.TYPE and event.subject not in seen
                    if is_new and town.drawn("mind", event.subject) < CHANGED:
                        seen.add(event.subject)
                        group.create_task(self._wish(notify, event.subject))
        except Exception as error:
            town.failed.append(leaf(error))

    async def _wish(self, notify: httpx.AsyncClient, application: str) -> None:
        wish = WISHES[int(self._town.drawn("wish", application) * len(WISHES))]
        await asyncio.sleep(LATER_S)
        path = f"/v1/applications/{application}/preferences"
        await taken(lambda: notify.post(path, json=wish))
