"""The algorithm, harmless variations of it, and its broken versions with what each one breaks."""

from dataclasses import replace

from tests.simulation.model.parts import Options

RIGHT = Options()
DRAFT = replace(RIGHT, draft="any redecide", hold="off", timers="off", stress=True)

HARMLESS: dict[str, Options] = {
    "right": RIGHT,
    "stress": replace(RIGHT, stress=True),
    "commit at once": replace(RIGHT, commit="at once"),
    "cache kept": replace(RIGHT, keep_cache=True, stress=True, lanes=2, foreign="redirect"),
    "foreign sent home": replace(RIGHT, lanes=2, foreign="redirect"),
    "many lanes": replace(RIGHT, lanes=3, foreign="redirect", stress=True),
    "lanes split": replace(
        RIGHT, split_lanes=True, stress=True
    ),  # safe, but processes refuse each other
}

LATE = "published before|unpublished|lost"

# name: the options, what it breaks, and a seed from which on that is soon seen
BROKEN: dict[str, tuple[Options, str, int]] = {
    # how the lane was first meant, and its repairs one by one
    "draft": (
        replace(RIGHT, draft="latest redecide", insert_ordered=False, hold="memory"),
        "lost|out of order",
        0,
    ),
    "draft, any version": (replace(DRAFT, insert_ordered=False), "published before", 132),
    "draft, ordered": (DRAFT, "published before", 158),
    "draft, theirs published": (replace(DRAFT, draft="any publish"), "published before", 158),
    # one rule of the lane broken at a time
    "commit before insert": (replace(RIGHT, commit_first=True), "lost|out of order", 0),
    "no seen-check": (replace(RIGHT, seen_check=False), "decided twice", 0),
    "unordered insert": (
        replace(RIGHT, insert_ordered=False, stress=True),
        "does not continue|hole",
        0,
    ),
    "tail not published": (replace(RIGHT, tail="forgotten"), LATE, 0),
    "tail without timers": (replace(RIGHT, timers="of new"), "lost", 0),
    "parked in memory": (replace(RIGHT, hold="memory"), "lost|out of order", 0),
    "doubt reloads": (replace(RIGHT, on_doubt="reload"), LATE, 0),
    "cached at load": (replace(RIGHT, cache="at load", keep_cache=True, stress=True), LATE, 573),
    "handled forgotten": (replace(RIGHT, handled_limit=1), "decided twice", 0),
    "skipped by state": (replace(RIGHT, skip_by_state=True, stress=True), "out of order", 0),
    # facts
    "facts gathered once": (replace(RIGHT, prepares="once", stress=True), "still held", 101),
    "no facts for the held": (replace(RIGHT, prepares="without held"), "still held", 0),
    "facts of the held last": (replace(RIGHT, prepares="held last"), "still held", 0),
    "number not read back": (replace(RIGHT, number="unread"), "not the claimed", 0),
    "number counted in memory": (replace(RIGHT, number="counted"), "not the claimed|twice", 0),
    "reference not checked": (replace(RIGHT, reference="unchecked"), "twice|elsewhere", 0),
    "reference claimed late": (replace(RIGHT, reference="late"), "twice|elsewhere", 0),
    # first events decided without asking
    "guess never given up": (replace(RIGHT, opens="stubborn"), "wedged", 0),
    "refused guess dropped": (replace(RIGHT, opens="drops"), LATE, 0),
    # records of another lane's applications
    "foreign decided in place": (
        replace(RIGHT, lanes=2, foreign="place", stress=True),
        "out of order",
        0,
    ),
    "foreign answered in place": (
        replace(RIGHT, lanes=2, foreign="lane", stress=True),
        "lost|out of order",
        0,
    ),
}
