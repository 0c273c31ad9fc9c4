"""Rules as somebody wrote them: read, checked, and given a version that no others have.

What decides and explains assumes all of this: each rule has an id of its own, in one word, and
words in both languages; nothing ends before it begins; every code is one of the catalogue.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.routing.domain.dossier import BY_A_PERSON
from services.routing.domain.reasons import Reason, reason
from services.routing.domain.rule_table import CONFLICT, NO_RULE, ProvinceList, Rule, Rules
from shared.catalogue import Catalogue
from shared.errors import Misconfigured

RULES = Path(__file__).parent / "rules.json"
TOLD_LIMIT = 20  # problems said at once

_ID = re.compile("[a-z0-9](-?[a-z0-9]){0,63}")
_VERSION = re.compile("[0-9A-Za-z][0-9A-Za-z./_-]{0,63}")
_RESERVED = BY_A_PERSON | {NO_RULE, CONFLICT}


class Wrong(NamedTuple):
    """What is wrong with rules: where, as a JSON pointer, and what to do."""

    field: str
    code: str
    reason: Reason


def load_rules(path: Path = RULES, catalogue: Catalogue | None = None) -> Rules:
    """Read the rules, whole and right or not at all; without a catalogue no code is looked up.

    Raises `Misconfigured`.
    """
    try:
        rules = msgspec.json.decode(path.read_bytes(), type=Rules)
    except (OSError, msgspec.MsgspecError) as e:
        raise Misconfigured(f"the routing rules in {path} cannot be read: {e}") from e
    if found := wrongs(rules, catalogue):
        more = f"; and {len(found) - TOLD_LIMIT} more" if len(found) > TOLD_LIMIT else ""
        told = "; ".join(f"{wrong.field}: {wrong.reason}" for wrong in found[:TOLD_LIMIT])
        raise Misconfigured(f"the routing rules in {path} are refused: {told}{more}")
    return versioned(rules)


def versioned(rules: Rules) -> Rules:
    """Return the rules with a hash of what they say in their version: no others have the same."""
    digest = hashlib.sha256(msgspec.json.encode(rules, order="sorted")).hexdigest()
    return msgspec.structs.replace(rules, version=f"{rules.version}+{digest[:8]}")


def wrongs(rules: Rules, catalogue: Catalogue | None) -> list[Wrong]:
    """Return everything that is wrong, none if nothing is."""
    found = [] if _VERSION.fullmatch(rules.version) else [_wrong("/version", "rules-version")]
    found += _ids(rules.rules)
    for n, rule in enumerate(rules.rules):
        found += _days(f"/rules/{n}", rule)
        if not (rule.why_vi.strip() and rule.why_en.strip()):
            found.append(_wrong(f"/rules/{n}", "rule-unworded", id=rule.id))
    for n, one in enumerate(rules.lists):
        found += _days(f"/lists/{n}", one)
    found += _overlaps(rules.lists)
    if catalogue is not None:
        found += _codes(rules, catalogue)
    return found


def _wrong(field: str, code: str, **fields: object) -> Wrong:
    return Wrong(field, code, reason(code, **fields))


def _ids(rules: Sequence[Rule]) -> Iterator[Wrong]:
    known = set[str]()
    for n, rule in enumerate(rules):
        field = f"/rules/{n}/id"
        if not _ID.fullmatch(rule.id):
            yield _wrong(field, "rule-id", id=rule.id)
        elif rule.id in _RESERVED:
            yield _wrong(field, "rule-id-reserved", id=rule.id)
        elif rule.id in known:
            yield _wrong(field, "rule-twice", id=rule.id)
        known.add(rule.id)


def _days(field: str, row: Rule | ProvinceList) -> Iterator[Wrong]:
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        field = f"{field}/valid_to"
        yield _wrong(field, "rule-ends-first", since=row.valid_from, to=row.valid_to)


def _overlaps(lists: Sequence[ProvinceList]) -> Iterator[Wrong]:
    for n, one in enumerate(lists):
        for other in lists[:n]:
            is_same = one.province == other.province
            if is_same and _goes_on(one, other) and _goes_on(other, one):
                yield _wrong(f"/lists/{n}", "lists-overlap", province=one.province)
                break


def _goes_on(one: ProvinceList, other: ProvinceList) -> bool:
    """Whether one has not ended when the other begins."""
    return one.valid_to is None or other.valid_from < one.valid_to


def _codes(rules: Rules, catalogue: Catalogue) -> Iterator[Wrong]:
    """Look every code up; a list's procedures may be such as the catalogue does not have."""
    named = [(f"/rules/{n}/procedure", rule.procedure) for n, rule in enumerate(rules.rules)]
    for field, procedures in (("/object_bound", rules.object_bound), *named):
        for code in sorted(procedures):
            if not catalogue.knows_procedure(code):
                yield _wrong(field, "rule-procedure", procedure=code)
    places = [(f"/rules/{n}/province", rule.province) for n, rule in enumerate(rules.rules)]
    places += [(f"/lists/{n}/province", frozenset([o.province])) for n, o in enumerate(rules.lists)]
    for field, provinces in places:
        for code in sorted(provinces):
            if not any(unit.is_province for unit in catalogue.units.get(code, ())):
                yield _wrong(field, "rule-province", province=code)
