"""What is wrong with all files that the submissions and supplements of a batch name."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.intake.attachments.checking import Named
from services.intake.attachments.named import NamedFiles
from services.intake.domain.dossier import Application, Message, message_of, submitted_at
from services.intake.domain.validation import portal_of
from shared.events.data import Problem
from shared.events.portal import Submitted, SupplementSubmitted
from shared.lanes.table import Arrival
from shared.working_time import local_day

FileProblems = Mapping[Message, tuple[Problem, ...]]


async def batch_problems(
    files: NamedFiles,
    arrivals: Sequence[Arrival],
    states: Mapping[str, Application | None],
    now: datetime,
) -> FileProblems:
    """Return it by message, with one look-up; none when no file is named.  Raises `Unknown`."""
    procedures: dict[str, str] = {}  # of what comes in with this very batch
    named: dict[Message, Named] = {}
    today = local_day(now)
    for arrival in arrivals:
        application, data = arrival.application, arrival.data
        state, on = states.get(application), today
        if isinstance(data, Submitted) and state is None and application not in procedures:
            procedures[application] = data.procedure
            on = local_day(submitted_at(arrival.event.time, now))
        elif not isinstance(data, SupplementSubmitted):
            continue
        if data.documents:
            procedure = state.procedure if state else procedures.get(application, "")
            portal = portal_of(arrival.event.source)
            named[message_of(arrival)] = Named(portal, procedure, data.documents, on)
    if not named:
        return {}
    return dict(zip(named, await files.problems_of([*named.values()]), strict=True))
