"""What operators do with broadcasts: each act is a row more, and has to be a legal move."""

from collections.abc import Sequence
from datetime import datetime

from services.notify.broadcasts.results import Results
from services.notify.broadcasts.rows import Broadcasts
from services.notify.broadcasts.views import PreviewView, Prices, Sample, preview
from services.notify.broadcasts.wordbook import Wordbook
from services.notify.domain import Dossier
from services.notify.domain.audience import Tally
from services.notify.domain.broadcasts import (
    BY_ANOTHER,
    ENDED,
    MOVES,
    OPEN_LIMIT,
    Act,
    Broadcast,
    Doing,
    Draft,
    drafted,
)
from services.notify.domain.slots import slot_of, ways_for
from services.notify.domain.sms_text import size
from services.notify.domain.templates import Templates, template
from shared.access import Caller
from shared.clock import Clock
from shared.journal import Decision, Journal
from shared.second_person import refusal_of

SAMPLES = 3  # recipients


class Desk:
    """Drafts, looks at and acts on broadcasts; `prices` are of a segment, by channel."""

    def __init__(
        self,
        rows: Broadcasts,
        results: Results,
        journal: Journal[Dossier],
        templates: Templates,
        prices: Prices,
        clock: Clock,
    ) -> None:
        self.rows, self.results = rows, results
        self._journal, self._templates, self._prices = journal, templates, prices
        self._words, self._clock = Wordbook(rows, templates), clock

    async def draft(
        self, ids: Sequence[str], draft: Draft, by: Caller, at: datetime
    ) -> Broadcast | None:
        """Begin a broadcast under the first of these ids, unless one of them stands; None: too
        many are open.  Raises `Unknown`.
        """
        stands = await self.rows.every(ids)
        if stands:
            return next(iter(stands.values()))
        watched = (await self.rows.marks()).watched
        others = (await self.rows.every(watched)).values() if watched else ()
        if sum(broadcast.status not in ENDED for broadcast in others) >= OPEN_LIMIT:
            return None
        listed = tuple(dict.fromkeys(draft.audience.applications))
        begun = drafted(ids[0], draft, len(listed), by.name, at, by.principal)
        return await self.rows.begin(begun, listed)

    async def do(
        self, broadcast: Broadcast, what: Doing, by: Caller, reason: str
    ) -> Broadcast | None:
        """Return a broadcast after an act; None: it is not possible now.  Raises `Refusal` 409,
        `Unknown`.
        """
        if what not in MOVES[broadcast.status]:
            return None
        drafter = broadcast.acts[0].principal
        agrees = what == "approve"
        if what in BY_ANOTHER and (why := refusal_of(drafter, by, agrees=agrees)):
            raise why
        act = Act(what=what, by=by.name, at=self._clock(), reason=reason, principal=by.principal)
        after = broadcast.after(act)
        if await self.rows.act(after):
            return after
        now = await self.rows.get(broadcast.id)  # the loop may have been first
        return await self.do(now, what, by, reason) if now else None

    async def preview(self, broadcast: Broadcast) -> PreviewView:
        """Return whom it reaches, what it costs and what it says.  Raises `Unknown`."""
        _, last = await self.rows.last_page(broadcast.id)
        first = await self.rows.page(broadcast.id, 0)
        some = first.applications[:SAMPLES] if first else ()
        await self._words.learn([broadcast.milestone])
        known = await self._journal.latest_of(some)
        samples = [sample for d in known.values() for sample in self._samples(broadcast, d)]
        return preview(broadcast, last.tally if last else Tally(), self._prices, samples)

    def _samples(self, broadcast: Broadcast, decision: Decision[Dossier]) -> Sequence[Sample]:
        dossier, found = decision.state or Dossier(), []
        for way in ways_for(broadcast.milestone, dossier.channels, dossier.representative):
            channel, language = slot_of(f"{broadcast.milestone}/{way}").channel, dossier.language
            name = template(broadcast.milestone, channel, language)
            words = self._templates.render(name, {"dossier_code": dossier.dossier_code})
            found.append(
                Sample(
                    application=decision.application,
                    channel=way,
                    language=language,
                    subject=words.subject,
                    text=words.text,
                    segments=size(words.text).segments if channel == "sms" else 0,
                )
            )
        return found
