"""Forms drawn: the applicant's name is opened for each, and stands nowhere but on it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec.structs import replace

from services.notify.channels import File
from services.notify.domain import Dossier
from services.notify.domain.slots import UNIT
from services.notify.forms.filled import BROUGHT_BY, filled
from shared.catalogue import Catalogue
from shared.effects import Request
from shared.errors import Unknown
from shared.events.notify import NoticeRequested
from shared.journal import Journal
from shared.papers import Facts, Receipt
from shared.papers.drawing import draw
from shared.papers.press import Busy, Press
from shared.papers.sheet import Language
from shared.status_links import StatusLinks
from shared.vault import Sealed

ENCLOSED_LIMIT_BYTES = 1 << 20

# the names of applicants, for forms: of each sealed contact one, empty where there is none
Names = Callable[[Sequence[Sealed]], Awaitable[Sequence[str]]]


# told of forms that did not go with their mails: why, and how many
Missed = Callable[[str, int], None]
STOPPED: Mapping[type[Exception], str] = {TimeoutError: "late", Busy: "busy", Unknown: "unread"}


class Forms:
    """Draws the forms of applications: those of mails at a press of their own, so that nobody who
    asks for forms keeps mails waiting; `missed` is told of what did not go along.
    """

    def __init__(
        self,
        journal: Journal[Dossier],
        names: Names,
        catalogue: Catalogue,
        mails: Press,
        links: StatusLinks,
        missed: Missed,
    ) -> None:
        self._missed = missed
        self._journal, self._names, self._links = journal, names, links
        self._catalogue, self._mails = catalogue, mails

    async def facts(self, application: str, dossier: Dossier, form: str) -> Facts | None:
        """Return a form's facts, its applicant named; None: nothing has brought it.

        Raises `Unknown`.
        """
        if filled(form, dossier, "", self._catalogue) is None:
            return None
        [name] = await self._names([Sealed(application, dossier.contact or "")])
        return self._filled(form, application, dossier, name)

    def _filled(self, form: str, application: str, dossier: Dossier, name: str) -> Facts | None:
        """Return a form's facts; a receipt with where its dossier is looked up."""
        facts = filled(form, dossier, name, self._catalogue)
        if isinstance(facts, Receipt) and self._links.page:
            code = self._links.code(application)
            return replace(facts, status_page=self._links.page, status_code=code)
        return facts

    async def enclosed(
        self, requests: Sequence[Request], within_s: float
    ) -> dict[str, tuple[File, ...]]:
        """Return what goes with mails, by their keys: what can be drawn in this time.

        A form never holds up its notice: who does not get it here finds it in the portal.
        """
        found: dict[str, tuple[File, ...]] = {}
        wanted = [(r.event.subject, n, w) for r in requests if (w := _brought(n := _notice(r)))]
        if not wanted:
            return found
        left = {(notice.key, form): "" for _, notice, forms in wanted for form in forms}
        stopped = ""
        try:
            async with asyncio.timeout(within_s):
                await self._enclose(wanted, found, left)
        except tuple(STOPPED) as reason:
            stopped = STOPPED[type(reason)]
        for why, count in Counter(each or stopped for each in left.values()).items():
            self._missed(why, count)
        return found

    async def _enclose(
        self,
        wanted: Sequence[tuple[str, NoticeRequested, Sequence[str]]],
        found: dict[str, tuple[File, ...]],
        left: dict[tuple[str, str], str],
    ) -> None:
        """Draw what can be drawn; of what is `left` it says why, but where it is stopped."""
        known = await self._journal.latest_of(dict.fromkeys(a for a, _, _ in wanted))
        names = await self._names([Sealed(a, notice.contact) for a, notice, _ in wanted])
        for (application, notice, forms), name in zip(wanted, names, strict=True):
            decision = known.get(application)
            for form in forms:
                dossier = decision.state if decision else None
                facts = self._filled(form, application, dossier, name) if dossier else None
                if facts is None:
                    left[notice.key, form] = "not_kept"
                    continue
                language: Language = "en" if notice.language == "en" else "vi"
                file = File(*await draw(self._mails, facts, "pdf", language))
                if len(file.content) > ENCLOSED_LIMIT_BYTES:
                    left[notice.key, form] = "too_large"
                    continue
                found[notice.key] = (*found.get(notice.key, ()), file)
                del left[notice.key, form]


def _notice(request: Request) -> NoticeRequested:
    assert isinstance(request.data, NoticeRequested)
    return request.data


def _brought(notice: NoticeRequested) -> list[str]:
    """Return the forms that a message for a person brings, one of each."""
    told = (notice.milestone, *(joined.milestone for joined in notice.joined))
    if notice.channel.endswith(UNIT):
        return []
    return list(dict.fromkeys(BROUGHT_BY[m] for m in told if m in BROUGHT_BY))
