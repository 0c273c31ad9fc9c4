"""Whatever a file holds, and wherever the import is cut off: every line is accounted for, once."""

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.importing.sending import Sent
from shared.errors import Misconfigured
from shared.events.intake import Registered
from tests.deploy.importing.conftest import as_event, line, run, submission, write
from tests.deploy.importing.memory_log import Killed, MemoryLog
from tests.services.intake.sent import encrypted, personal, uuid7

BAD = {"copies": 0}
AHEAD = 0x0FFF_0000_0000 << 80  # an id by a clock that is years fast


def ahead(n: int) -> str:
    made = int(uuid7(n).replace("-", ""), 16)
    text = f"{(made & ((1 << 80) - 1)) | AHEAD:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


# kind → the line, what stood before, what becomes of the first such line of its number
KINDS = {
    "good": (lambda n: line(n), None, "registered"),
    "as on Kafka": (
        lambda n: as_event(line(100 + n, personal=READABLE)),
        None,
        "registered",
    ),
    "invalid": (lambda n: line(200 + n, **BAD), None, "invalid"),
    "refused by intake alone": (
        lambda n: line(300 + n, personal=TOKENS[n]),
        None,
        "refused",
    ),
    "stands": (lambda n: line(400 + n), lambda n: submission(line(400 + n)), "before"),
    "stands, its id from a fast clock": (
        lambda n: line(0, id=ahead(n)),
        lambda n: submission(line(0, id=ahead(n))),
        "before",
    ),
    "stands with other content": (
        lambda n: line(500 + n),
        lambda n: submission(line(500 + n, copies=3)),
        "conflict",
    ),
    "stands of another portal": (
        lambda n: line(600 + n),
        lambda n: submission(line(600 + n), source="/portals/another"),
        "conflict",
    ),
    "was refused": (
        lambda n: line(700 + n, personal=TOKENS[n]),
        lambda n: submission(line(700 + n, personal=TOKENS[n])),
        "refused",
    ),
    "malformed": (lambda n: [b"{", b"[]", b"\xff", b'{"specversion":"1.0"}'][n], None, "malformed"),
}
NUMBERS = range(4)
READABLE = encrypted(personal(personal_number="001199000002"))
TOKENS = [encrypted(personal(personal_number="12", phone=f"091234567{n}")) for n in NUMBERS]

lines = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from(NUMBERS), st.booleans()), max_size=40
).filter(bool)


def expected(picked) -> Counter:
    """What is to become of each line, worked out line by line."""
    found, first = Counter(), {}
    for kind, n, is_changed in picked:
        if kind == "malformed":
            found["malformed"] += 1
        elif (kind, n) not in first:
            first[kind, n] = is_changed
            found[becomes(kind, is_changed)] += 1
        else:
            found["repeated" if first[kind, n] is is_changed else "invalid"] += 1
    return found


def becomes(kind: str, is_changed: bool) -> str:
    """What becomes of the first line of its id; a change makes it differ from what stood."""
    outcome = KINDS[kind][2]
    stood = outcome == "before" or kind == "was refused"
    return "conflict" if stood and is_changed else outcome


def content(kind: str, n: int, is_changed: bool):
    made = KINDS[kind][0](n)
    if is_changed and isinstance(made, dict):
        made.get("data", made)["residence_unit"] = ""
    return made


async def check(folder: Path, picked, kills, doubts, appetite, is_behind, seed) -> None:
    log = MemoryLog(appetite=appetite, chance=Random(seed))
    stood = [before(n) for _, before, _ in KINDS.values() if before for n in NUMBERS]
    for event in stood:
        log.submit(event)
    if not is_behind:
        await log.settle()
    file = write(folder / "batch.jsonl", [content(*each) for each in picked])

    log.doubts = doubts
    for calls in kills:
        log.calls_left = calls
        with suppress(Killed):
            await surely(log, file)
    log.calls_left = -1
    sent = await surely(log, file)

    found, told = sent.outcome.reconciliation, expected(picked)
    assert sent.stalled == ""
    assert (found.lines, found.difference, found.codes_shared) == (len(picked), 0, 0)
    assert {
        "registered": found.registered,
        "before": found.registered_before,
        "repeated": found.repeated_in_file,
        "invalid": found.refused_here,
        "refused": found.refused_by_intake,
        "conflict": found.conflicts,
        "malformed": found.malformed,
    } == {name: told[name] for name in OUTCOMES}
    await log.settle()
    registered = Counter(log.said(Registered.TYPE))
    ours = registered.keys() - {event.subject for event in stood}
    assert set(registered.values()) <= {1}
    assert {c.application for c in sent.outcome.came if not c.before} == ours
    assert len(ours) == told["registered"]

    sent_for = log.submissions()
    await surely(log, file)
    assert not (log.submissions() - sent_for).keys() & ours, "it was answered, and is sent again"
    for application in ours:  # somebody else's conflict is not ours
        log.submit(submission(line(0, id=application), source="/portals/another"))
    again = (await surely(log, file, anew=True)).outcome.reconciliation
    assert (again.registered, again.difference) == (0, 0)
    assert again.registered_before == found.registered + found.registered_before
    assert Counter(log.said(Registered.TYPE)) == registered


async def surely(log: MemoryLog, file: Path, anew: bool = False) -> Sent:
    """Do as an operator does who is told to run it again."""
    while True:
        with suppress(Misconfigured):
            return await run(log, file, anew=anew)


OUTCOMES = ("registered", "before", "repeated", "invalid", "refused", "conflict", "malformed")


@settings(max_examples=60)
@given(
    picked=lines,
    kills=st.lists(st.integers(0, 40), max_size=4),
    doubts=st.sampled_from([0.0, 0.1, 0.3]),
    appetite=st.sampled_from([1, 5, 1_000]),
    is_behind=st.booleans(),
    seed=st.integers(0, 1_000),
)
def test_every_line_is_accounted_for_and_registered_once(
    picked, kills, doubts, appetite, is_behind, seed
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder), picked, kills, doubts, appetite, is_behind, seed))
