"""Schemas: what a message may hold, in which order, read from its published XSD.

ISO 20022 uses little of XML Schema: named types that are a sequence or a choice of elements, or
text with facets.  That much is read here, anything else is refused: a whole message is held to its
schema in a tenth of a millisecond.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from xml.parsers import expat

XSD = "http://www.w3.org/2001/XMLSchema "
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
UNBOUNDED = 1_000_000_000

Facets = tuple[tuple[str, str], ...]


class Leaf(NamedTuple):
    """Text: what it is made of, its facets as they stand, and the attribute that must be there."""

    base: str
    facets: Facets = ()
    attribute: str = ""


class Place(NamedTuple):
    """Where an element may stand in its parent."""

    order: int
    name: str
    type: str
    optional: bool
    most: int


class Group(NamedTuple):
    """Elements in this order, or one of them; `anything`: one element of any kind."""

    is_choice: bool
    places: tuple[Place, ...]
    anything: bool = False


Types = Mapping[str, Leaf | Group]


class UnknownSchema(Exception):
    """An XSD that says something not read here: a mistake in this package."""


@cache
def published(message: str) -> Types:
    """Return the types of a message whose XSD is in this package, `pain.001.001.09` for one."""
    return read((files(__package__) / "schemas" / f"{message}.xsd").read_bytes())


def read(xsd: bytes) -> Types:
    """Return the types that an XSD names."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reading.start
    parser.Parse(xsd, True)
    return reading.types()


class _Reading:
    """The named types of a schema, as they come: nothing in them is nested deeper than its name."""

    def __init__(self) -> None:
        self._base: dict[str, str] = {}
        self._facets: dict[str, list[tuple[str, str]]] = {}
        self._attribute: dict[str, str] = {}
        self._choice: dict[str, bool] = {}
        self._places: dict[str, list[Place]] = {}
        self._anything: set[str] = set()
        self._type = ""

    def start(self, name: str, given: dict[str, Any]) -> None:
        """Take one element of the schema."""
        kind = name.removeprefix(XSD)
        if kind in ("complexType", "simpleType"):
            self._type = given["name"]
        elif kind in ("sequence", "choice"):
            self._choice[self._type] = kind == "choice"
            self._places[self._type] = []
        elif kind == "element":
            self._place(given)
        elif kind in ("restriction", "extension"):
            self._base[self._type] = given["base"]
            self._facets[self._type] = []
        elif kind == "attribute":
            self._attribute[self._type] = given["name"]
        elif kind == "any":
            self._anything.add(self._type)
        elif kind in FACETS:
            self._facets[self._type].append((kind, given["value"]))
        elif kind not in ("schema", "simpleContent"):
            raise UnknownSchema(f"{kind} in {self._type}")

    def _place(self, given: dict[str, Any]) -> None:
        if not self._type:
            return  # the root, Document, is of the type of that name
        places = self._places[self._type]
        least, most = given.get("minOccurs", "1"), given.get("maxOccurs", "1")
        if least not in ("0", "1"):
            raise UnknownSchema(f"minOccurs {least} in {self._type}")
        limit = UNBOUNDED if most == "unbounded" else int(most)
        places.append(Place(len(places), given["name"], given["type"], least == "0", limit))

    def types(self) -> Types:
        """Return what was read."""
        found: dict[str, Leaf | Group] = {}
        for name, places in self._places.items():
            found[name] = Group(self._choice[name], tuple(places), name in self._anything)
        for name, base in self._base.items():
            facets = self._facets[name] or self._facets.get(base, [])
            root = self._base.get(base, base)
            attribute = self._attribute.get(name, "")
            found[name] = Leaf(root.removeprefix("xs:"), tuple(facets), attribute)
        return found


# ---- text

FACETS = frozenset(
    {
        *("enumeration", "pattern", "minLength", "maxLength", "length"),
        *("totalDigits", "fractionDigits", "minInclusive"),
    }
)
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_FORMS = {
    "base64Binary": re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}"),
    "dateTime": re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T{_TIME}{_ZONE}"),
    "time": re.compile(_TIME + _ZONE),
    "gYear": re.compile(rf"(?!0000)[0-9]{{4}}{_ZONE}"),
    "gYearMonth": re.compile(rf"(?!0000)[0-9]{{4}}-(?:0[1-9]|1[0-2]){_ZONE}"),
    "decimal": re.compile(r"[+-]?(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))"),
}
_BLANK = " \t\r\n"


@cache
def problem_of(leaf: Leaf) -> Callable[[str], str]:
    """Return what tells what is wrong with a text, or nothing."""
    base = leaf.base
    if base == "string":
        return _text(leaf.facets)
    form = _FORMS[base]
    limits = dict(leaf.facets)

    def problem(text: str) -> str:
        text = text.strip(_BLANK)
        found = form.fullmatch(text)
        if found is None:
            return f"is no {base}"
        if base in ("date", "dateTime"):
            return "" if _is_day(found[1]) else f"is no {base}"
        return _digits(text, found, limits) if base == "decimal" else ""

    return problem


def _text(facets: Facets) -> Callable[[str], str]:
    codes = frozenset(value for kind, value in facets if kind == "enumeration")
    patterns = [re.compile(value) for kind, value in facets if kind == "pattern"]
    limits = {kind: int(value) for kind, value in facets if kind.lower().endswith("length")}
    exact = limits.get("length")
    least = limits.get("minLength", exact or 0)
    most = limits.get("maxLength", UNBOUNDED if exact is None else exact)

    def problem(text: str) -> str:
        if not least <= len(text) <= most:
            return f"has {len(text)} characters, not {least} to {most}"
        if codes and text not in codes:
            return "is not one of the codes"
        if patterns and not any(p.fullmatch(text) for p in patterns):
            return "has another form"
        return ""

    return problem


def _digits(text: str, found: re.Match[str], limits: Mapping[str, str]) -> str:
    whole = (found[1] or "").lstrip("0")
    fraction = (found[2] or found[3] or "").rstrip("0")
    if len(fraction) > int(limits.get("fractionDigits", UNBOUNDED)):
        return "has too many decimals"
    if len(whole) + len(fraction) > int(limits.get("totalDigits", UNBOUNDED)):
        return "has too many digits"
    if "minInclusive" in limits and text.startswith("-") and (whole or fraction):
        return "is below zero"
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
