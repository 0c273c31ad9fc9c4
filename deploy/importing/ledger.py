"""What becomes of each line, by what intake says of it.  Pure.

An application is *decided* when intake has committed past the message that brought it, and all
that it said until then was heard.  Who was decided without an answer stood already with the same
content, from before this import; or is held.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from deploy.importing.checking import Because, Entry, Exceptional
from deploy.importing.lines import message_id
from deploy.importing.remedies import problem
from shared import events
from shared.events import UNREADABLE, Event
from shared.events.data import Problem
from shared.events.intake import Conflicted, InterlinkedRegistered, Refused, Registered


class Answer(NamedTuple):
    """What intake said first of an application."""

    is_ours: bool  # said to the message of this import
    dossier_code: str = ""  # empty: it was refused
    problems: tuple[Problem, ...] = ()
    similar_to: str = ""


class Came(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A line that stands at intake under a dossier code; `before`: it did so already."""

    line: int
    application: str
    dossier_code: str
    old_code: str = ""
    similar_to: str = ""
    before: bool = False


class _Registered(msgspec.Struct, frozen=True):
    """What the two ways to be registered have in common, as far as it is asked for."""

    dossier_code: str
    similar_to: str = ""


UNOPENED = "personal-not-opened"
_ANSWERS = {Registered.TYPE, InterlinkedRegistered.TYPE, Refused.TYPE}
_REGISTERED = msgspec.json.Decoder(_Registered)
_REFUSED = msgspec.json.Decoder(Refused)
_CONFLICTED = msgspec.json.Decoder(Conflicted)


class Ledger:
    """The lines of one file.  `steps` grows with everything that is learnt; `unopened` counts what
    was encrypted here and intake could not open.
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries
        self._answers: dict[str, Answer] = {}
        self._conflicts: set[str] = set()
        self._in_flight: dict[str, None] = {}  # appended, not decided; in order
        self._decided: set[str] = set()  # without an answer of our own
        self._final: set[str] = set()  # what became of it is known
        self.steps = 0
        self.unopened = 0

    def is_sendable(self, application: str) -> bool:
        """Whether a line is in order and nothing is known of it yet."""
        return not self._entries[application].problems and application not in self._final

    def sent(self, applications: Iterable[str]) -> None:
        """Take note of what the log has."""
        for application in applications:
            self.steps += 1
            if application not in self._final:
                self._in_flight[application] = None

    @property
    def in_flight(self) -> Collection[str]:
        """Return what was appended and is not decided."""
        return self._in_flight.keys()

    @property
    def final(self) -> int:
        """Return of how many lines it is known what became of them."""
        return len(self._final)

    def hear_record(self, key: bytes | None, value: bytes | None) -> None:
        """Take note of a record of `intake.events`."""
        if (key or b"").decode(errors="replace") in self._entries:
            try:
                self.hear(events.decode(value or b""))
            except UNREADABLE:
                return  # nothing of intake's

    def hear(self, event: Event) -> None:
        """Take note of an event of intake's."""
        application = event.subject
        entry = self._entries.get(application)
        if entry is None:
            return
        own = message_id(application, entry.mark)
        if event.type == Conflicted.TYPE:
            if _CONFLICTED.decode(event.data).message_id == own:
                self._conflicts.add(application)
                self._done(application)
        elif event.type in _ANSWERS and application not in self._answers:
            answer = self._answers[application] = _read(event, event.causationid == own)
            if answer.is_ours:
                self.unopened += entry.is_clear and any(p.code == UNOPENED for p in answer.problems)
                self._done(application)

    def decide(self, applications: Iterable[str]) -> None:
        """Take note that nothing more will be said of these."""
        for application in applications:
            if application in self._in_flight:
                self._decided.add(application)
                self._done(application)

    def silent(self) -> list[str]:
        """Return what was decided, and never spoken of as far as was heard."""
        known = self._answers.keys() | self._conflicts
        return [a for a in self._decided if a not in known]

    def came(self) -> list[Came]:
        """Return the lines that stand at intake, in the file's order."""
        found = []
        for application, entry in self._entries.items():
            answer = self._stands(application)
            if answer and answer.dossier_code:
                found.append(
                    Came(
                        line=entry.line,
                        application=application,
                        dossier_code=answer.dossier_code,
                        old_code=entry.old_code,
                        similar_to=answer.similar_to,
                        before=not answer.is_ours,
                    )
                )
        return found

    def exceptions(self) -> list[Exceptional]:
        """Return the lines that did not come in."""
        return [e for a in self._entries if (e := self._exception(a))]

    def _exception(self, application: str) -> Exceptional | None:
        entry, answer = self._entries[application], self._stands(application)

        def said(because: Because, problems: tuple[Problem, ...]) -> Exceptional:
            return Exceptional(
                line=entry.line, application=application, because=because, problems=problems
            )

        if application in self._conflicts:
            return said("conflict", (problem("conflict", "/id"),))
        if answer:
            return None if answer.dossier_code else said("refused", answer.problems)
        if entry.problems:
            return said("invalid", entry.problems)
        return said("unanswered", (problem("no-answer", "/"),))

    def _stands(self, application: str) -> Answer | None:
        """Return the answer that holds for the line's own content."""
        answer = self._answers.get(application)
        if answer and application not in self._conflicts:
            return answer if answer.is_ours or application in self._decided else None
        return None

    def _done(self, application: str) -> None:
        self.steps += 1
        self._final.add(application)
        self._in_flight.pop(application, None)


def _read(event: Event, is_ours: bool) -> Answer:
    """Return an answer.  To another portal's message it may be: then ours is a conflict."""
    if event.type == Refused.TYPE:
        return Answer(is_ours, problems=_REFUSED.decode(event.data).problems)
    registered = _REGISTERED.decode(event.data)
    return Answer(is_ours, registered.dossier_code, similar_to=registered.similar_to)
