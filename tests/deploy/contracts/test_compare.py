"""Each rule has a pair of schemas that it is for; and no verdict says less than the schemas do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from deploy.contracts.compare import compare, inlined
from deploy.contracts.rules import BOTH, NOBODY, READERS, RULES, WRITERS


def fields(required: tuple[str, ...] = (), closed: bool = False, **properties: Any) -> Any:
    """The schema of an object."""
    whole = {"type": "object", "properties": properties, "required": list(required)}
    return {**whole, "additionalProperties": False} if closed else whole


TEXT, COUNT = {"type": "string"}, {"type": "integer"}
A, B = {"enum": ["a"]}, {"enum": ["b"]}
CARD = fields(("by", "pan"), by={"const": "card"}, pan=TEXT)
CASH = fields(("by",), by={"const": "cash"})

RULED = [
    ("field-removed", fields(a=TEXT, b=TEXT), fields(a=TEXT)),
    ("field-removed", fields(("a",), a=TEXT), fields(("b",), b=TEXT)),
    ("deprecated-field-removed", fields(a={**TEXT, "deprecated": True}), fields()),
    ("field-added", fields(a=TEXT), fields(a=TEXT, b=TEXT)),
    ("field-added-to-closed", fields(a=TEXT, closed=True), fields(a=TEXT, b=TEXT, closed=True)),
    ("required-field-added", fields(a=TEXT), fields(("b",), a=TEXT, b=TEXT)),
    ("became-required", fields(a=TEXT), fields(("a",), a=TEXT)),
    ("became-optional", fields(("a",), a=TEXT), fields(a=TEXT)),
    ("default-changed", {**TEXT, "default": ""}, {**TEXT, "default": "vi"}),
    ("closed", fields(a=TEXT), fields(a=TEXT, closed=True)),
    ("opened", fields(a=TEXT, closed=True), fields(a=TEXT)),
    ("type-changed", TEXT, COUNT),
    (
        "type-changed",
        fields(a={"type": "array", "items": TEXT}),
        fields(a={"type": "array", "items": COUNT}),
    ),
    ("type-narrowed", {"type": ["string", "null"]}, TEXT),
    ("type-narrowed", {"type": "number"}, COUNT),
    ("type-widened", COUNT, {"type": "number"}),
    ("type-widened", TEXT, {}),
    ("value-removed", {"enum": ["a", "b"]}, A),
    ("value-added", A, {"enum": ["a", "b"]}),
    ("value-added", {"const": "a"}, {"enum": ["a", "b"]}),
    ("values-listed", TEXT, {**TEXT, **A}),
    ("values-unlisted", A, TEXT),
    ("limit-tightened", COUNT, {**COUNT, "minimum": 1}),
    ("limit-tightened", {**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}),
    ("limit-loosened", {**TEXT, "maxLength": 9}, TEXT),
    ("limit-loosened", {**COUNT, "minimum": 1}, {**COUNT, "minimum": 0}),
    ("form-added", TEXT, {**TEXT, "pattern": "^a"}),
    ("form-removed", {**TEXT, "format": "date-time"}, TEXT),
    ("form-changed", {**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"}),
    ("option-removed", {"anyOf": [CARD, CASH]}, {"anyOf": [CARD]}),
    ("option-removed", {"anyOf": [TEXT, {"type": "null"}]}, TEXT),
    ("option-added", TEXT, {"anyOf": [TEXT, {"type": "null"}]}),
    ("option-added", {"oneOf": [CARD]}, {"oneOf": [CARD, CASH]}),
    ("became-optional", {"oneOf": [CASH, CARD]}, {"oneOf": [{**CARD, "required": ["by"]}, CASH]}),
    ("keyword-changed", {"type": "array"}, {"type": "array", "uniqueItems": True}),
    ("type-changed", {"additionalProperties": TEXT}, {"additionalProperties": COUNT}),
    ("closed", {"additionalProperties": TEXT}, {"additionalProperties": False}),
]


@pytest.mark.parametrize(("rule", "old", "new"), RULED)
def test_a_rule_is_told_for_what_it_is_for(rule: str, old: Any, new: Any) -> None:
    told = compare(old, new)
    assert rule in [change.rule for change in told]
    assert all(RULES[change.rule] for change in told)


def test_every_rule_about_schemas_has_a_pair() -> None:
    elsewhere = ("event", "topic", "message", "partition", "operation", "parameter", "body")
    elsewhere += ("media", "answer", "role", "key-", "required-parameter", "deprecated-operation")
    own = {rule for rule in RULES if not rule.startswith(elsewhere)}
    assert own <= {rule for rule, _, _ in RULED}


@pytest.mark.parametrize(
    ("rule", "breaks"),
    [
        ("field-removed", BOTH),
        ("field-added", NOBODY),
        ("required-field-added", WRITERS),
        ("became-required", WRITERS),
        ("became-optional", READERS),
        ("type-changed", BOTH),
        ("value-removed", WRITERS),
        ("value-added", READERS),
        ("event-removed", BOTH),
        ("event-added", NOBODY),
    ],
)
def test_who_breaks_by_what_docs_contracts_says(rule: str, breaks: Any) -> None:
    assert RULES[rule][0] == breaks


def test_a_field_deep_inside_is_named() -> None:
    old = fields(documents={"type": "array", "items": fields(("name",), name=TEXT)})
    new = fields(documents={"type": "array", "items": fields(("name",), name=COUNT)})
    [change] = compare(old, new)
    assert change.where == "$.documents[].name"
    assert change.what == '["string"] → ["integer"]'


def test_who_is_not_there_does_not_break() -> None:
    [change] = compare(fields(("a",), a=TEXT), fields(a=TEXT), sides=WRITERS)
    assert change.rule == "became-optional"
    assert change.breaks == NOBODY


@pytest.mark.parametrize("word", ["title", "description", "examples"])
def test_words_alone_change_nothing(word: str) -> None:
    assert compare({**TEXT, word: "before"}, {**TEXT, word: "after"}) == []


def test_what_is_referred_to_is_compared() -> None:
    old = {"$ref": "#/$defs/A", "$defs": {"A": fields(a={"$ref": "#/$defs/B"}), "B": TEXT}}
    new = {"$ref": "#/$defs/C", "$defs": {"C": fields(a=COUNT)}}
    assert inlined(old, old) == fields(a=TEXT)
    assert [c.rule for c in compare(inlined(old, old), inlined(new, new))] == ["type-changed"]


def test_what_refers_to_itself_ends() -> None:
    tree = {"$ref": "#/$defs/T", "$defs": {"T": fields(left={"$ref": "#/$defs/T"})}}
    assert inlined(tree, tree) == fields(left={"$ref": "#/$defs/T"})


# ---- no verdict is too mild: whoever does not break finds what was promised

LEAVES: tuple[Any, ...] = (
    TEXT,
    {**TEXT, "minLength": 1},
    {**TEXT, "maxLength": 2},
    {**TEXT, "enum": ["x", "y"]},
    {"enum": ["x"]},
    {"enum": ["x", "y"]},
    COUNT,
    {**COUNT, "minimum": 1},
    {**COUNT, "minimum": 0, "maximum": 3},
    {"type": "null"},
    {"type": ["integer", "null"]},
    {"anyOf": [TEXT, {"type": "null"}]},
    {"anyOf": [COUNT, {"type": "null"}]},
)
Pair = tuple[Any, Any]


def of_lists(inner: Pair) -> Pair:
    before, after = ({"type": "array", "items": each} for each in inner)
    return before, after


@st.composite
def of_objects(draw: Any, inner: st.SearchStrategy[Pair]) -> Pair:
    """Two objects of which fields are added, removed, changed, required, forbidden."""
    told: tuple[dict[str, Any], ...] = ({}, {})
    for name in draw(st.sets(st.sampled_from("abc"))):
        field = draw(inner)
        kept = draw(st.sampled_from([(0, 1), (0, 1), (0, 1), (0,), (1,)]))
        for side in kept:
            told[side][name] = field[side]
    before, after = (
        fields(tuple(n for n in sorted(o) if draw(st.booleans())), draw(st.booleans()), **o)
        for o in told
    )
    return before, after


pairs: st.SearchStrategy[Pair] = st.recursive(
    st.tuples(st.sampled_from(LEAVES), st.sampled_from(LEAVES))
    | st.sampled_from(LEAVES).map(lambda leaf: (leaf, leaf)),
    lambda inner: of_objects(inner) | inner.map(of_lists),
    max_leaves=5,
)


def values(schema: Any) -> st.SearchStrategy[Any]:
    """Values of a schema, of declared fields only: nobody has to rely on others."""
    if "anyOf" in schema:
        return st.one_of([values(option) for option in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(kind, schema) for kind in kinds])


def _of_type(kind: str, schema: Any) -> st.SearchStrategy[Any]:
    match kind:
        case "string":
            return st.text(
                "ab", min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 4)
            )
        case "integer":
            return st.integers(schema.get("minimum", -5), schema.get("maximum", 9))
        case "null":
            return st.none()
        case "array":
            return st.lists(values(schema["items"]), max_size=2)
    needed = {n: values(s) for n, s in schema["properties"].items() if n in schema["required"]}
    others = {n: values(s) for n, s in schema["properties"].items() if n not in needed}
    return st.fixed_dictionaries(needed, optional=others)


@given(st.data(), pairs)
def test_what_was_written_is_taken_if_no_writer_breaks(data: Any, pair: Pair) -> None:
    old, new = pair
    if not any(change.breaks & WRITERS for change in compare(old, new)):
        assert Draft202012Validator(new).is_valid(data.draw(values(old)))


@given(st.data(), pairs)
def test_what_is_read_is_as_promised_if_no_reader_breaks(data: Any, pair: Pair) -> None:
    old, new = pair
    if not any(change.breaks & READERS for change in compare(old, new)):
        assert Draft202012Validator(old).is_valid(data.draw(values(new)))


@given(st.data(), pairs)
def test_the_values_tried_are_those_of_their_schema(data: Any, pair: Pair) -> None:
    assert Draft202012Validator(pair[0]).is_valid(data.draw(values(pair[0])))


@given(pairs)
def test_a_schema_does_not_differ_from_itself(pair: Pair) -> None:
    assert compare(pair[0], pair[0]) == []
