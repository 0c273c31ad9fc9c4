"""What every contract is made of.

`published` adds to the JSON Schema what reading does not enforce: the domain refuses it in words of
its own, with the field and the remedy.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from shared.dossier_codes import FORM as DOSSIER_CODE


def published(**keywords: Any) -> msgspec.Meta:
    """Return what a JSON Schema says of a field besides its type; decoding does not look at it."""
    return msgspec.Meta(extra_json_schema=keywords)


_INSTANT = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$"
)

Instant = Annotated[datetime, msgspec.Meta(tz=True, extra_json_schema={"pattern": _INSTANT})]
NOTE_LIMIT = 2_000  # characters of what an officer writes; the citizen reads all of them
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


PDF = "application/pdf"


class Document(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """An attachment, as it is sent: the name of the required document it satisfies, its SHA-256 in
    hex, its media type.

    `digitised`: made from paper.  `reused`: not asked of the citizen again; `source` is the code of
    the dossier whose result it is, or of the organisation whose data it is from.  `e_certified`: an
    electronic copy that was certified, under the number `certificate`.
    """

    name: Text
    sha256: Annotated[str, published(pattern="^[0-9a-f]{64}$")]
    # a factory: what is left out is written all the same, as it always was
    media_type: Annotated[str, published(maxLength=500, default=PDF)] = msgspec.field(
        default_factory=lambda: PDF
    )
    digitised: bool = False
    reused: bool = False
    source: Annotated[str, published(maxLength=100)] = ""
    e_certified: bool = False
    certificate: Annotated[str, published(maxLength=100)] = ""

    @property
    def digitisation(self) -> int:
        """The national code: 0 none, 1 digitised, 2 reused, 3 reused from another's result."""
        if self.reused:
            return 3 if DOSSIER_CODE.fullmatch(self.source) else 2
        return int(self.digitised)

    @property
    def is_marked(self) -> bool:
        """Whether more is said of it than that it is there."""
        return self.digitised or self.reused or self.e_certified


class Filed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attachment that came in: the name of the required document it satisfies, its SHA-256 in
    hex, its media type.  What more is said of it stands in a `Mark`.
    """

    name: Text
    sha256: Annotated[str, published(pattern="^[0-9a-f]{64}$")]
    media_type: Text = PDF


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of a document, by its place in the list, besides that it is there."""

    document: int
    digitised: bool = False
    reused: bool = False
    source: str = ""
    e_certified: bool = False
    certificate: str = ""


MARKED_LIMIT = 100  # documents of one application
_SAID = tuple(f for f in Mark.__struct_fields__ if f != "document")


def filed(documents: Sequence[Document]) -> tuple[Filed, ...]:
    """Return documents as they came in."""
    return tuple(Filed(name=d.name, sha256=d.sha256, media_type=d.media_type) for d in documents)


def marks(documents: Sequence[Document]) -> tuple[Mark, ...]:
    """Return what more is said of documents; as a rule nothing."""
    return tuple(
        Mark(document=n, **{field: getattr(d, field) for field in _SAID})
        for n, d in enumerate(documents)
        if d.is_marked
    )


def joined(documents: Sequence[Filed], said: Sequence[Mark]) -> tuple[Document, ...]:
    """Return the documents of which more is said, with that."""
    return tuple(
        Document(
            **msgspec.structs.asdict(documents[mark.document]),
            **{field: getattr(mark, field) for field in _SAID},
        )
        for mark in said
    )


def marked(before: tuple[Document, ...], documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return what more is said of an application's documents, the latest last."""
    more = tuple(d for d in documents if d.is_marked)
    return (*before, *more)[-MARKED_LIMIT:] if more else before


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with what was sent: where (a JSON pointer), a stable code, and the remedy in
    two languages.
    """

    field: str
    code: str
    remedy_vi: str
    remedy_en: str


Way = Literal["sms", "email", "app", "zalo"]
Ways = Annotated[tuple[Way, ...], published(maxItems=4, uniqueItems=True)]


class Consent(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,
):
    """By which ways the citizen agrees to be told, and a representative, where there is one; where
    there is none, the portal alone shows it.
    """

    channels: Ways = ("sms",)
    representative: Ways = ()


class FeeFacts(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,
):
    """What a fee depends on besides procedure, place, channel and copies, where it is known.

    `case`: which of the rule's cases it is (`reissue_lost`, `late` …; empty: the usual one).
    `pages`: of one copy (0: nobody has counted them).  `exemption`: the category of person that the
    law spares (`poor_household`, `disabled` …).
    """

    case: Annotated[str, published(maxLength=40)] = ""
    pages: Annotated[int, published(minimum=0, maximum=2_000)] = 0
    exemption: Annotated[str, published(maxLength=40)] = ""


class Exemption(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What was taken off, and by which text: a person is spared (`category`), or a province waives
    what it may ask on a channel.
    """

    rule: Literal["exemption", "waiver"]
    source: str
    off_vnd: Amount
    category: str = ""
    name_vi: str = ""


class FeeLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line of an obligation.  `kind` is `fee` (phí), `charge` (lệ phí) or `tax`: each kind has
    a receipt of its own.  `amount_vnd` is due: what a person is spared, `exempted_vnd`, is off.
    """

    kind: str
    name_vi: str
    quantity: int
    unit_amount_vnd: int
    amount_vnd: int
    exempted_vnd: int = 0
