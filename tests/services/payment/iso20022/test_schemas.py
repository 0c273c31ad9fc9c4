"""Our reading of the schemas, against a validator that reads all of XML Schema."""

import random
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.iso20022 import schema, strict
from services.payment.iso20022.schema import Group, Leaf, Types
from services.payment.iso20022.words import Malformed
from tests.services.payment.iso20022.iso_vectors import OURS, VECTORS, body, schemas

SOURCES = [
    "iso20022-pain001-001-refund",
    "iso20022-vn-pain001-refund",
    "iso20022-bank-10-camt.053.001.08",
    "iso20022-vn-camt054-credit",
    "iso20022-bank-04-pain.002.001.10",
    "iso20022-vn-pain013",
    "iso20022-vn-pain014-rjct",
]
TEXTS = ["", " ", "x", "0", "-1", "+5", "1.", ".5", "1e3", "1.123456", "1" * 19, "M" * 36, "ACSC"]
TEXTS += ["true", "2026-11-31", "2026-11-02", "2026-11-02T09:00:00+07:00", "2026-11-02Z", "ĐỒNG"]
PIECE = re.compile(r"<([A-Za-z]+)(?: [^>]*)?>([^<]*)</\1>")


def is_taken(text: str) -> bool:
    try:
        strict.read(text.encode(), schemas())
    except Malformed:
        return False
    return True


@cache
def peer(message: str) -> Any:
    xmlschema = pytest.importorskip("xmlschema", reason="xmlschema is not installed")
    return xmlschema.XMLSchema10(
        (files("services.payment.iso20022") / "schemas" / f"{message}.xsd").read_text()
    )


def peer_takes(message: str, text: str) -> bool:
    validator = peer(message)
    try:
        return bool(validator.is_valid(text))
    except SyntaxError:  # what ElementTree calls XML that is not well-formed
        return False


def changed(text: str, dice: random.Random) -> str:
    """Return a document with one thing changed in it: mostly, it does not fit any more."""
    leaves = list(PIECE.finditer(text))
    one, other = dice.choice(leaves), dice.choice(leaves)
    return dice.choice([
        lambda: text[: one.start()] + text[one.end() :],
        lambda: text[: one.end()] + one[0] + text[one.end() :],
        lambda: text[: one.start()] + other[0] + text[one.end() :],
        lambda: text[: one.start()] + other[0] + text[one.start() :],
        lambda: text.replace(one[0], "\0").replace(other[0], one[0]).replace("\0", other[0]),
        lambda: text[: one.start(2)] + dice.choice(TEXTS) + text[one.end(2) :],
        lambda: text[: one.start(2)] + "<Nm>x</Nm>" + text[one.end(2) :],
        lambda: text[: one.start()] + "between" + text[one.start() :],
        lambda: text[: one.start()] + one[0].replace(f"<{one[1]}", f'<{one[1]} a="b"', 1)
        + text[one.end() :],
        lambda: text[: one.start()] + one[0].replace(one[1], "Unheard") + text[one.end() :],
        lambda: text[: one.start()] + "<!-- a remark -->" + text[one.start() :],
        lambda: text.replace(' Ccy="VND"', dice.choice(["", ' Ccy="vnd"', ' Ccy="EUR"']), 1),
        lambda: re.sub(r"\.001\.(0|1)", ".001.9", text, count=1),
    ])()  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(source=st.sampled_from(SOURCES), seed=st.integers(0, 2**32))
def test_a_general_validator_takes_and_refuses_the_same(source: str, seed: int) -> None:
    dice = random.Random(seed)
    text = re.sub(r"^<\?xml[^>]*\?>\s*", "", body(source).decode())
    for _ in range(dice.randint(0, 2)):
        text = changed(text, dice)
    message = VECTORS[source]["kind"]

    assert is_taken(text) == peer_takes(message, text), text


@pytest.mark.parametrize("message", OURS)
def test_every_schema_in_use_is_one_that_a_general_validator_takes(message: str) -> None:
    assert peer(message).target_namespace == schema.NAMESPACE + message


def test_every_schema_that_is_carried_is_in_use() -> None:
    carried = [
        f.name
        for f in (files("services.payment.iso20022") / "schemas").iterdir()
        if f.name.endswith(".xsd")
    ]

    assert sorted(carried) == sorted(f"{message}.xsd" for message in OURS)


# ---- those that were written from dataclasses


def shape(types: Types, name: str, above: tuple[str, ...] = ()) -> Any:
    found = types[name]
    if isinstance(found, Leaf):
        return found._replace(facets=tuple(sorted(found.facets)))
    if name in above:
        return name
    held = [(p.name, p.most, shape(types, p.type, (*above, name))) for p in found.places]
    optional = [] if found.is_choice else [p.optional for p in found.places]
    return found.is_choice and len(held) > 1, found.anything, held, optional


def test_a_schema_written_from_dataclasses_says_what_the_published_one_says() -> None:
    pytest.importorskip("pyiso20022", reason="pyiso20022 is not installed")
    from tests.services.payment.iso20022.schema_of_dataclasses import written

    again = schema.read(written("pain.001.001.09").encode())
    published = schema.published("pain.001.001.09")

    assert shape(again, "Document") == shape(published, "Document")
    assert sum(isinstance(t, Group) for t in published.values()) > 80


@pytest.mark.parametrize(
    "message", ["pain.002.001.09", "pain.002.001.10", "pain.013.001.07", "pain.014.001.07"]
)
def test_a_written_schema_is_the_one_that_is_carried(message: str) -> None:
    pytest.importorskip("pyiso20022", reason="pyiso20022 is not installed")
    from tests.services.payment.iso20022.schema_of_dataclasses import written

    assert (
        files("services.payment.iso20022") / "schemas" / f"{message}.xsd"
    ).read_text() == written(message)


def test_a_schema_that_says_more_than_is_read_here_is_refused() -> None:
    text = (files("services.payment.iso20022") / "schemas" / "pain.013.001.07.xsd").read_bytes()

    with pytest.raises(schema.UnknownSchema):
        schema.read(text.replace(b"xs:choice", b"xs:all"))
    with pytest.raises(schema.UnknownSchema):
        schema.read(text.replace(b'minOccurs="1"', b'minOccurs="2"', 1))
