"""One import, from its file to its outcome, over whatever is a log."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from deploy.importing import journal, lists
from deploy.importing.checking import Checked, check, texts
from deploy.importing.journal import Journal
from deploy.importing.ledger import Ledger
from deploy.importing.lines import Rules, event, fingerprint, read
from deploy.importing.lists import Outcome, Paths
from deploy.importing.log import Log
from deploy.importing.run import Limits, Outgoing, Run, Stalled, Surroundings, Unopened
from deploy.importing.shown import Moved
from shared.bus import Message
from shared.errors import Misconfigured, Unknown
from shared.events import encode
from shared.jwe import Key


class Job(NamedTuple):
    """What is to be imported, and how.  `known`: the journal of an earlier run that goes on."""

    file: Path
    sha256: str
    paths: Paths
    rules: Rules
    key: Key | None
    known: Journal | None = None
    limits: Limits = Limits()


class Sent(NamedTuple):
    """What came of it.  `stalled`: why it ended before all was decided, empty if it did not;
    `is_key_wrong`: it ended because intake could not open what was encrypted.
    """

    checked: Checked
    outcome: Outcome
    begun: datetime
    stalled: str
    is_key_wrong: bool = False


class Screen(Protocol):
    """Shows how far something is while a block runs."""

    def __call__(self, what: str, total: int | None) -> AbstractContextManager[Moved]:
        """Begin to show."""


async def send(log: Log, job: Job, around: Surroundings, screen: Screen) -> Sent:
    """Check all lines, send those in order, follow them to the end.  Raises `Misconfigured`."""
    own = await _begun(log, job)
    salt = bytes.fromhex(own.salt)
    with screen("Checking", None) as looked:
        checked = check(texts(job.file), job.rules, salt, looked)
    if checked.clear and job.key is None:
        raise Misconfigured(
            "The file holds personal fields in the clear, and intake's key to encrypt them to is"
            " not known: save what GET /v1/keys of intake answers and name it with --key."
        )
    if job.known is None:
        journal.write(job.paths.journal, msgspec.json.encode(own))
    ledger, stalled, is_key_wrong = Ledger(checked.entries), "", False
    with screen("Registering", checked.to_send) as moved:
        run = Run(log, ledger, own.start, job.limits, around._replace(moved=moved))
        try:
            await run.go(_outgoing(job, ledger, checked, salt))
        except Stalled as because:
            stalled = str(because)
        except Unopened:
            is_key_wrong = True
    return Sent(checked, lists.outcome(checked, ledger), own.begun, stalled, is_key_wrong)


async def _begun(log: Log, job: Job) -> Journal:
    try:
        ends = await log.answered()
    except Unknown as doubt:
        raise Misconfigured(f"{doubt}: see that Kafka runs, then run this again.") from doubt
    if job.known:
        journal.require_same_log(job.known, ends)
        return job.known
    return journal.begin(job.sha256, job.rules.portal, job.rules.now, ends)


def _outgoing(job: Job, ledger: Ledger, checked: Checked, salt: bytes) -> Iterator[Outgoing]:
    """Read the file again, and yield what is to be sent; raises `Misconfigured`."""
    rules = job.rules
    for number, text in texts(job.file):
        line = read(text, rules)
        entry = checked.entries.get(line.application)
        if entry is None or entry.line != number or not ledger.is_sendable(line.application):
            continue
        if line.submitted is None or fingerprint(line, salt) != entry.mark:
            raise Misconfigured(
                f"{job.file} changes while it is imported: bring it back as it was and run this"
                " again."
            )
        sent = event(line, entry.mark, rules.portal, job.key, rules.now)
        yield line.application, Message(line.application.encode(), encode(sent))
