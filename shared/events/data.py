"""What every contract is made of.

`published` adds to the JSON Schema what reading does not enforce: the domain refuses it in words of
its own, with the field and the remedy.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec


def published(**keywords: Any) -> msgspec.Meta:
    """Return what a JSON Schema says of a field besides its type; decoding does not look at it."""
    return msgspec.Meta(extra_json_schema=keywords)


_INSTANT = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$"
)

Instant = Annotated[datetime, msgspec.Meta(tz=True, extra_json_schema={"pattern": _INSTANT})]
Text = Annotated[str, published(maxLength=500)]
NationalCode = Annotated[int, published(minimum=0, maximum=10)]
Amount = Annotated[int, published(minimum=0)]


class Data(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The data of an event.  Unknown fields are ignored: a reader may be older than a writer.

    `gc=False`, here and wherever many are kept: what is frozen is in no cycle, so the garbage
    collector need not walk through it.
    """

    TYPE: ClassVar[str] = ""


class Strict(Data, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data of a message from outside: an unknown field is the sender's mistake, and said so."""


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attachment: the name of the required document it satisfies, its SHA-256 in hex, its media
    type.
    """

    name: Text
    sha256: Annotated[str, published(pattern="^[0-9a-f]{64}$")]
    media_type: Text = "application/pdf"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with what was sent: where (a JSON pointer), a stable code, and the remedy in
    two languages.
    """

    field: str
    code: str
    remedy_vi: str
    remedy_en: str


class FeeLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of an obligation.  `kind` is `fee` (phí), `charge` (lệ phí) or `tax`: each kind has
    a receipt of its own.
    """

    kind: str
    name_vi: str
    quantity: int
    unit_amount_vnd: int
    amount_vnd: int
