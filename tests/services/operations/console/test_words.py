"""The console's words are complete in both languages; its files are what they are said to be."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from services.operations import console
from services.operations.console.facts import FACTS
from services.operations.console.labels import LABELS, PAGES
from services.operations.console.reading.waterfall import WHO
from services.operations.console.rounds.labels import CHECKS, DOINGS, RESULTS, STATUSES
from services.operations.console.rounds.listing import TONES
from services.operations.console.sandbox.page import State
from services.operations.console.screen import WAYS
from services.operations.console.sessions import Way
from services.operations.console.spoken import stretch
from services.operations.console.types import TYPES, called
from services.operations.dead.desk import RESULTS as DEAD_RESULTS
from services.operations.dead.desk import Became, Did
from services.operations.dead.edits import Verdict
from services.operations.domain.alarm_life import Doing as AlarmAct
from services.operations.domain.alarm_life import Of as Quieted
from services.operations.domain.alarm_telling import Finding, What
from services.operations.domain.alarms import RULES
from services.operations.domain.breaks import AGES_S
from services.operations.domain.citizen.words import Words
from services.operations.domain.clocks import Of, Standing
from services.operations.domain.dead.letters import KINDS
from services.operations.domain.entries import Gist
from services.operations.domain.findings import Kind as FindingKind
from services.operations.domain.incidents import Doing as IncidentAct
from services.operations.domain.incidents import Status as IncidentStatus
from services.operations.domain.indicators import INDICATORS, WORST_FIRST, Why
from services.operations.domain.readiness import State as Ready
from services.operations.domain.rounds import Check, Doing, Status
from services.operations.domain.status import _NOTICE_STATES
from services.operations.domain.subscriptions import Every
from services.operations.domain.sync import Ledger
from services.operations.finding import Kind
from services.operations.indicators.views import PARTS
from services.operations.live import Standing as FlowStanding
from services.operations.money.views import Step
from services.operations.rounds.views import Result
from services.operations.rounds_api import VERBS
from shared.access import CONSOLE_ROLES
from shared.events import CONTRACTS

HERE = Path(console.__file__).parent
OF_FORM = {n for one in INDICATORS.values() if one.source == "form" for n in one.denominator}
VENDORED = {  # by file: the package, and the SHA-256 of the file in it
    "htmx.min.js": (
        "htmx.org 2.0.11",
        "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    ),
    "uPlot.iife.min.js": (
        "uplot 1.6.32",
        "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    ),
    "uPlot.min.css": (
        "uplot 1.6.32",
        "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    ),
}
OWN_FILES = {"console.css", "console.js", "door.svg", "flow.js"}
REFUSED = (
    *("not-your-unit", "unknown-unit", "busy"),
    *("no-subscription", "unknown-subscription", "too-many-subscriptions"),
    *("too-many-proofs", "no-period", "no-key", "unknown-proof", "no-report"),
    *("too-many-uploads", "not-a-partner", "not-yours"),
)
CODES = ("unknown-record", "unknown-edit", "not-mendable", "copy-waits",
         "decided-already")  # fmt: skip
# what templates and pages put together as they go
MADE = {
    *(f"flow_{standing}" for standing in get_args(FlowStanding)),
    *("flow_median", "flow_p95", "flow_oldest", "flow_waits"),
    *(f"every_{every}" for every in get_args(Every)),
    *(f"sending_{finding}" for finding in ("begun", "sent", "failed", "given_up")),
    *(f"kind_{kind}" for kind in get_args(Kind)),
    *(f"example_{kind}" for kind in get_args(Kind)),
    *(f"role_{role}" for role in CONSOLE_ROLES),
    *(f"finding_{kind}" for kind in get_args(FindingKind)),
    *(f"notice_{state}" for state in _NOTICE_STATES.values()),
    *(f"clock_{of}" for of in get_args(Of)),
    *(f"clock_{standing}" for standing in get_args(Standing)),
    *(f"money_{name}" for name in ("assessed", "settled", "receipts", "mismatched", "overpaid")),
    *(f"numbers_{name}" for name in ("references", "receipts")),
    *(f"try_{n}" for n in range(1, 5)),
    *(f"group_{which}" for which in ("stuck", "waiting", "all")),
    *(f"colour_{colour}" for colour in WORST_FIRST),
    *(f"evidence_{part}" for part in (*PARTS, "stuck", "waits")),
    *(f"column_{name.partition('/')[2]}" for name in OF_FORM),
    *(f"state_{state}" for state in get_args(Ready)),
    *(f"sync_{name}" for name in Ledger.__struct_fields__),
    *(f"why_{why}" for why in get_args(Why) if why),
    *(f"refused_{code}" for code in REFUSED),
    *(f"sandbox_{state}" for state in get_args(State)),
    *(f"severity_{rule.severity}" for rule in RULES.values()),
    *(f"did_{what}" for what in get_args(AlarmAct)),
    *(f"told_{what}" for what in get_args(What)),
    *(f"incident_did_{what}" for what in get_args(IncidentAct)),
    *(f"incident_{status}" for status in get_args(IncidentStatus)),
    *(f"incident_{when}" for when in ("frozen", "now")),
    *(f"incident_alarm_{standing}" for standing in ("over", "stands")),
    *(f"incident_offers_{what}s" for what in ("round", "broadcast")),
    *(f"scope_{name}" for name in ("unit", "partner", "procedure", "since", "until")),
    *(f"scope_{which}" for which in ("stuck", "all")),
    *(f"wrong_incident_{name}" for name in ("scope", "title", "text")),
    *(f"refused_{why}" for why in ("unknown-incident", "nothing-in-scope", "is-closed")),
    *("refused_too-much-done", "refused_incident-words"),
    *(f"finding_{finding}" for finding in get_args(Finding)),
    *(f"alarm_silence_{of}" for of in get_args(Quieted)),
    *(f"refused_{why}" for why in ("unknown-alarm", "no-such-time", "nothing-to-silence")),
    "refused_acted-on-too-often",
    *("refused_unknown-application", "refused_one-of-two"),
    *(f"refused_intake-{how}" for how in ("silent", "refuses")),
    *(f"refused_{why}" for why in ("nothing-sealed", "erased", "shown-already")),
    *(f"do_{verb}" for verb in VERBS),
    *(f"refused_{code}" for code in ("unknown-round", "same-person")),
    *("refused_too-many-open", "refused_too-many-acts"),
    "refused_preview-too-old",
    "refused_nobody-signed-in",
    *(f"way_{way}" for way in get_args(Way)),
    "refused_no-form-key",
    *(f"new_{which}" for which in ("stuck", "all")),
    *(f"age_{age}" for age in AGES_S),
    *(f"list_{which}" for which in ("open", "closed", "other_open", "other_closed")),
    *(f"step_{what}" for what in get_args(Step)),
    *(f"refused_{code}" for code in ("unknown-break", "invalid-reason", "break-over")),
    *(f"refused_{code}" for code in ("nothing-waits", "no-such-period")),
    *(f"dead_kind_{kind}" for kind in KINDS.values()),
    *(f"dead_did_{did}" for did in get_args(Did)),
    *(f"dead_became_{became}" for became in get_args(Became)),
    *(f"dead_result_{result}" for result in DEAD_RESULTS),
    *(f"dead_verdict_{verdict}" for verdict in (*get_args(Verdict), "waits")),
    *(f"refused_{code}" for code in CODES),
}


TEXT = "\n".join(
    path.read_text()
    for path in sorted(HERE.rglob("*"))
    if path.suffix in (".py", ".html") and not path.name.endswith("labels.py")
)


def tables() -> Iterator[tuple[str, Words]]:
    for table in (LABELS, TYPES, WHO, {name: words for name, (words, _) in FACTS.items()}):
        yield from table.items()
    for of_rounds in (STATUSES, RESULTS, CHECKS, DOINGS):
        yield from of_rounds.items()


def test_every_label_that_is_used_is_there() -> None:
    named = set(re.findall(r'\bt\("([\w-]+)"[,)]|LABELS\["([\w-]+)"', TEXT))
    assert {one or other for one, other in named} | MADE <= set(LABELS)
    assert {way.label for way in WAYS} <= set(LABELS)


def test_all_that_a_round_can_be_is_worded_and_has_a_tone() -> None:
    assert set(STATUSES) == set(TONES) == set(get_args(Status))
    assert set(RESULTS) == set(get_args(Result))
    assert set(CHECKS) == set(get_args(Check))
    assert set(DOINGS) == set(get_args(Doing))


def test_no_label_stands_in_two_tables() -> None:
    assert sum(map(len, PAGES)) == len(LABELS)


def test_every_label_is_used() -> None:
    assert [label for label in LABELS if label not in MADE and f'"{label}"' not in TEXT] == []


@pytest.mark.parametrize(("name", "words"), list(tables()))
def test_every_word_is_there_in_both_languages_with_the_same_facts(name: str, words: Words) -> None:
    assert words.vi.strip()
    assert words.en.strip()
    blanks = [set(re.findall(r"\{(\w+)\}", text)) for text in (words.vi, words.en)]
    assert blanks[0] == blanks[1]


def test_every_type_of_the_contracts_is_called_something_and_nothing_else_is() -> None:
    assert set(TYPES) == set(CONTRACTS)
    assert called("a.newer.type") == Words("a.newer.type", "a.newer.type")


def test_every_field_that_operations_looks_at_is_named() -> None:
    assert set(FACTS) == set(Gist.__struct_fields__)


@pytest.mark.parametrize(
    ("ms", "vi", "en"),
    [
        (0, "0 ms", "0 ms"),
        (1_500, "1,5 giây", "1.5 s"),
        (60_000, "1 phút", "1 min"),
        (3_723_000, "1 giờ 2 phút", "1 h 2 min"),
        (86_400_000 * 3 + 60_000, "3 ngày", "3 d"),
    ],
)
def test_a_stretch_of_time_is_told_in_two_units_at_most(ms: int, vi: str, en: str) -> None:
    assert stretch(ms) == Words(vi, en)


@pytest.mark.parametrize("name", VENDORED)
def test_what_is_vendored_is_the_published_file_and_the_notice_names_it(name: str) -> None:
    package, digest = VENDORED[name]
    assert hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest() == digest
    notice = (HERE.parents[2] / "NOTICE").read_text()
    assert package in notice
    assert name in notice


def test_every_file_of_the_pages_is_ours_or_vendored() -> None:
    assert {path.name for path in (HERE / "static").iterdir()} == OWN_FILES | VENDORED.keys()
