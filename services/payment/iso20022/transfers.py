"""Money out: pain.001, as we write it and as a bank would judge it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from services.payment.iso20022 import written
from services.payment.iso20022.nodes import Node
from services.payment.iso20022.schema import published
from services.payment.iso20022.strict import read
from services.payment.iso20022.words import CURRENCY, Malformed, dong
from services.payment.iso20022.written import TEXT_LIMIT, Party, element, text

SENT = "pain.001.001.09"
BATCH_LIMIT = 1_000


class Transfer(NamedTuple):
    """One payment out; `key` is ours, goes through the chain, and stands in the text as well."""

    key: str
    amount_vnd: int
    to: Party
    why: str


class Finding(NamedTuple):
    """What is wrong with a file, by the reason a bank would refuse it for."""

    code: str
    path: str
    why: str


def build(
    message: str, initiator: str, payer: Party, transfers: Sequence[Transfer], at: datetime
) -> bytes:
    """Return a pain.001 of these transfers, to be executed on this day.

    `message` names the file: the same transfers sent again have the same one, so that the bank
    refuses the second.  Raises `Malformed`, when what was written would not be taken.
    """
    if not 0 < len(transfers) <= BATCH_LIMIT:
        raise Malformed("AM18", "/", f"has {len(transfers)} transfers, not 1 to {BATCH_LIMIT}")
    totals = text("NbOfTxs", len(transfers)), text("CtrlSum", sum(t.amount_vnd for t in transfers))
    header = element(
        "GrpHdr",
        text("MsgId", message),
        text("CreDtTm", written.moment(at)),
        *totals,
        element("InitgPty", text("Nm", written.plain(initiator, written.NAME_LIMIT))),
    )
    batch = element(
        "PmtInf",
        text("PmtInfId", message),
        text("PmtMtd", "TRF"),
        *totals,
        element("ReqdExctnDt", text("Dt", written.day(at))),
        written.name_of("Dbtr", payer),
        written.account_of("DbtrAcct", payer),
        written.bank_of("DbtrAgt", payer),
        *(_transfer(t) for t in transfers),
    )
    body = written.document(SENT, element("CstmrCdtTrfInitn", header, batch))
    for finding in judge(body):
        raise Malformed(finding.code, finding.path, finding.why)
    return body


def _transfer(transfer: Transfer) -> str:
    return element(
        "CdtTrfTxInf",
        element("PmtId", text("EndToEndId", transfer.key)),
        element("Amt", written.amount("InstdAmt", transfer.amount_vnd)),
        written.bank_of("CdtrAgt", transfer.to),
        written.name_of("Cdtr", transfer.to),
        written.account_of("CdtrAcct", transfer.to),
        element(
            "RmtInf", text("Ustrd", written.plain(f"{transfer.key} {transfer.why}", TEXT_LIMIT))
        ),
    )


# ---- judging a file: form first, then meaning


def judge(body: bytes) -> tuple[Finding, ...]:
    """Return what a bank would find wrong with a pain.001, as far as the file alone shows it."""
    try:
        _, document = read(body, {SENT: published(SENT)})
    except Malformed as error:
        return (Finding(error.code, error.path, error.why),)
    root = document.one("CstmrCdtTrfInitn")
    batches = root.all("PmtInf")
    everything = [t for b in batches for t in b.all("CdtTrfTxInf")]
    found = list(_totals(root.one("GrpHdr"), "GrpHdr", everything))
    seen: set[str] = set()
    for batch in batches:
        transfers = batch.all("CdtTrfTxInf")
        found += _totals(batch, "PmtInf", transfers)
        found += _accounts(batch, "PmtInf/DbtrAcct", "DbtrAcct")
        currency = batch.at("DbtrAcct/Ccy")
        for transfer in transfers:
            found += _amount(transfer, currency)
            found += _accounts(transfer, "CdtTrfTxInf/CdtrAcct", "CdtrAcct")
            key = transfer.at("PmtId/EndToEndId")
            if key in seen:
                found.append(Finding("AM05", "CdtTrfTxInf/PmtId/EndToEndId", f"{key} stands twice"))
            seen.add(key)
    return tuple(found)


def _totals(node: Node, path: str, transfers: Sequence[Node]) -> Iterator[Finding]:
    declared = node.at("NbOfTxs")
    if declared and int(declared) != len(transfers):
        yield Finding("AM18", f"{path}/NbOfTxs", f"says {declared}, there are {len(transfers)}")
    amounts = [_readable(t) for t in transfers]
    total = sum(a for a in amounts if a is not None)
    control = node.at("CtrlSum")
    if control and None not in amounts and Decimal(control) != total:
        yield Finding("AM10", f"{path}/CtrlSum", f"says {control}, the amounts are {total}")


def _readable(transfer: Node) -> Decimal | None:
    """Return an amount that can be summed up; one that cannot is a finding by itself."""
    given = transfer.find("Amt/InstdAmt") or transfer.one("Amt/EqvtAmt/Amt")
    amount = Decimal(given.text)
    return None if given.currency == CURRENCY and amount % 1 else amount


def _amount(transfer: Node, currency: str) -> Iterator[Finding]:
    path = "CdtTrfTxInf/Amt/InstdAmt"
    given = transfer.find("Amt/InstdAmt")
    if given is None:
        yield Finding("AM03", "CdtTrfTxInf/Amt/EqvtAmt", "asks for a change of currency")
        return
    if given.currency != (currency or CURRENCY):
        yield Finding("AM03", path, f"is in {given.currency}, the account in {currency}")
        return
    try:
        if dong(given.text, given.currency, path) == 0:
            yield Finding("AM01", path, "is zero")
    except Malformed as error:
        yield Finding(error.code, error.path, error.why)


def _accounts(node: Node, path: str, name: str) -> Iterator[Finding]:
    iban = node.at(f"{name}/Id/IBAN")
    if iban and not written.is_iban(iban):
        yield Finding("AC01", f"{path}/Id/IBAN", "fails its check digits")
