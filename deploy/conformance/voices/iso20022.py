"""The voice of a bank that speaks ISO 20022: a booked credit, a request that was turned down."""

from datetime import datetime
from xml.sax.saxutils import escape

from deploy.conformance.voices import News, Voice
from services.payment.gateways import Call
from services.payment.gateways.request_signature import SIGNATURE, TIME, sign
from shared.clock import VIETNAM

_XML = '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:'
_CREDIT = _XML + (
    'camt.054.001.08"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N{number}</MsgId>'
    "<CreDtTm>{at}</CreDtTm></GrpHdr><Ntfctn><Id>N{number}</Id><Acct><Id><Othr><Id>{account}</Id>"
    '</Othr></Id><Ccy>VND</Ccy></Acct><Ntry><Amt Ccy="VND">{amount_vnd}</Amt>'
    "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
    "<AcctSvcrRef>FT{number}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
    "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
    '<EndToEndId>{reference}</EndToEndId></Refs><Amt Ccy="VND">{amount_vnd}</Amt>'
    "<CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Ustrd>{reference} le phi</Ustrd></RmtInf></TxDtls>"
    "</NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
)
_TURNED_DOWN = _XML + (
    'pain.014.001.07"><CdtrPmtActvtnReqStsRpt><GrpHdr><MsgId>Q{number}</MsgId>'
    "<CreDtTm>{at}</CreDtTm><InitgPty><Nm>NGAN HANG THU NGHIEM</Nm></InitgPty></GrpHdr>"
    "<OrgnlGrpInfAndSts><OrgnlMsgId>P{number}</OrgnlMsgId>"
    "<OrgnlMsgNmId>pain.013.001.07</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
    "<OrgnlPmtInfId>P{number}</OrgnlPmtInfId><TxInfAndSts>"
    "<OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
    "<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"
    "</CdtrPmtActvtnReqStsRpt></Document>"
)


class Iso20022Voice(Voice):
    """Tells of booked credits, and of requests that are turned down."""

    def text(self, news: News) -> bytes:
        """Return a camt.054 of a credit, or a pain.014."""
        at = news.at.astimezone(VIETNAM)
        told = {
            "number": news.transaction,
            "at": at.isoformat(timespec="seconds"),
            "day": f"{at:%Y-%m-%d}",
            "account": escape(self.row.account.number if self.row.account else ""),
            "amount_vnd": news.amount_vnd,
            "reference": escape(news.reference),
        }
        return (_CREDIT if news.is_paid else _TURNED_DOWN).format(**told).encode()

    def signed(self, text: bytes, at: datetime) -> Call:
        """Return a message with its time and signature beside it."""
        at_s = str(int(at.timestamp()))
        told = {TIME: at_s, SIGNATURE: sign(self.row.incoming[-1], at_s, text)}
        return Call(headers=tuple((n.encode(), v.encode()) for n, v in told.items()), body=text)
