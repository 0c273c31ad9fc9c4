"""What was sealed, as the page shows it that is shown once."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.operations.console.facts import same
from services.operations.console.spoken import moment, read
from services.operations.console.types import called
from services.operations.domain.citizen.words import Words
from services.operations.unsealing import Field, Unsealed

CALLED: Mapping[str, Words] = {
    "name": Words("Họ và tên", "Name"),
    "personal_number": Words("Số định danh", "Personal number"),
    "phone": Words("Số điện thoại", "Telephone"),
    "email": Words("Thư điện tử", "Mail"),
    "address": Words("Địa chỉ", "Address"),
}


class ShownField(NamedTuple):
    """A message whose fields were sealed, and what stands in them."""

    name: Words
    at: Words
    path: str
    values: tuple[tuple[Words, str], ...]


def unsealed(found: Unsealed) -> list[ShownField]:
    """Return what is shown of each field, the newest first."""
    return [
        ShownField(called(f.type), moment(read(f.at)), f.path, tuple(_shown(f)))
        for f in found.fields
    ]


def _shown(field: Field) -> Iterator[tuple[Words, str]]:
    for path, value in _values("", field.value):
        yield CALLED.get(path) or same(path or field.path), value


def _values(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield the values in a field, each with where it stands; empty ones are left out."""
    match value:
        case dict():
            for name, each in value.items():
                yield from _values(f"{path}.{name}".strip("."), each)
        case list():
            for n, each in enumerate(value, 1):
                yield from _values(f"{path} {n}".strip(), each)
        case None | "":
            return
        case _:
            yield path, str(value)
