"""The receipt: where an application went in, whom to ask about it, where to look it up."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from shared.catalogue import Catalogue
from shared.catalogue.dated import in_force
from shared.errors import Misconfigured
from shared.events.data import Document

CONTACTS = Path(__file__).with_name("contacts.json")


class Contact(msgspec.Struct, frozen=True, array_like=True):
    """How a unit is reached; of an empty `unit`: how any unit is that has no row of its own."""

    unit: str
    hotline: str
    address: str
    confidence: str
    valid_from: date
    valid_to: date | None


Contacts = Mapping[str, Sequence[Contact]]


class _File(msgspec.Struct):
    rows: list[Contact]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A document of which more is known than that it is there.

    `digitisation` is the national code: 1 digitised, 2 reused, 3 reused from another dossier's
    result, 0 none of these.
    """

    name: str
    sha256: str
    digitisation: int
    source: str
    e_certified: bool
    certificate: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the citizen is handed.  `status_link` is the citizen's alone, as is `status_code`, which
    is typed beside the dossier code where there is no link: keep both out of logs.

    `documents` are those that were digitised, reused or certified electronically.
    `is_address_known`: whether `address` is one, and not but the names of unit and province.
    """

    receiving_unit: str
    unit_name: str
    address: str
    hotline: str
    status_link: str
    documents: tuple[Paper, ...] = ()
    is_address_known: bool = True
    status_code: str = ""


def load_contacts(file: Path = CONTACTS) -> Contacts:
    """Read how units are reached.  Raises `Misconfigured`."""
    try:
        rows = msgspec.json.decode(file.read_bytes(), type=_File).rows
    except (OSError, msgspec.MsgspecError) as error:
        raise Misconfigured(f"the contacts in {file} cannot be read: {error}") from error
    return {unit: [r for r in rows if r.unit == unit] for unit in {r.unit for r in rows}}


def receipt(
    unit_code: str,
    on: date,
    catalogue: Catalogue,
    contacts: Contacts,
    status_link: str,
    documents: Sequence[Document] = (),
    status_code: str = "",
) -> Receipt:
    """Return the receipt of what went in at a unit on this day.

    The contact is the unit's, else its province's, else everybody's; a unit without an address is
    found by its name.
    """
    unit, province = catalogue.unit(unit_code, on), catalogue.province_of(unit_code, on)
    places = (unit_code, province.code if province else "", "")
    found = [row for place in places if (row := in_force(contacts.get(place, ()), on))]
    named = [u.name for u in dict.fromkeys((unit, province)) if u]
    address = found[0].address if found else ""
    return Receipt(
        receiving_unit=unit_code,
        unit_name=unit.name if unit else "",
        address=address or ", ".join(named),
        is_address_known=bool(address),
        hotline=found[0].hotline if found else "",
        status_link=status_link,
        status_code=status_code,
        documents=tuple(map(_paper, documents)),
    )


def _paper(document: Document) -> Paper:
    return Paper(
        name=document.name,
        sha256=document.sha256,
        digitisation=document.digitisation,
        source=document.source,
        e_certified=document.e_certified,
        certificate=document.certificate,
    )
