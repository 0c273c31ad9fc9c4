"""What a procedure asks for on a day: answers, documents, a channel, a level.

A form is a JSON Schema (2020-12) over answers, which are texts.  Those in `data/forms` are written
by hand; for every other procedure one is made of its row in the catalogue, which then checks what
the catalogue knows and lets other answers pass.  Imported only where forms are needed: the
validators cost memory.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from shared.catalogue.dated import in_force
from shared.catalogue.fees import ByCase, Flat, PerPage
from shared.catalogue.rows import Level, Procedure
from shared.errors import Misconfigured

FORMS = Path(__file__).parent / "data" / "forms"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LEVELS: tuple[Level, ...] = ("commune", "province", "ministry")
CHANNELS = ("direct", "online", "post")
REMEMBERED = 20_000

Schema = Mapping[str, Any]
T = TypeVar("T")


class WrittenForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form written by hand.  Its answers stand for the required document `stands_for`."""

    procedure: str
    stands_for: str
    confidence: str
    schema: dict[str, Any]
    valid_from: date
    valid_to: date | None


class Reception(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where and how some procedures are received; what is empty matches, or allows, anything."""

    because: str
    confidence: str
    valid_from: date
    valid_to: date | None
    procedures: tuple[str, ...] = ()
    competent_level: str = ""
    non_boundary: str = ""
    levels: tuple[Level, ...] = LEVELS
    channels: tuple[str, ...] = CHANNELS

    def concerns(self, procedure: Procedure) -> bool:
        """Whether this row speaks of a procedure."""
        return (
            (not self.procedures or procedure.code in self.procedures)
            and self.competent_level in ("", procedure.competent_level)
            and self.non_boundary in ("", procedure.non_boundary)
        )


class Optional(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documents of the catalogue that need not always be attached."""

    documents: tuple[str, ...]
    because: str
    valid_from: date
    valid_to: date | None


class _Receiving(msgspec.Struct, forbid_unknown_fields=True):
    receptions: tuple[Reception, ...]
    optional: tuple[Optional, ...]


class _PersonalNumbers(msgspec.Struct, forbid_unknown_fields=True):
    prefixes: dict[str, str]


@dataclass(frozen=True)
class ProcedureForm:
    """What one procedure asks for on one day."""

    procedure: Procedure
    schema: Schema
    is_written: bool
    stands_for: str = ""
    documents: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset(LEVELS)
    channels: frozenset[str] = frozenset(CHANNELS)

    @cached_property
    def validator(self) -> Draft202012Validator:
        """Return what checks answers."""
        return Draft202012Validator(self.schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def marked(self, mark: str) -> list[tuple[str, Any]]:
        """Return the answers that carry a mark of ours (`x-past`), and what it says."""
        asked: Mapping[str, Schema] = self.schema["properties"]
        return [(name, each[mark]) for name, each in asked.items() if mark in each]


@dataclass(frozen=True)
class Forms:
    """All forms, written and made.  `known_prefixes`: the first digits of personal numbers."""

    version: str = ""
    written: Mapping[str, Sequence[WrittenForm]] = field(default_factory=dict)
    receptions: Sequence[Reception] = ()
    optional: Sequence[Optional] = ()
    known_prefixes: frozenset[str] = frozenset()
    _made: dict[tuple[str, date], ProcedureForm] = field(default_factory=dict, repr=False)

    def of(self, procedure: Procedure, on: date) -> ProcedureForm:
        """Return what a procedure asks for on a day; made once."""
        made = self._made.get((procedure.code, on))
        if made is None or made.procedure is not procedure:
            if len(self._made) >= REMEMBERED:
                self._made.clear()
            made = self._made[procedure.code, on] = self._make(procedure, on)
        return made

    def _make(self, procedure: Procedure, on: date) -> ProcedureForm:
        written = in_force(self.written.get(procedure.code, ()), on)
        rows = [r for r in self.receptions if r.concerns(procedure) and in_force((r,), on)]
        spared = {d for o in self.optional if in_force((o,), on) for d in o.documents}
        return ProcedureForm(
            procedure,
            written.schema if written else made_of(procedure),
            written is not None,
            written.stands_for if written else "",
            frozenset(procedure.required_documents) - spared,
            frozenset(LEVELS).intersection(*(r.levels for r in rows)),
            frozenset(CHANNELS).intersection(*(r.channels for r in rows)),
        )


def made_of(procedure: Procedure) -> Schema:
    """Return the form that a row of the catalogue gives: what its fee depends on, and free text."""
    fee = procedure.fee
    cases = fee.cases if isinstance(fee, ByCase) else ()
    cases = fee.variants if isinstance(fee, Flat) else cases
    asked: dict[str, Schema] = {
        "request": _text("Nội dung đề nghị", "What is asked for", maxLength=4_000)
    }
    if cases:
        names = [case.case for case in cases]
        asked["case"] = _text("Trường hợp", "The case", enum=names)
    if isinstance(fee, PerPage):
        digits = "^[1-9][0-9]{0,3}$"
        asked["pages"] = _text("Số trang", "Number of pages", pattern=digits, examples=["2"])
    if fee.exemptions:
        asked["exemption"] = _text("Diện miễn", "Ground of exemption", enum=list(fee.exemptions))
    return {
        "$schema": DIALECT,
        "title": procedure.name_vi,
        "x-title-en": procedure.name_en,
        "type": "object",
        "properties": asked,
        "additionalProperties": {"type": "string"},
    }


def load(folder: Path = FORMS) -> Forms:
    """Read all forms and check them.  Raises `Misconfigured`, with the file."""
    digest, written = hashlib.sha256(), dict[str, tuple[WrittenForm, ...]]()
    content = {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}
    for text in content.values():
        digest.update(text)
    receiving = _read("receiving.json", content, _Receiving)
    numbers = _read("personal_numbers.json", content, _PersonalNumbers)
    for name in content.keys() - {"receiving.json", "personal_numbers.json"}:
        form = _read(name, content, WrittenForm)
        try:
            Draft202012Validator.check_schema(form.schema)
        except SchemaError as e:
            raise Misconfigured(f"form {name}: {e.message} at {e.json_path}") from e
        written[form.procedure] = (*written.get(form.procedure, ()), form)
    return Forms(
        digest.hexdigest()[:8],
        written,
        receiving.receptions,
        receiving.optional,
        frozenset(numbers.prefixes),
    )


def _read(name: str, content: Mapping[str, bytes], kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content[name], type=kind)
    except KeyError:
        raise Misconfigured(f"form data {name} is missing") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise Misconfigured(f"form data {name}: {e}") from e


def _text(vi: str, en: str, **keywords: Any) -> Schema:
    return {"title": vi, "x-title-en": en, "type": "string", **keywords}
