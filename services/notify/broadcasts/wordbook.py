"""Where the words of a broadcast come from when a notice is put into words: its draft.

They never change, so they are read once in the life of a process and added to the templates.
"""

from collections.abc import Iterable

from services.notify.broadcasts.rows import Broadcasts
from services.notify.domain.announcement import as_template
from services.notify.domain.milestones import BROADCAST
from services.notify.domain.templates import Templates


class Wordbook:
    """Adds words to templates as they are asked for."""

    def __init__(self, rows: Broadcasts, templates: Templates) -> None:
        self._rows, self._templates = rows, templates

    async def learn(self, milestones: Iterable[str]) -> None:
        """Have the words of these ready, as far as they are broadcasts'.  Raises `Unknown`."""
        missing = {m for m in milestones if m.startswith(BROADCAST) and m not in self._templates}
        if not missing:
            return
        found = await self._rows.every(m.removeprefix(BROADCAST) for m in missing)
        for broadcast in found.values():
            self._templates.add(as_template(broadcast.id, broadcast.draft.words, broadcast.at))
