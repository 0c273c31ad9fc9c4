"""What the model is made of."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

SOURCES = {"S1": ("ext",), "S2": ("S1.ev", "in2"), "S3": ("S1.ev", "S2.ev", "in3")}
INBOX = {"S1": "ext", "S2": "in2", "S3": "in3"}
EXTERNAL, RELEASE = "x", "r"  # sources of records that no service numbered

Partition = tuple[str, int]
Steps = Generator[None, None, Any]  # every `yield`: anything else may happen here


class Unknown(Exception):
    """It may or may not have happened."""


class Undecidable(Exception):
    """What makes a lane hold a record."""


class Violation(Exception):
    """Something that must hold does not."""


class Record(NamedTuple):
    app: str
    source: str  # EXTERNAL, RELEASE or the service that numbered it
    seq: int
    id: str
    content: tuple[Any, ...] = ()  # which decision made it, and with which facts


class Fetched(NamedTuple):
    place: Partition
    offset: int
    record: Record


class Cause(NamedTuple):
    place: Partition
    offset: int


class Version(NamedTuple):
    """One version of one application in one journal."""

    app: str
    number: int
    cause: Cause | None
    seen: dict[str, int]
    handled: tuple[str, ...]
    applied: tuple[str, ...]
    held: tuple[Record, ...]
    seq: int  # events emitted so far
    dossier: int  # a number claimed once for the application, 0: none yet
    orders: int  # attempts made so far, each with a reference of its own
    emitted: tuple[Record, ...] = ()
    timers: tuple[str, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()  # facts this version put into its events


EMPTY = Version("", 0, None, {}, (), (), (), 0, 0, 0)


class Facts(NamedTuple):
    numbers: dict[tuple[str, str], int]  # by application and the record that is its first
    references: dict[tuple[str, int], int]  # by application and attempt


@dataclass(frozen=True)
class Options:
    """The algorithm as it should be; each variant changes one thing."""

    insert_ordered: bool = True
    on_doubt: str = "forget"  # reload: take the latest version for published
    tail: str = "published"  # forgotten: what a predecessor left is not published
    seen_check: bool = True
    hold: str = "journal"  # memory: parked in the process and on a topic; off: nothing is ever held
    timers: str = "of all"  # of new: not those of the unpublished tail; off
    cache: str = "published"  # at load: before anything was acknowledged
    keep_cache: bool = False  # over an assignment
    skip_by_state: bool = False
    handled_limit: int = 0
    commit_first: bool = False
    commit: str = "lags"  # at once: after each batch
    split_lanes: bool = False  # the topics of one lane with several processes
    foreign: str = (
        "none"  # redirect: sent home; place: decided where they stand; lane: answered there
    )
    opens: str = "asks"  # stubborn: a refused guess is guessed again; drops: taken for a duplicate
    prepares: str = "in loop"  # once: before the loop that repeats a batch; without held; held last
    number: str = (
        "claimed"  # unread: keeps its own although another was claimed; counted: in memory
    )
    reference: str = (
        "claimed"  # unchecked: a refused one is used all the same; late: after the insert
    )
    draft: str = ""  # the first drafts, see `drafts`
    lanes: int = 0  # 0: the seed chooses
    stress: bool = False


@dataclass(eq=False)
class Request:
    """What a process asked of the broker or the database, under way until carried out."""

    sender: Any
    kind: str  # publish, insert, claim
    target: Any
    items: list[Any]
    not_before: int
    token: object  # the sender's task; another one, or none: the sender is dead
    ordered: bool = True
    at: int = 0
    refused: list[int] = field(default_factory=list)
    given_up: bool = False
    done: bool = False


def ids(records: Iterable[Record]) -> list[str]:
    return [r.id for r in records]
