"""Allowances: each period is paid once, and what left the banks is what was said to have left.

What was said is taken from the events, how each stands from the journal's last word, and what left
from the banks' own books: three accounts of the same money, which have to meet.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from deploy.audit.evidence import Evidence, Payment
from deploy.audit.refunds import states
from shared.events.disbursements import (
    DisbursementDone,
    DisbursementFailed,
    DisbursementProposed,
    DisbursementRejected,
    DisbursementRequested,
)

_HEARD = frozenset(
    c.TYPE
    for c in (
        DisbursementProposed,
        DisbursementRequested,
        DisbursementDone,
        DisbursementFailed,
        DisbursementRejected,
    )
)
# of these a bank may have moved the money, and nobody knows it yet
_OPEN = frozenset({"requested", "unknown", "by_hand"})


class _Said:
    """What the events say of one disbursement, and what of it cannot be."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.period, self.amount_vnd, self.is_rejected = "", -1, False
        self.done: Mapping[str, Any] | None = None
        self.moved: list[tuple[str, str, int]] = []  # by partners, also what came back since
        self.wrong: list[str] = []
        self._sent = ""  # the try that may have left

    def hear(self, type_: str, data: Mapping[str, Any]) -> None:
        if type_ == DisbursementProposed.TYPE:
            self.period, self.amount_vnd = data["period"], data["amount_vnd"]
        elif data["amount_vnd"] != self.amount_vnd:
            self._blame(f"of {self.amount_vnd} đồng became {data['amount_vnd']}")
        elif type_ == DisbursementRequested.TYPE:
            if self.done or self._sent not in ("", data["reference"]):
                self._blame("was sent again, and the last try may have left")
            self._sent = data["reference"]
        elif type_ == DisbursementDone.TYPE:
            if self.done:
                self._blame("was done twice")
            self.done = data
            if not data.get("by"):
                self.moved.append((data["partner"], data["transaction"], data["amount_vnd"]))
        elif type_ == DisbursementFailed.TYPE:
            self.done, self._sent = None, ""
        else:
            self.is_rejected = True

    def _blame(self, what: str) -> None:
        self.wrong.append(f"disbursement {self.key} {what}")


def allowances_leave_once(evidence: Evidence) -> Iterator[str]:
    """Compare the accounts of what was paid out."""
    said: dict[str, dict[str, _Said]] = {}
    for heard in evidence.events_of("payment"):
        if heard.event and heard.event.type in _HEARD:
            data, own = heard.data(), said.setdefault(heard.event.subject, {})
            key = data["disbursement"]
            own.setdefault(key, _Said(key)).hear(heard.event.type, data)
    standing = states(evidence)
    for application, own in said.items():
        for one in own.values():
            yield from one.wrong
        yield from _periods(application, own.values())
        yield from _compare(application, own, standing.get(application, {}))
    if evidence.paid_out is not None:
        each = [one for own in said.values() for one in own.values()]
        stated = [d for s in standing.values() for d in s.get("disbursements", ())]
        yield from _against_the_banks(evidence.paid_out, each, stated)


def _periods(application: str, said: Iterable[_Said]) -> Iterator[str]:
    for period, times in Counter(one.period for one in said if not one.is_rejected).items():
        if times > 1:
            yield f"{application}: {times} disbursements of {period}"


def _compare(
    application: str, said: Mapping[str, _Said], state: Mapping[str, Any]
) -> Iterator[str]:
    remembered = {
        f"{application}.disbursement.{d['number']}": d for d in state.get("disbursements", ())
    }
    for key in sorted({*said, *remembered}):
        is_done = key in said and said[key].done is not None
        if is_done != (remembered.get(key, {}).get("status") == "done"):
            yield f"disbursement {key} is done by one account, and not by the other"


def _against_the_banks(
    moved: Iterable[Payment], said: Collection[_Said], stated: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """Find what left a bank and nobody asked for, and what we take for done and it is not."""
    left = Counter((p.partner, p.transaction, p.amount_vnd) for p in moved)
    done = Counter(moved for one in said for moved in one.moved)
    for _, transaction, amount_vnd in (done - left).elements():
        yield f"{amount_vnd} đồng are said to be paid by {transaction}, and no bank did"
    unheard = Counter(amount_vnd for *_, amount_vnd in (left - done).elements())
    sent = Counter(d["amount_vnd"] for d in stated if d.get("status") in _OPEN and d.get("partner"))
    by_hand = Counter(
        d["amount_vnd"] for one in said if (d := one.done) is not None and d.get("by")
    )
    for amount_vnd in (unheard - sent - by_hand).elements():
        yield f"{amount_vnd} đồng left a bank, and nobody has that"
