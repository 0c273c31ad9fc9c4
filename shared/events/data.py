"""What every contract is made of."""

from typing import ClassVar

import msgspec


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """The data of an event.  Unknown fields are ignored: a reader may be older than a writer."""

    TYPE: ClassVar[str] = ""


class Strict(Data, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data of a message from outside: an unknown field is the sender's mistake, and said so."""


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attachment: the name of the required document it satisfies, its SHA-256 in hex, its media
    type.
    """

    name: str
    sha256: str
    media_type: str = "application/pdf"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with what was sent: where (a JSON pointer), a stable code, and the remedy in
    two languages.
    """

    field: str
    code: str
    remedy_vi: str
    remedy_en: str


class FeeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an obligation.  `kind` is `fee` (phí), `charge` (lệ phí) or `tax`: each kind has
    a receipt of its own.
    """

    kind: str
    name_vi: str
    quantity: int
    unit_amount_vnd: int
    amount_vnd: int
