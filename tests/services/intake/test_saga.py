"""What the rules make of children that move, in every order and however often it is heard."""

from collections.abc import Iterator, Mapping
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.saga import Child, Family, act, hear, views
from shared.catalogue import load
from shared.catalogue.interlinked import FAILURES
from shared.events.intake import ChildOpened, ChildTakenBack, ChildTold, ChildView
from shared.kinship import child_id
from shared.lanes.table import Letter

PARENT = "019389f0-0000-7000-8000-000000000001"
CATALOGUE = load()
ON = date(2026, 11, 20)
SETS = {
    code: found
    for code in ("local.interlinked-birth", "local.interlinked-death")
    if (found := CATALOGUE.interlinked_set(code, ON))
}
ENDS = ("refused", "not_accepted", "withdrawn")
CASES = [
    (code, cause, other, does)
    for code, found in SETS.items()
    for cause, others in found.table.items()
    for other, does in others.items()
]


def opening(name: str) -> ChildOpened:
    texts = dict.fromkeys(ChildOpened.__struct_fields__, "")
    return ChildOpened(**{**texts, "name": name, "documents": ()})


def family(code: str, **fees: bool) -> Family:
    """A family as it is registered, its first child opened."""
    found = SETS[code]
    children = tuple(
        Child(
            name=row.name,
            application=child_id(PARENT, n),
            procedure=row.procedure,
            receiving_unit="00004",
            after=row.after,
            has_fee=fees.get(row.name, False),
            opening=opening(row.name),
        )
        for n, row in enumerate(found.children)
    )
    return act(Family(children=children, rules=found.table))[0]


def told(name: str, number: int, standing: str, *, too_late: bool = False) -> ChildTold:
    return ChildTold(
        name=name,
        number=number,
        standing=standing,
        national_code=4,
        dossier_code=f"H1-{name}",
        too_late=too_late,
    )


def after(state: Family, *heard: ChildTold) -> tuple[Family, list[Letter]]:
    letters = []
    for each in heard:
        state, more = hear(state, each)
        letters += more
    return state, letters


def of(state: Family, name: str) -> ChildView:
    return next(view for view in views(state) if view.name == name)


def opened(letters: list[Letter] | tuple[Letter, ...]) -> set[str]:
    return {letter.data.name for letter in letters if isinstance(letter.data, ChildOpened)}


def all_open(code: str, **fees: bool) -> Family:
    """A family whose first child is done, so that all are under way."""
    first, *others = SETS[code].children
    done = told(first.name, 1, "done")
    return after(family(code, **fees), done, *(told(c.name, 1, "open") for c in others))[0]


def test_a_child_is_opened_when_what_comes_before_it_is_done_and_not_before() -> None:
    state = family("local.interlinked-birth")
    assert [c.standing for c in state.children] == ["open", "waiting", "waiting"]
    state, letters = after(state, told("birth", 1, "open"), told("birth", 2, "stopped"))
    assert opened(letters) == set()
    state, letters = after(state, told("birth", 3, "done"))
    assert opened(letters) == {"residence", "health_card"}
    assert all(c.opening is None for c in state.children)
    state, letters = after(state, told("birth", 4, "open"), told("birth", 5, "done"))
    assert letters == [], "sent back by the signer and done again: nothing is opened twice"


@pytest.mark.parametrize(("code", "cause", "other", "does"), CASES)
def test_each_rule_of_the_table_is_carried_out(code, cause, other, does) -> None:
    child, _, failure = cause.partition("/")
    state = all_open(code)
    number = 2
    state, letters = after(state, told(child, number, failure))
    taken = {each.to: each.data for each in letters if isinstance(each.data, ChildTakenBack)}
    view = of(state, other)
    assert view.by_rule == {cause: does}
    assert (view.application in taken) == (does == "withdraws")
    assert (view.needs_person == ("rule",)) == (does == "asks_a_person")
    if does == "withdraws":
        assert taken[view.application].because == cause
        again, more = after(state, told(child, number, failure), told(child, number + 1, failure))
        assert not more, "what is asked once is not asked again"
        assert again == state or failure == "stopped"


@pytest.mark.parametrize("code", SETS)
@pytest.mark.parametrize("failure", ENDS)
def test_what_waits_for_a_child_that_failed_never_begins(code: str, failure: str) -> None:
    first, *others = SETS[code].children
    state, letters = after(family(code), told(first.name, 1, failure))
    assert letters == []
    assert state.outcome == "failed"
    for row in others:
        view = of(state, row.name)
        assert (view.standing, view.dossier_code) == ("withdrawn", "")
        assert view.needs_person == ()


@pytest.mark.parametrize("code", SETS)
def test_what_stopped_may_go_on_and_the_others_wait_for_it(code: str) -> None:
    first, *others = SETS[code].children
    state, letters = after(family(code), told(first.name, 1, "stopped"))
    assert letters == []
    assert state.outcome == ""
    state, letters = after(state, told(first.name, 2, "open"), told(first.name, 3, "done"))
    assert opened(letters) == {row.name for row in others}


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        (("returned", "returned", "returned"), "done"),
        (("returned", "not_accepted", "withdrawn"), "partly_done"),
        (("withdrawn", "refused", "not_accepted"), "failed"),
        (("returned", "returned", "open"), ""),
        (("returned", "returned", "done"), ""),
    ],
)
def test_a_parent_ends_with_its_last_child(ends: tuple[str, ...], outcome: str) -> None:
    state = all_open("local.interlinked-birth")
    heard = [told(c.name, 2, end) for c, end in zip(state.children, ends, strict=True)]
    assert after(state, *heard)[0].outcome == outcome


