"""Corrections as a batch needs them: opened, judged, put on top of what stands, sealed anew.

What stands is in the state once something was corrected; before that it is read from the journal,
where the application came in.  Only corrections cost this.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from services.intake.domain.corrections import (
    Judging,
    Revision,
    changed,
    content,
    merged,
    outer_problems,
    read_correction,
    warned,
)
from services.intake.domain.dossier import Application, Message, message_of
from services.intake.domain.findings import read_personal
from services.intake.domain.remedies import problem
from services.intake.domain.shape import json_value
from services.intake.domain.validation import contact
from shared import events
from shared.events.data import Problem
from shared.events.intake import Registered
from shared.events.portal import Correction, CorrectionSubmitted, Personal, Submitted
from shared.jwe import Key, NotOpened, open_with
from shared.lanes.table import Arrival
from shared.store import Bounds, Table, prefix
from shared.vault import Sealed, Vault, keyed_hash, seal
from shared.working_time import local_day

FIRST = 32  # versions: as a rule the application came in with the first

_registered = msgspec.json.Decoder(Registered)


class Asked(NamedTuple):
    """A correction that was sent.  `sealed` is what stands, empty before any correction.

    `has_children`: nothing stands that could be corrected, and that is said elsewhere.
    """

    application: str
    data: bytes
    by: Judging
    sealed: str = ""
    personal: Personal | None = None  # of what came in with the same batch
    has_children: bool = False


class Revisions:
    """Gathers corrections."""

    def __init__(self, journal: Table, vault: Vault, private_key: Key) -> None:
        self._journal, self._vault, self._key = journal, vault, private_key

    async def of_batch(
        self,
        arrivals: Sequence[Arrival],
        states: Mapping[str, Application | None],
        came: Mapping[str, tuple[Arrival, Personal]],
        judge: Callable[[str, date], Judging],
    ) -> dict[Message, Revision]:
        """Return what the corrections of a batch come to; as a rule there are none.

        `came` is what comes in with the same batch, and was opened for it.  Raises `Unknown`.
        """
        sent = [a for a in arrivals if a.event.type == CorrectionSubmitted.TYPE]
        asked = []
        for arrival in sent:
            application, data = arrival.application, bytes(arrival.event.data)
            if state := states.get(application):
                by = judge(state.procedure, local_day(state.decided_at))
                is_parent = state.family is not None
                asked.append(Asked(application, data, by, state.sealed, has_children=is_parent))
                continue
            first, personal = came.get(application, (arrival, None))
            procedure = first.data.procedure if isinstance(first.data, Submitted) else ""
            by = judge(procedure, local_day(first.event.time))
            asked.append(Asked(application, data, by, personal=personal))
        found = await self.gather(asked)
        return {message_of(arrival): each for arrival, each in zip(sent, found, strict=True)}

    async def gather(self, asked: Sequence[Asked]) -> list[Revision]:
        """Return what each of these comes to.  Raises `Unknown`."""
        if not asked:
            return []
        keys = await self._vault.keys({a.application for a in asked}, create=False)
        unread = [a for a in asked if not (a.personal or a.has_children)]
        standing = await self._standing(unread)
        return [
            self._revision(
                each,
                each.personal or standing.get(each.application),
                keys.get(each.application),
            )
            for each in asked
        ]

    def _revision(self, asked: Asked, personal: Personal | None, key: bytes | None) -> Revision:
        by = asked.by
        hashed, read = self._read(asked)
        found = Revision(
            content_hash=hashed,
            base=asked.sealed,
            catalogue_version=by.catalogue_version,
            forms_version=by.forms.version,
        )
        if not isinstance(read, Correction):
            return found._replace(problems=read)
        if asked.has_children:
            return found
        if personal is None or key is None:  # erased, or never registered
            return found._replace(problems=(problem("application-closed", "/subject"),))
        after = merged(personal, read)
        return found._replace(
            fields=changed(personal, after, by.form),
            sealed=seal(key, msgspec.json.encode(after), asked.application),
            contact=seal(key, msgspec.json.encode(contact(after)), asked.application),
            warnings=warned(after, by),
        )

    def _read(self, asked: Asked) -> tuple[str, Correction | tuple[Problem, ...]]:
        """Return a keyed hash of the content, and what it says or what is wrong with it."""
        data = json_value(asked.data)
        wrong, pepper = outer_problems(data), self._vault.pepper
        token = data.get("personal") if isinstance(data, dict) else None
        if not isinstance(token, str):
            is_told = any(p.code in ("missing-field", "invalid-value") for p in wrong)
            kind = () if is_told else (problem("invalid-value", "/personal"),)
            return short_hash(pepper, asked.data), (*wrong, *kind)
        try:
            text = open_with(self._key, token)
        except NotOpened:
            not_opened = problem("personal-not-opened", "/personal")
            return short_hash(pepper, asked.data), (*wrong, not_opened)
        read = read_correction(text, asked.by)
        if isinstance(read, Correction) and not wrong:
            return short_hash(pepper, content(read)), read
        more = () if isinstance(read, Correction) else read
        return short_hash(pepper, text), (*wrong, *more)

    async def _standing(self, asked: Sequence[Asked]) -> dict[str, Personal]:
        """Return the personal fields of applications as they stand."""
        sealed = {a.application: a.sealed for a in asked if a.sealed}
        sealed |= await self._came_in({a.application for a in asked} - sealed.keys())
        values = [Sealed(application, value) for application, value in sealed.items()]
        if not values:
            return {}
        opened = await self._vault.open(values, who="intake", purpose="correction")
        found: dict[str, Personal] = {}
        for value, text in zip(values, opened, strict=True):
            personal = read_personal(text) if text is not None else ()
            if isinstance(personal, Personal):
                found[value.application] = personal
        return found

    async def _came_in(self, applications: Collection[str]) -> Mapping[str, str]:
        """Return what was sealed when these applications came in."""
        first = [(f"{a}/{1:06d}", f"{a}/{FIRST:06d}") for a in applications]
        found = await self._sealed(first)
        late = [prefix(f"{a}/") for a in applications if a not in found]
        return {**found, **await self._sealed(late)}

    async def _sealed(self, bounds: Sequence[Bounds]) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in await self._journal.ranges(bounds) if bounds else ():
            for text in row.get("emitted", ()):
                event = events.decode(text.encode())
                if event.type == Registered.TYPE:
                    found[event.subject] = _registered.decode(event.data).sealed
        return found


def short_hash(pepper: bytes, content: bytes) -> str:
    """Return a keyed hash that tells corrections of one application apart."""
    return keyed_hash(pepper, content)[:16]
