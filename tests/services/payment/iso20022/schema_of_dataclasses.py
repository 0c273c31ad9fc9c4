"""Write an XSD from pyiso20022's dataclasses, for the messages whose published XSD we may not copy.

Run as `python -m tests.services.payment.iso20022.schema_of_dataclasses pain.013.001.07 > FILE`.
The classes keep order, occurrence, and facets, but not what is a choice: in ISO 20022 that is every
type named so.  A test holds this against published XSDs of other messages.
"""

import dataclasses
import sys
import typing
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any
from xml.sax.saxutils import quoteattr

from xsdata.models import datatype

NAMES = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "total_digits": "totalDigits",
    "fraction_digits": "fractionDigits",
    "min_inclusive": "minInclusive",
}
BASES: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    bytes: "base64Binary",
    datatype.XmlDate: "date",
    datatype.XmlDateTime: "dateTime",
    datatype.XmlTime: "time",
    datatype.XmlPeriod: "gYear",
}


def written(message: str) -> str:
    """Return the XSD of a message."""
    name = message.replace(".", "_")
    module = import_module(f"pyiso20022.{message.split('.')[0]}.{name}.{name}")
    return _Writing(module, message).text()


class _Writing:
    def __init__(self, module: ModuleType, message: str) -> None:
        self._module, self._message = module, message
        self._simple: dict[str, str] = {}
        self._complex: dict[str, str] = {}

    def text(self) -> str:
        self._class(self._module.Document)
        namespace = f"urn:iso:std:iso:20022:tech:xsd:{self._message}"
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<!-- Written from the dataclasses of pyiso20022 1.6.2 (MIT): {__spec__.name} -->",
            f'<xs:schema xmlns="{namespace}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
            f' elementFormDefault="qualified" targetNamespace="{namespace}">',
            '<xs:element name="Document" type="Document"/>',
            *(t for _, t in sorted((self._simple | self._complex).items())),
            "</xs:schema>",
        ]
        return "\n".join(lines) + "\n"

    def _class(self, cls: Any) -> str:
        if cls.__name__ in self._complex:
            return str(cls.__name__)
        fields = {f.name: f for f in dataclasses.fields(cls)}
        hints = typing.get_type_hints(cls, vars(self._module))
        name = str(cls.__name__)
        self._complex[name] = ""
        if "ccy" in fields and fields["ccy"].metadata["type"] == "Attribute":
            value = self._leaf(hints["value"], fields["value"].metadata)
            code = self._leaf(str, fields["ccy"].metadata)
            self._complex[name] = (
                f'<xs:complexType name="{name}"><xs:simpleContent><xs:extension base="{value}">'
                f'<xs:attribute name="Ccy" type="{code}" use="required"/>'
                "</xs:extension></xs:simpleContent></xs:complexType>"
            )
            return name
        kind = "choice" if name.endswith("Choice") else "sequence"
        held = [self._element(f, hints[f.name], kind == "choice") for f in fields.values()]
        self._complex[name] = (
            f'<xs:complexType name="{name}"><xs:{kind}>\n  '
            + "\n  ".join(held)
            + f"\n</xs:{kind}></xs:complexType>"
        )
        return name

    def _element(self, field: Any, hint: Any, in_choice: bool) -> str:
        given = field.metadata
        if given.get("type") == "Wildcard":
            return '<xs:any namespace="##any" processContents="lax"/>'
        many = typing.get_origin(hint) is list
        inner = [a for a in typing.get_args(hint) if a is not type(None)] or [hint]
        found = inner[0]
        kind = self._class(found) if dataclasses.is_dataclass(found) else self._leaf(found, given)
        optional = not in_choice and not given.get("required") and not given.get("min_occurs")
        most = str(given.get("max_occurs", "unbounded")) if many else "1"
        occurs = f' maxOccurs="{most}" minOccurs="{0 if optional else 1}"'
        return f'<xs:element{occurs} name="{given["name"]}" type="{kind}"/>'

    def _leaf(self, found: Any, given: Any) -> str:
        facets = [(x, str(given[n])) for n, x in NAMES.items() if n in given]
        if isinstance(found, type) and issubclass(found, Enum):
            facets = [("enumeration", code.value) for code in found]
            name, base = found.__name__, "string"
        else:
            base = BASES.get(found, "decimal")
            name = "_".join([base, *(f"{n[:4]}{v}" for n, v in facets)])
            name = "".join(c if c.isalnum() or c in "_." else "." for c in name)
        held = "".join(f"<xs:{n} value={quoteattr(v)}/>" for n, v in facets)
        text = (
            f'<xs:simpleType name="{name}"><xs:restriction base="xs:{base}">{held}'
            "</xs:restriction></xs:simpleType>"
        )
        if self._simple.setdefault(name, text) != text:
            raise ValueError(f"two types would be called {name}")
        return name


if __name__ == "__main__":
    sys.stdout.write(written(sys.argv[1]))
