"""What is asked for when a notice goes out: its words, its facts, and what goes along with it."""

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from services.notify.domain.milestones import milestone_of
from services.notify.domain.moves import Dossier, Notice, Policy, params_of, told_due
from services.notify.domain.slots import UNIT, slot_of
from services.notify.domain.templates import AGAIN, Templates, template
from shared.events import Data
from shared.events.notify import Joined, NoticeRequested
from shared.lanes.table import Timer

UNKNOWN = Dossier()


class Saying:
    """The state of one decision, and the requests that it makes."""

    __slots__ = (
        *("application", "at", "dossier", "notices", "policy"),
        *("_cancelled", "_events", "_templates", "_timers", "_unhealthy"),
    )

    def __init__(
        self,
        dossier: Dossier | None,
        application: str,
        at: datetime,
        policy: Policy,
        templates: Templates,
        unhealthy: Collection[str],
        cancelled: Collection[str],
    ) -> None:
        self.dossier = dossier or UNKNOWN
        self.notices = dict(self.dossier.notices)
        self.application, self.at, self.policy = application, at, policy
        self._templates, self._unhealthy, self._cancelled = templates, unhealthy, cancelled
        self._events: list[Data] = []
        self._timers: list[Timer] = []

    def key(self, slot: str, attempt: int) -> str:
        """Return the key of an attempt."""
        return f"{self.application}/{slot}/{attempt}"

    def version(self, slot: str) -> str:
        """Return in which version's words a notice is told now."""
        is_again = self.notices[slot].words.startswith(AGAIN)
        return self._templates.version(slot_of(slot).milestone, self.at, is_again=is_again)

    def request(self, slot: str, notice: Notice) -> NoticeRequested:
        """Return what asks for an attempt at a notice."""
        milestone, _, way, occasion = slot_of(slot)
        dossier, is_of_unit = self.dossier, slot.endswith(UNIT)
        said = notice.params or params_of(self.notices, slot)
        return NoticeRequested(
            key=self.key(slot, notice.attempt),
            milestone=milestone,
            channel=way,
            template=self._words(slot, notice.words),
            language="vi" if is_of_unit else dossier.language,
            contact="" if is_of_unit else dossier.contact or "",
            unit=dossier.unit if is_of_unit else "",
            params={"dossier_code": dossier.dossier_code, **said, **told_due(self.notices, slot)},
            provider=notice.provider,
            joined=self._joined(slot, notice) if notice.joined else (),
            occasion=occasion,
            bulk=all(milestone_of(slot_of(s).milestone).bulk for s in (slot, *notice.joined)),
        )

    def _joined(self, lead: str, notice: Notice) -> tuple[Joined, ...]:
        """Return what goes out in a notice's message besides, in the words of today."""
        found = []
        for slot in notice.joined:
            led = self.notices[slot]
            if led.status == "joined" and led.lead == lead:
                milestone, _, _, occasion = slot_of(slot)
                words = self.version(slot)
                self.notices[slot] = replace(led, words=words)
                name = self._words(slot, words)
                code = {"dossier_code": self.dossier.dossier_code}
                said = code | params_of(self.notices, slot) | told_due(self.notices, slot)
                found.append(
                    Joined(milestone=milestone, template=name, params=said, occasion=occasion)
                )
        return tuple(found)

    def _words(self, slot: str, version: str) -> str:
        milestone, channel, *_ = slot_of(slot)
        if slot.endswith(UNIT):
            return f"{milestone}.unit{version}"
        return template(milestone, channel, self.dossier.language, version)
