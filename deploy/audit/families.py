"""Whether what was handed in for several agencies and its children agree, and each ended once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.audit.evidence import Evidence
from shared.events.intake import (
    ChildOpened,
    InterlinkedEnded,
    InterlinkedMoved,
    InterlinkedRegistered,
    Refused,
    Registered,
)
from shared.kinship import is_child, parent_of

OURS = "/services/intake"
ENDS: Mapping[int, str] = {3: "not_accepted", 7: "withdrawn", 10: "returned"}


@dataclass(slots=True)
class _Found:
    """What the log says: of children how they began and stand, of parents what they told."""

    begun: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    codes: dict[str, int] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)
    views: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    ended: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def standing(self, child: str) -> str:
        """Return how a child stands; empty: it has begun and is not at its end."""
        if child in self.refused:
            return "refused"
        return ENDS.get(self.codes.get(child, 0), "") if self.begun[child] else "waiting"


def families_are_whole(evidence: Evidence) -> list[str]:
    """Return what is wrong: a child is begun once, and by its parent; a parent ends once, with its
    children, and as they did.
    """
    found = _found(evidence)
    named = {view["application"] for views in found.views.values() for view in views}
    wrong = found.wrong
    wrong += [f"{c}: begun {n} times" for c, n in found.begun.items() if n > 1]
    wrong += [f"{c}: begun, and no parent has it" for c in found.begun if c not in named]
    wrong += [f"{c}: opened, and never begun" for c in found.opened - found.begun.keys()]
    wrong += [f"{p}: ended {len(n)} times" for p, n in found.ended.items() if len(n) > 1]
    wrong += [f"{p}: goes on, never registered" for p in found.views.keys() - found.parents]
    wrong += [f"{p}: ended, never registered" for p in found.ended.keys() - found.parents]
    held = {row["application"] for row in _latest(evidence) if row.get("held")}
    for parent, views in found.views.items():
        ended = found.ended.get(parent, [])
        if ended:
            wrong += _not_as_told(found, parent, ended[0])
        elif not held & {parent, *(view["application"] for view in views)}:
            wrong += _not_ended(found, parent, views)
    return wrong


def _found(evidence: Evidence) -> _Found:
    found = _Found()
    for heard in evidence.events_of("intake"):
        assert heard.event is not None
        name, type_ = heard.event.subject, heard.event.type
        if type_ in (Registered.TYPE, Refused.TYPE) and is_child(name):
            found.begun[name] += 1
        if type_ == Refused.TYPE:
            found.refused.add(name)
        elif type_ == Registered.TYPE:
            parent = heard.data().get("parent", "")
            if parent != (parent_of(name) if is_child(name) else ""):
                found.wrong.append(f"{name}: registered as a child of {parent or 'nobody'}")
        elif type_ in (InterlinkedRegistered.TYPE, InterlinkedMoved.TYPE):
            found.views[name] = heard.data()["children"]
            found.parents |= {name} if type_ == InterlinkedRegistered.TYPE else set()
        elif type_ == InterlinkedEnded.TYPE:
            found.ended[name].append(heard.data())
    for heard in evidence.events_of("routing"):
        assert heard.event is not None
        found.codes[heard.event.subject] = heard.data().get("national_code") or found.codes.get(
            heard.event.subject, 0
        )
    found.opened = {
        heard.event.subject
        for heard in evidence.log["intake.inbox"]
        if heard.event and heard.event.type == ChildOpened.TYPE and heard.event.source == OURS
    }
    return found


def _not_as_told(found: _Found, parent: str, ended: Mapping[str, Any]) -> Iterator[str]:
    """Find children that ended otherwise than their parent tells, or not at all."""
    for view in ended["children"]:
        child, told = view["application"], view["standing"]
        stands = found.standing(child)
        if stands != told and (stands, told) != ("waiting", "withdrawn"):  # it never began
            yield f"{parent}: ended with {view['name']} {told}, which is {stands or 'open'}"
    standings = {view["standing"] for view in ended["children"]}
    partly = "partly_done" if "returned" in standings else "failed"
    if ended["outcome"] != ("done" if standings == {"returned"} else partly):
        yield f"{parent}: ended as {ended['outcome']} with children {sorted(standings)}"


def _not_ended(found: _Found, parent: str, views: list[dict[str, Any]]) -> Iterator[str]:
    """Find a parent that goes on though no child does; the log is at rest."""
    standings = [found.standing(view["application"]) for view in views]
    if "" not in standings:
        yield f"{parent}: never ended, with children {standings}"


def _latest(evidence: Evidence) -> list[Mapping[str, Any]]:
    return list({row["application"]: row for row in evidence.journals["intake"]}.values())
