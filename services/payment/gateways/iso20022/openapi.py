"""A bank's message of ISO 20022 in OpenAPI's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.payment.gateways import Verdict
from services.payment.gateways.described import answer, body, signed_headers

EXAMPLE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
    "<GrpHdr><MsgId>N1</MsgId><CreDtTm>2026-11-02T09:34:05+07:00</CreDtTm></GrpHdr>"
    "<Ntfctn><Id>N1</Id><Acct><Id><Othr><Id>1234567890</Id></Othr></Id><Ccy>VND</Ccy></Acct>"
    '<Ntry><Amt Ccy="VND">16000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>FT26306000001</AcctSvcrRef>"
    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
    "</BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>DVC261102000000016</EndToEndId></Refs>"
    '<Amt Ccy="VND">16000</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls></Ntry></Ntfctn>'
    "</BkToCstmrDbtCdtNtfctn></Document>"
)


def callback(
    messages: Sequence[str], answers: Mapping[Verdict, tuple[int, str, str]]
) -> dict[str, Any]:
    """Return the description of a message to us, and of the answers to it."""
    means = f"One document: {', '.join(messages)}; its namespace says which."
    return {
        "parameters": signed_headers(),
        "requestBody": body({"type": "string"}, EXAMPLE, "application/xml", means),
        "responses": {str(s): _answer(s, answers) for s, _, _ in answers.values()},
    }


def _answer(status: int, answers: Mapping[Verdict, tuple[int, str, str]]) -> dict[str, Any]:
    said = {code: detail for s, code, detail in answers.values() if s == status}
    schema = {
        "type": "object",
        "required": ["code", "detail"],
        "properties": {"code": {"enum": sorted(said)}, "detail": {"type": "string"}},
    }
    examples = {code: {"code": code, "detail": detail} for code, detail in said.items()}
    return answer(" ".join(said.values()), schema, **examples)
