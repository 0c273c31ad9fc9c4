"""References: our order numbers, which no partner's format lets be an application id.

`DVC`, the day of the application's id, ten digits from a hash, a check digit: the same attempt has
the same one whoever asks.  Each partner's own form is made of it and read back by its gateway: the
fifteen digits are an integer that every language holds exactly, the whole is short enough for the
text of a transfer.  A row (reference → application) is inserted before an order opens; the
reference of another application's row is passed over.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from uuid import UUID

from services.payment.domain.luhn import check_digit
from shared.store import Table

PROBE_LIMIT = 16
REMEMBERED_LIMIT = 50_000
_DIGITS = 10
_DAY_MS = 86_400_000

Attempt = tuple[str, int]  # application, number
Claimed = Mapping[Attempt, str]


class NoReference(Exception):
    """All references that an attempt may have are taken: more digits are needed."""


def reference(application: str, number: int, probe: int = 0) -> str:
    """Return the reference of an attempt, the first unless it is taken."""
    day = (UUID(application).int >> 80) // _DAY_MS % 10_000
    digest = blake2b(f"{application}/{number}/{probe}".encode(), digest_size=8).digest()
    digits = f"{day:04d}{int.from_bytes(digest) % 10**_DIGITS:0{_DIGITS}d}"
    return f"DVC{digits}{check_digit(digits)}"


class References:
    """The references of all applications, on a table; `named` says what an attempt may have."""

    def __init__(self, table: Table, named: Callable[[str, int, int], str] = reference) -> None:
        self._table, self._named = table, named
        self._ours: OrderedDict[str, str] = OrderedDict()  # reference → application

    async def claim(self, attempts: Iterable[Attempt]) -> Claimed:
        """Return a reference for each attempt, the same every time.  Raises `Unknown`."""
        claimed: dict[Attempt, str] = {}
        missing = list(dict.fromkeys(attempts))
        for probe in range(PROBE_LIMIT):
            if not missing:
                return claimed
            wanted: dict[str, Attempt] = {}
            for attempt in missing:
                wanted.setdefault(self._named(*attempt, probe), attempt)
            claimed |= await self._take(wanted)
            missing = [a for a in missing if a not in claimed]
        raise NoReference(f"no reference is left for {missing[:3]}")

    async def _take(self, wanted: Mapping[str, Attempt]) -> dict[Attempt, str]:
        rows = [{"_id": r, "application": a, "attempt": n} for r, (a, n) in wanted.items()]
        stood = await self._table.insert_missing(rows)
        ours = {a: r for r, a in wanted.items() if r not in stood}
        for row in await self._table.get(sorted(stood)) if stood else ():
            owner = row["application"], row["attempt"]
            if wanted[row["_id"]] == owner:
                ours[owner] = row["_id"]
        self._remember(ours)
        return ours

    def _remember(self, ours: Mapping[Attempt, str]) -> None:
        self._ours.update((reference, application) for (application, _), reference in ours.items())
        while len(self._ours) > REMEMBERED_LIMIT:
            self._ours.popitem(last=False)

    def known(self, reference: str) -> str | None:
        """Return the application of a reference claimed here lately: a row never changes."""
        return self._ours.get(reference)

    async def find(self, references: Sequence[str]) -> Mapping[str, str]:
        """Return the application of each reference that stands.  Raises `Unknown`."""
        rows = await self._table.get(references)
        return {row["_id"]: row["application"] for row in rows}