def test_what_cannot_be_undone_is_a_persons() -> None:
    state = all_open("local.interlinked-birth")
    refused = told("residence", 2, "not_accepted")
    late = after(state, refused, told("health_card", 2, "open", too_late=True))[0]
    assert of(late, "health_card").needs_person == ("too-late",)
    crossed = after(state, told("health_card", 2, "returned"), refused)[0]
    assert of(crossed, "health_card").needs_person == ("too-late",)
    assert crossed.needs_person
    withdrawn = after(late, told("health_card", 3, "withdrawn"))[0]
    assert not withdrawn.needs_person


def test_a_fee_of_what_was_begun_and_not_done_is_a_persons() -> None:
    state = all_open("local.interlinked-birth", residence=True)
    state, _ = after(state, told("residence", 2, "not_accepted"))
    assert of(state, "residence").needs_person == ("fee",)
    never_begun = family("local.interlinked-birth", residence=True)
    never_begun, _ = after(never_begun, told("birth", 1, "not_accepted"))
    assert of(never_begun, "residence").needs_person == ()


def test_what_the_citizen_takes_back_is_taken_back_child_by_child() -> None:
    import msgspec

    for state, asked in (
        (all_open("local.interlinked-birth"), {0, 1, 2}),
        (family("local.interlinked-birth"), {0}),
    ):
        state, letters = act(msgspec.structs.replace(state, taken_back=True))
        assert {each.to for each in letters} == {child_id(PARENT, n) for n in asked}
        assert all(isinstance(each.data, ChildTakenBack) for each in letters)
        assert [c.standing for n, c in enumerate(state.children) if n not in asked] == (
            ["withdrawn"] * (3 - len(asked))
        )


# --- any order: the end is that of the children, whatever came first and however often

FATES = ("returned", "obeys", *ENDS)


class Simulated:
    """A child that meets its fate whatever is asked of it; or (`obeys`) ends when asked to."""

    def __init__(self, name: str, fate: str, chance: Random) -> None:
        self.name, self.fate, self.number = name, fate, 0
        self.life = ["open", *(["stopped", "open"] if chance.random() < 0.3 else [])]
        if fate == "returned":
            self.life += ["done", *(["open", "done"] if chance.random() < 0.3 else []), "returned"]
        elif fate != "obeys":
            self.life.append(fate)
        self.is_open = self.is_over = False

    def moves(self) -> Iterator[ChildTold]:
        if self.is_open and self.life and not self.is_over:
            yield self._told(self.life.pop(0))

    def asked(self) -> Iterator[ChildTold]:
        if self.is_over:
            return
        if self.fate == "obeys":
            yield self._told("withdrawn")
        else:
            yield self._told("open", too_late=True)

    def _told(self, standing: str, *, too_late: bool = False) -> ChildTold:
        self.number += 1
        self.is_over = standing in ("returned", *ENDS)
        return told(self.name, self.number, standing, too_late=too_late)


def lived(code: str, fates: Mapping[str, str], seed: int) -> Family:
    """Let a family live until nothing moves any more, in an order of this seed."""
    chance = Random(seed)
    state = family(code)
    children = {c.application: Simulated(c.name, fates[c.name], chance) for c in state.children}
    children[child_id(PARENT, 0)].is_open = True
    to_parent: list[ChildTold] = []
    to_child: list[Letter] = []
    while True:
        idle = [c for c in children.values() if c.is_open and c.life and not c.is_over]
        ways = [*(["parent"] if to_parent else []), *(["child"] if to_child else [])]
        ways += ["life"] if idle else []
        if not ways:
            return state
        match chance.choice(ways):
            case "life":
                to_parent += chance.choice(idle).moves()
            case "child":
                letter = to_child.pop(0)
                child = children[letter.to]
                if isinstance(letter.data, ChildOpened):
                    assert not child.is_open, "opened once"
                    child.is_open = True
                else:
                    to_parent += child.asked()
            case "parent":
                heard = to_parent.pop(chance.randrange(len(to_parent)))
                if chance.random() < 0.4:
                    to_parent.append(heard)  # it will come again
                state, letters = hear(state, heard)
                to_child += letters


@given(
    st.sampled_from(sorted(SETS)),
    st.lists(st.sampled_from(FATES), min_size=3, max_size=3),
    st.integers(),
    st.integers(),
)
def test_the_end_is_the_same_in_whatever_order_children_are_heard(code, fates, one, other) -> None:
    names = [c.name for c in SETS[code].children]
    of_each = dict(zip(names, fates, strict=True))
    first, second = lived(code, of_each, one), lived(code, of_each, other)
    assert first.outcome == second.outcome
    assert views(first) == views(second)
    failed = {v.name for v in views(first) if v.standing in FAILURES}
    if first.outcome:
        assert (first.outcome == "done") == (not failed)
