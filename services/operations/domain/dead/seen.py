"""What the second person sees of a copy that somebody mended."""

import re

from services.operations.domain.dead.contrast import expected_of, shown, steps
from shared.masking import masked

# fields that hold a code, of which contracts say no more than that it is a text
CODED = frozenset(
    {
        *("procedure", "step", "exemption", "case", "rule", "rule_version", "catalogue_version"),
        *("unit", "for_units", "receiving_unit", "residence_unit", "object_unit"),
        *("competent_unit", "returning_unit", "dossier_code", "period"),
        *("partner", "portal", "channel", "language", "milestone", "applicant_kind", "media_type"),
    }
)
_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/+-]{0,38}[A-Za-z0-9])?")


def written(topic: str, type_: object, path: str, value: object) -> str:
    """Return what may be seen of what somebody put there, in a copy of this type.

    It is what is shown of any record, and a code in a field for codes: the second person has to see
    which unit or procedure it became.
    """
    name = next((part for part in reversed(steps(path) or ()) if isinstance(part, str)), "")
    if name in CODED and isinstance(value, str) and _CODE.fullmatch(value):
        return masked(value)
    return shown(path, value, expected_of(topic, {"type": type_}, path))
