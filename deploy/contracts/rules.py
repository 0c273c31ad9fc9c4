"""What a change breaks, as a table: those who write messages, or those who read them.

A writer breaks when what it writes is no longer taken: portals, banks, and also the log itself,
which keeps messages written before.  A reader breaks when it is given what was never promised.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Side = Literal["writers", "readers"]
Sides = frozenset[Side]

WRITERS: Sides = frozenset({"writers"})
READERS: Sides = frozenset({"readers"})
BOTH: Sides = WRITERS | READERS
NOBODY: Sides = frozenset()


class Change(NamedTuple):
    """One difference: where (a JSON path), by which rule, and what was or is there.

    `sides` are those who are there to break; `breaks` those who do.
    """

    where: str
    rule: str
    what: str = ""
    sides: Sides = BOTH

    @property
    def breaks(self) -> Sides:
        """Return who breaks."""
        return RULES[self.rule][0] & self.sides

    @property
    def says(self) -> str:
        """Return the rule in words."""
        return RULES[self.rule][1]


RULES: Mapping[str, tuple[Sides, str]] = {
    # fields
    "field-removed": (BOTH, "a field was removed or renamed"),
    "deprecated-field-removed": (NOBODY, "a field that was deprecated was removed"),
    "field-added": (NOBODY, "an optional field was added"),
    "field-added-to-closed": (READERS, "a field was added where none was to be expected"),
    "required-field-added": (WRITERS, "a required field was added"),
    "became-required": (WRITERS, "a field became required"),
    "became-optional": (READERS, "a field is no longer always there"),
    "default-changed": (BOTH, "what a missing field means changed"),
    "closed": (WRITERS, "unknown fields are no longer taken"),
    "opened": (READERS, "unknown fields may come"),
    # values
    "type-changed": (BOTH, "the type changed"),
    "type-narrowed": (WRITERS, "a type is no longer taken"),
    "type-widened": (READERS, "a further type may come"),
    "value-removed": (WRITERS, "a value is no longer taken"),
    "value-added": (READERS, "a further value may come"),
    "values-listed": (WRITERS, "only listed values are taken"),
    "values-unlisted": (READERS, "values may come that were not listed"),
    "limit-tightened": (WRITERS, "a limit is tighter"),
    "limit-loosened": (READERS, "a limit is looser"),
    "form-added": (WRITERS, "values must have a form"),
    "form-removed": (READERS, "values may have any form"),
    "form-changed": (BOTH, "the form of values changed"),
    "option-removed": (WRITERS, "one of several shapes is no longer taken"),
    "option-added": (READERS, "a further shape may come"),
    "keyword-changed": (BOTH, "something changed that cannot be compared"),
    # event types and topics
    "event-added": (NOBODY, "an event type was added"),
    "event-removed": (BOTH, "an event type was removed: the log still has messages of it"),
    "topic-added": (NOBODY, "a topic was added"),
    "topic-removed": (BOTH, "a topic was removed"),
    "message-added": (NOBODY, "a topic carries a further type"),
    "message-removed": (BOTH, "a topic no longer carries a type"),
    "partition-changed": (BOTH, "messages go to other partitions: order is lost"),
    # edges
    "operation-added": (NOBODY, "an operation was added"),
    "operation-removed": (BOTH, "an operation was removed"),
    "deprecated-operation-removed": (NOBODY, "an operation that was deprecated was removed"),
    "parameter-added": (NOBODY, "an optional parameter was added"),
    "required-parameter-added": (BOTH, "a required parameter was added"),
    "parameter-removed": (BOTH, "a parameter was removed"),
    "body-required": (BOTH, "a body became required"),
    "media-type-removed": (BOTH, "a media type was removed"),
    "answer-removed": (BOTH, "a successful answer was removed"),
    "answer-added": (NOBODY, "an answer was added"),
    "role-removed": (BOTH, "callers of a role are no longer let in"),
    "key-required": (BOTH, "a key is needed where none was"),
}
