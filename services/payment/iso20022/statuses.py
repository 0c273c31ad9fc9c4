"""What a bank says of what we sent: pain.002 of transfers, pain.014 of requests to pay."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.payment.iso20022.nodes import Node
from services.payment.iso20022.schema import published
from services.payment.iso20022.strict import read
from services.payment.iso20022.words import Malformed, Outcome, request_outcome, transfer_outcome

Meaning = Callable[[str, tuple[str, ...]], Outcome]

OF_TRANSFERS = ("pain.002.001.03", "pain.002.001.09", "pain.002.001.10")
OF_REQUESTS = ("pain.014.001.07",)
MEANINGS: Mapping[str, Meaning] = {
    "CstmrPmtStsRpt": transfer_outcome,
    "CdtrPmtActvtnReqStsRpt": request_outcome,
}


class Status(NamedTuple):
    """What a bank says of one transfer or request; of a whole file or batch, `key` is ""."""

    message: str
    key: str
    outcome: Outcome
    status: str
    reasons: tuple[str, ...]


def read_statuses(body: bytes, messages: Sequence[str]) -> tuple[Status, ...]:
    """Return all that is said, in its order.  Raises `Malformed`."""
    _, document = read(body, {m: published(m) for m in messages})
    root = document.children[0]
    return tuple(_said(root, MEANINGS[root.name]))


def outcome_of(statuses: Sequence[Status], message: str, key: str) -> Status:
    """Return what was said of one transfer of ours.

    What is refused as a whole is refused for each; what is accepted as a whole says nothing of
    one.  Raises `Malformed`, if this is about another file.
    """
    ours = [s for s in statuses if s.message == message]
    if not ours:
        raise Malformed("FF01", "/OrgnlGrpInfAndSts/OrgnlMsgId", "is about another file")
    own = [s for s in ours if s.key == key]
    whole = [s for s in ours if s.key == ""]
    ended = [s for s in whole if s.outcome in ("failed", "unknown")]
    return [*own, *ended, Status(message, key, "pending", whole[0].status if whole else "", ())][0]


def _said(root: Node, meaning: Meaning) -> Iterator[Status]:
    group = root.one("OrgnlGrpInfAndSts")
    message = group.at("OrgnlMsgId")
    yield from _status(message, "", group, "GrpSts", meaning)
    for batch in root.all("OrgnlPmtInfAndSts"):
        yield from _status(message, "", batch, "PmtInfSts", meaning)
        for one in batch.all("TxInfAndSts"):
            if key := one.at("OrgnlEndToEndId"):
                yield from _status(message, key, one, "TxSts", meaning)


def _status(message: str, key: str, node: Node, name: str, meaning: Meaning) -> Iterator[Status]:
    if status := node.at(name):
        given = (r.at("Rsn/Cd") or r.at("Rsn/Prtry") for r in node.all("StsRsnInf"))
        reasons = tuple(reason for reason in given if reason)
        yield Status(message, key, meaning(status, reasons), status, reasons)
