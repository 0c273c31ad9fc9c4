"""What was booked: camt.052 during the day, camt.053 at its end, camt.054 at once.

A file of any length is read as it comes: a `Head` for each report in it, then its movements.  The
sums it declares, and that opening and entries make closing, are known at the end of each report:
whoever acts on movements before that must be able to take them back.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from services.payment.iso20022.nodes import Node
from services.payment.iso20022.schema import published
from services.payment.iso20022.strict import stream
from services.payment.iso20022.words import BOOKED, CURRENCY, NO_REFERENCE, Malformed, dong
from shared.clock import VIETNAM

VERSIONS = ("07", "08", "09")
NOTIFICATIONS = tuple(f"camt.054.001.{v}" for v in VERSIONS)
STATEMENTS = tuple(f"camt.053.001.{v}" for v in VERSIONS)
INTRADAY = tuple(f"camt.052.001.{v}" for v in VERSIONS)
STATEMENT_LIMIT_BYTES = 2**30

DATE = len("2026-11-02")  # a zone may follow
_REPORTS = frozenset({"Ntfctn", "Stmt", "Rpt"})
_ENTRIES = frozenset({"Ntry"})
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_INTERIM = ("ITBD",)


class Head(NamedTuple):
    """A report: its number, whose account, and the balances it declares (None: it has none)."""

    kind: str  # Ntfctn, Stmt or Rpt
    identity: str
    account: str
    opening_vnd: int | None
    closing_vnd: int | None


class Movement(NamedTuple):
    """One transaction of an entry.

    `number` is the bank's own of it, "" if it gave none.  `reference` is the end-to-end reference,
    "" if nobody gave one; `structured` the creditor's references, `texts` what else was written.
    Money in is positive.
    """

    account: str
    number: str
    amount_vnd: int
    status: str
    reversal: bool
    day: date | None
    reference: str
    structured: tuple[str, ...]
    texts: tuple[str, ...]
    message: str  # of our own file, if this is one of our transfers
    returned: str  # why it came back, if it is a return

    @property
    def booked(self) -> bool:
        """Tell whether the money is there."""
        return self.status == BOOKED


def read_reports(
    chunks: Iterable[bytes],
    messages: Iterable[str],
    limit_bytes: int = STATEMENT_LIMIT_BYTES,
) -> Iterator[Head | Movement]:
    """Yield what these bytes report.  Raises `Malformed`, at the latest at the end of a report."""
    schemas = {m: published(m) for m in messages}
    report: _Report | None = None
    for parent, entry in stream(chunks, schemas, _ENTRIES, _REPORTS, limit_bytes):
        if report is None:
            report = _Report(parent)
            yield report.head
        if entry is None:
            report.check()
            report = None
        else:
            yield from report.take(entry)


class _Report:
    """One report on its way: what it declared, what has come of it."""

    def __init__(self, node: Node) -> None:
        self._node = node
        account = node.one("Acct")
        if account.at("Ccy") not in ("", CURRENCY):
            raise Malformed("AM03", self._at("Acct/Ccy"), f"is {account.at('Ccy')}")
        self._balances = [_balance(b, self._at("Bal")) for b in node.all("Bal")]
        self.head = Head(
            node.name,
            node.at("Id"),
            account.at("Id/IBAN") or account.at("Id/Othr/Id"),
            *self._ends(),
        )
        self._entries = 0
        self._credits: list[int] = [0, 0]  # how many, how much: of all that the bank counts
        self._debits: list[int] = [0, 0]
        self._net_vnd = 0

    def _at(self, path: str) -> str:
        return f"/{self._node.name}/{path}"

    def _ends(self) -> tuple[int | None, int | None]:
        codes: tuple[tuple[str, ...], tuple[str, ...]] = _OPENING, _CLOSING
        if self._node.name == "Stmt" and self._node.at("StmtPgntn/LastPgInd") in ("false", "0"):
            codes = (*_OPENING, *_INTERIM), _INTERIM
        elif self._node.at("StmtPgntn/PgNb").lstrip("0") not in ("", "1"):
            codes = (*_OPENING, *_INTERIM), _CLOSING
        if self._node.name == "Rpt":
            codes = _OPENING, _INTERIM
        opening = next((vnd for code, vnd in self._balances if code in codes[0]), None)
        closing = next((vnd for code, vnd in reversed(self._balances) if code in codes[1]), None)
        if self._node.name == "Stmt" and None in (opening, closing):
            raise Malformed("FF01", self._at("Bal"), "has no opening or no closing balance")
        return opening, closing

    def take(self, entry: Node) -> Iterator[Movement]:
        """Take one entry: count it, and tell its transactions."""
        self._entries += 1
        path = self._at(f"Ntry[{self._entries}]")
        amount_vnd = _signed(entry, path)
        status = entry.at("Sts/Cd")
        counted = self._credits if amount_vnd >= 0 else self._debits
        counted[0] += 1
        counted[1] += abs(amount_vnd)
        if status == BOOKED:
            self._net_vnd += amount_vnd
        yield from _movements(self.head.account, entry, amount_vnd, status, path)

    def check(self) -> None:
        """Check what the report said of itself, at its end.  Raises `Malformed`."""
        summary = self._node.find("TxsSummry")
        if summary is not None:
            both = [a + b for a, b in zip(self._credits, self._debits, strict=True)]
            for name, counted in (
                ("TtlNtries", both),
                ("TtlCdtNtries", self._credits),
                ("TtlDbtNtries", self._debits),
            ):
                self._total(summary, name, counted[0], counted[1])
        opening, closing = self.head.opening_vnd, self.head.closing_vnd
        if opening is None or closing is None or self.head.kind == "Ntfctn":
            return
        if opening + self._net_vnd != closing:
            why = f"opening {opening} and entries {self._net_vnd} are not closing {closing}"
            raise Malformed("AM10", self._at("Bal"), why)

    def _total(self, summary: Node, name: str, count: int, sum_vnd: int) -> None:
        declared = summary.at(f"{name}/NbOfNtries")
        if declared and int(declared) != count:
            path = self._at(f"TxsSummry/{name}/NbOfNtries")
            raise Malformed("AM18", path, f"says {declared}, there are {count}")
        total = summary.at(f"{name}/Sum")
        if total and Decimal(total) != sum_vnd:
            path = self._at(f"TxsSummry/{name}/Sum")
            raise Malformed("AM10", path, f"says {total}, the entries are {sum_vnd}")


# ---- entries


def _movements(
    account: str, entry: Node, entry_vnd: int, status: str, path: str
) -> Iterator[Movement]:
    details = [d for group in entry.all("NtryDtls") for d in group.all("TxDtls")]
    amounts = [_amount_of(d, entry_vnd, len(details), path) for d in details] or [entry_vnd]
    if sum(amounts) != entry_vnd:
        raise Malformed("AM10", f"{path}/Amt", f"says {entry_vnd}, its details are {sum(amounts)}")
    reversal = entry.at("RvslInd") in ("true", "1")
    day = _day(entry.at("BookgDt/Dt") or entry.at("BookgDt/DtTm"))
    for amount_vnd, detail in zip(amounts, details or [Node("TxDtls")], strict=True):
        of_all = _given(entry.at("AcctSvcrRef")) if len(amounts) == 1 else ""
        yield Movement(
            account=account,
            number=_given(detail.at("Refs/AcctSvcrRef")) or of_all,
            amount_vnd=amount_vnd,
            status=status,
            reversal=reversal,
            day=day,
            reference=_given(detail.at("Refs/EndToEndId")),
            structured=_remittance(detail, "Strd", "CdtrRefInf/Ref"),
            texts=_remittance(detail, "Ustrd"),
            message=detail.at("Refs/MsgId"),
            returned=detail.at("RtrInf/Rsn/Cd") or detail.at("RtrInf/Rsn/Prtry"),
        )


def _given(text: str) -> str:
    return "" if text == NO_REFERENCE else text


def _amount_of(detail: Node, entry_vnd: int, how_many: int, path: str) -> int:
    """Return what one transaction moved; the only one of an entry need not say it."""
    if detail.find("Amt") is None:
        if how_many > 1:
            raise Malformed("AM09", f"{path}/NtryDtls/TxDtls/Amt", "is missing, there are several")
        return entry_vnd
    if detail.find("CdtDbtInd") is None:
        given = detail.one("Amt")
        amount_vnd = dong(given.text, given.currency, path)
        return amount_vnd if entry_vnd >= 0 else -amount_vnd
    return _signed(detail, f"{path}/NtryDtls/TxDtls")


def _signed(node: Node, path: str) -> int:
    given = node.one("Amt")
    amount_vnd = dong(given.text, given.currency, f"{path}/Amt")
    return amount_vnd if SIGNS[node.at("CdtDbtInd")] > 0 else -amount_vnd


SIGNS: Mapping[str, int] = {"CRDT": 1, "DBIT": -1}


def _remittance(detail: Node, name: str, path: str = "") -> tuple[str, ...]:
    given = detail.find("RmtInf")
    found = given.all(name) if given else []
    return tuple(t for node in found if (t := node.at(path) if path else node.text))


def _balance(node: Node, path: str) -> tuple[str, int]:
    return node.at("Tp/CdOrPrtry/Cd") or node.at("Tp/CdOrPrtry/Prtry"), _signed(node, path)


def _day(text: str) -> date | None:
    """Return a date, or the one that an instant has here: messages differ in which they give."""
    text = text.strip()
    if "T" not in text:
        return date.fromisoformat(text[:DATE]) if text else None
    at = datetime.fromisoformat(text)
    try:
        return at.astimezone(VIETNAM).date() if at.tzinfo else at.date()
    except OverflowError:
        raise Malformed("DT01", "/Ntry/BookgDt/DtTm", "is in no year of ours") from None
