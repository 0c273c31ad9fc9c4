"""Callers for tests: each name is a human of its own, unless it is told to be nobody's."""

import hashlib
from collections.abc import Collection, Mapping

from shared.access import Access, Caller
from shared.principals import LOCAL, People, Principal


def human(name: str) -> str:
    """The principal of somebody whom the secrets name."""
    return Principal(LOCAL, name).text


def caller(name: str, role: str = "operator", units: tuple[str, ...] = ()) -> Caller:
    """Somebody whom the secrets name."""
    return Caller(name, role, units, human(name))


def access(keys: Mapping[str, tuple[str, str]], nobodys: Collection[str] = ()) -> Access:
    """An edge's callers: key → name and role; of a name that is `nobodys` the key says no human."""
    rows = {
        hashlib.sha256(key.encode()).hexdigest(): {"name": name, "role": role}
        | ({} if name in nobodys else {"person": name})
        for key, (name, role) in keys.items()
    }
    return Access(rows, People({name: {} for name, _ in keys.values()}))
