"""The bank's messages: read by their paths, written by templates; sharing nothing with ours."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
BIN = "970436"


class NotUnderstood(Exception):
    """It is no message that this bank takes; the sentence says why."""


class Received(NamedTuple):
    """A message: which one, and the texts in it by the end of their paths."""

    name: str
    texts: tuple[tuple[str, str], ...]

    def all(self, path: str) -> list[str]:
        """Return all texts whose path ends so."""
        return [text for at, text in self.texts if at.endswith(f"/{path}")]

    def one(self, path: str) -> str:
        """Return a text that must be there.  Raises `NotUnderstood`."""
        found = self.all(path)
        if not found or not found[0]:
            raise NotUnderstood(f"{path} is missing")
        return found[0]


class Booked(NamedTuple):
    """An entry of an account: who it was for is in `reference` or only in `text`."""

    number: str
    amount_vnd: int  # below zero: out
    day: str
    reference: str
    text: str
    account: str = ""


def read(body: bytes) -> Received:
    """Read a message.  Raises `NotUnderstood`."""
    path: list[str] = []
    root: list[str] = []
    texts: list[tuple[str, str]] = []
    held: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        held.clear()
        path.append(name)
        root[:] = root or [name]

    def end(_: str) -> None:
        texts.append(("/" + "/".join(n.rpartition(" ")[2] for n in path), "".join(held).strip()))
        held.clear()
        path.pop()

    def doctype(*_: object) -> None:
        raise NotUnderstood("it has a DTD")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = held.append, doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError) as error:
        raise NotUnderstood("it is no XML") from error
    return Received(root[0].partition(" ")[0].removeprefix(NAMESPACE), tuple(texts))


# ---- answers


def request_status(asked: Received, number: str, at: str, status: str, reason: str = "") -> bytes:
    """Return a pain.014."""
    key = escape(asked.one("CdtTrfTx/PmtId/EndToEndId"))
    return _document(
        "pain.014.001.07",
        f"<CdtrPmtActvtnReqStsRpt><GrpHdr><MsgId>{number}</MsgId><CreDtTm>{at}</CreDtTm>"
        f"<InitgPty><Nm>NGAN HANG THU NGHIEM</Nm></InitgPty></GrpHdr>{_original(asked)}"
        f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>"
        f"{escape(asked.one('PmtInf/PmtInfId'))}</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{key}"
        f"</OrgnlEndToEndId><TxSts>{status}</TxSts>{_reason(reason)}</TxInfAndSts>"
        "</OrgnlPmtInfAndSts></CdtrPmtActvtnReqStsRpt>",
    )


def file_status(asked: Received, number: str, at: str, status: str, reason: str = "") -> bytes:
    """Return a pain.002 that says it of the whole file."""
    return _document(
        "pain.002.001.10",
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{number}</MsgId><CreDtTm>{at}</CreDtTm></GrpHdr>"
        f"{_original(asked)}<GrpSts>{status}</GrpSts>{_reason(reason)}</OrgnlGrpInfAndSts>"
        "</CstmrPmtStsRpt>",
    )


def _original(asked: Received) -> str:
    message = escape(asked.one("GrpHdr/MsgId"))
    return (
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{asked.name}</OrgnlMsgNmId>"
    )


def _reason(reason: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""


# ---- what was booked


def notification(account: str, number: str, at: str, booked: Booked) -> bytes:
    """Return a camt.054."""
    return _report("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn", account, number, at,
                   entries=[booked])  # fmt: skip


def report(account: str, number: str, at: str, booked: Sequence[Booked]) -> bytes:
    """Return a camt.052 of some entries, without balances."""
    return _report(
        "camt.052.001.08", "BkToCstmrAcctRpt", "Rpt", account, number, at, entries=booked
    )


def statement(number: str, at: str, booked: Mapping[str, Sequence[Booked]]) -> bytes:
    """Return a camt.053 of all entries since each account was opened, with nothing on it."""
    parts = []
    for place, (account, entries) in enumerate(booked.items(), 1):
        closing_vnd = sum(b.amount_vnd for b in entries)
        balances = _balance("OPBD", 0, at) + _balance("CLBD", closing_vnd, at)
        parts.append(_part("Stmt", account, f"{number}-{place}", at, balances, entries))
    return _headed("camt.053.001.08", "BkToCstmrStmt", number, at, "".join(parts))


def _report(
    message: str,
    root: str,
    kind: str,
    account: str,
    number: str,
    at: str,
    entries: Iterable[Booked],
) -> bytes:
    return _headed(message, root, number, at, _part(kind, account, number, at, "", entries))


def _part(
    kind: str, account: str, number: str, at: str, balances: str, entries: Iterable[Booked]
) -> str:
    return (
        f"<{kind}><Id>{number}</Id><CreDtTm>{at}</CreDtTm><Acct><Id><Othr><Id>{escape(account)}"
        f"</Id></Othr></Id><Ccy>VND</Ccy></Acct>{balances}{''.join(map(_entry, entries))}</{kind}>"
    )


def _headed(message: str, root: str, number: str, at: str, parts: str) -> bytes:
    head = f"<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{at}</CreDtTm></GrpHdr>"
    return _document(message, f"<{root}>{head}{parts}</{root}>")


def _entry(booked: Booked) -> str:
    amount, side = _signed(booked.amount_vnd)
    family = "RCDT" if side == "CRDT" else "ICDT"
    return (
        f"<Ntry>{amount}<CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{booked.day}</Dt></BookgDt><AcctSvcrRef>{booked.number}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly>"
        "</Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>"
        f"{escape(booked.reference) or 'NOTPROVIDED'}</EndToEndId></Refs>{amount}"
        f"<CdtDbtInd>{side}</CdtDbtInd><RmtInf><Ustrd>{escape(booked.text)}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
    )


def _balance(code: str, amount_vnd: int, at: str) -> str:
    amount, side = _signed(amount_vnd)
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount}"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{at[:10]}</Dt></Dt></Bal>"
    )


def _signed(amount_vnd: int) -> tuple[str, str]:
    side = "CRDT" if amount_vnd >= 0 else "DBIT"
    return f'<Amt Ccy="VND">{abs(amount_vnd)}</Amt>', side


def _document(message: str, content: str) -> bytes:
    declared = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{declared}<Document xmlns="{NAMESPACE}{message}">{content}</Document>'.encode()
