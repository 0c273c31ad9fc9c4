"""Requests to pay: pain.013, as we write it."""

from datetime import datetime
from typing import NamedTuple

from services.payment.iso20022 import written
from services.payment.iso20022.schema import published
from services.payment.iso20022.strict import read
from services.payment.iso20022.written import TEXT_LIMIT, Party, element, text

SENT = "pain.013.001.07"


class Request(NamedTuple):
    """What a citizen is asked to pay; `key` is the order's reference, `payer.account` may be ""."""

    key: str
    amount_vnd: int
    payer: Party
    to: Party
    why: str
    expires_at: datetime


def build(message: str, initiator: str, request: Request, at: datetime) -> bytes:
    """Return a pain.013.  Raises `Malformed`, when what was written would not be taken."""
    header = element(
        "GrpHdr",
        text("MsgId", message),
        text("CreDtTm", written.moment(at)),
        text("NbOfTxs", 1),
        text("CtrlSum", request.amount_vnd),
        element("InitgPty", text("Nm", written.plain(initiator, written.NAME_LIMIT))),
    )
    account = written.account_of("DbtrAcct", request.payer) if request.payer.account else ""
    why = written.plain(f"{request.key} {request.why}", TEXT_LIMIT)
    wanted = element(
        "CdtTrfTx",
        element("PmtId", text("EndToEndId", request.key)),
        element("Amt", written.amount("InstdAmt", request.amount_vnd)),
        text("ChrgBr", "SLEV"),
        written.bank_of("CdtrAgt", request.to),
        written.name_of("Cdtr", request.to),
        written.account_of("CdtrAcct", request.to),
        element("RmtInf", text("Ustrd", why)),
    )
    batch = element(
        "PmtInf",
        text("PmtInfId", message),
        text("PmtMtd", "TRF"),
        element("ReqdExctnDt", text("Dt", written.day(at))),
        element("XpryDt", text("DtTm", written.moment(request.expires_at))),
        written.name_of("Dbtr", request.payer),
        account,
        written.bank_of("DbtrAgt", request.payer),
        wanted,
    )
    body = written.document(SENT, element("CdtrPmtActvtnReq", header, batch))
    read(body, {SENT: published(SENT)})
    return body
