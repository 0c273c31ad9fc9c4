"""The ways an application can take, and how many took each: counted from the evidence.  Pure."""

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import NamedTuple

from deploy.audit.evidence import Evidence, Heard
from shared.events import handover, intake, routing
from shared.kinship import is_child

CHOSEN = "a person had units to choose from"
DONE, PARTLY_DONE, BY_RULE = "all of it done", "a part of it done", "withdrawn by rule"


class Path(NamedTuple):
    """A way that applications took: how many, and the dossier code of one."""

    name: str
    times: int
    example: str


# a way, and all that is met on it: types of events, or what such an event says
PATHS: tuple[tuple[str, frozenset[str]], ...] = (
    ("a split unit: an officer chooses", frozenset({CHOSEN, routing.Routed.TYPE})),
    ("corrected by the citizen", frozenset({intake.Corrected.TYPE})),
    (
        "a supplement: the clock pauses",
        frozenset({routing.SupplementRequested.TYPE, intake.Supplemented.TYPE}),
    ),
    ("transferred to another unit", frozenset({handover.Transferred.TYPE})),
    ("a signature awaited", frozenset({handover.SignatureAsked.TYPE, routing.Settled.TYPE})),
    (
        "the result by post, leg by leg",
        frozenset({handover.Posted.TYPE, handover.PostCarried.TYPE, routing.Returned.TYPE}),
    ),
    ("refused by an officer", frozenset({routing.NotAccepted.TYPE})),
    ("withdrawn", frozenset({intake.Withdrawn.TYPE, routing.Closed.TYPE})),
    ("a birth for three agencies: all done", frozenset({DONE})),
    ("a part refused, another withdrawn", frozenset({PARTLY_DONE, BY_RULE})),
)


def paths(evidence: Evidence) -> list[Path]:
    """Return how many took each way; an application may have taken several."""
    met, codes = _met(evidence), _codes(evidence)
    found = []
    for name, marks in PATHS:
        # a child last: whoever looks it up sees more in one that stands for itself
        on_it = sorted(
            (a for a, seen in met.items() if marks <= seen), key=lambda a: (is_child(a), a)
        )
        example = next((codes[a] for a in on_it if a in codes), "")
        found.append(Path(name, len(on_it), example))
    return found


def interlinked(evidence: Evidence) -> str:
    """Return the application of several agencies that is worth a look; empty if there is none."""
    ended = {a: seen for a, seen in _met(evidence).items() if seen & {DONE, PARTLY_DONE}}
    return max(sorted(ended), key=lambda a: BY_RULE in ended[a], default="")


def _met(evidence: Evidence) -> dict[str, Set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for service in ("intake", "routing"):
        for heard in evidence.events_of(service):
            assert heard.event
            found[heard.event.subject] |= {heard.event.type, *_said(heard)}
    return dict(found)


def _said(heard: Heard) -> Iterator[str]:
    assert heard.event
    if heard.event.type == routing.ChoiceNeeded.TYPE and heard.data()["candidates"]:
        yield CHOSEN
    elif heard.event.type == intake.InterlinkedEnded.TYPE:
        data = heard.data()
        yield {"done": DONE, "partly_done": PARTLY_DONE}.get(data["outcome"], data["outcome"])
        for child in data["children"]:
            if child["standing"] == "withdrawn" and "withdraws" in child["by_rule"].values():
                yield BY_RULE


def _codes(evidence: Evidence) -> dict[str, str]:
    registered = (intake.Registered.TYPE, intake.InterlinkedRegistered.TYPE)
    return {
        heard.event.subject: heard.data()["dossier_code"]
        for heard in evidence.events_of("intake")
        if heard.event and heard.event.type in registered
    }
