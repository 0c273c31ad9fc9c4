"""What all functions of our own protocol have in common: head, request id, signature, problems."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.payment.gateways import Answer, Declined, Partner, Refused, Sending, Unsendable
from services.payment.gateways.exact_json import read
from services.payment.gateways.neutral.functions import FUNCTIONS, HEAD, checked, path, wrong
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME, signed, verify

CODE = re.compile(r"[a-z_]{1,32}")


class Messages:
    """Requests to a bank, and its answers."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner

    def ask(self, function: str, key: str, values: Mapping[str, Any], at: datetime) -> Sending:
        """Return a request for one of the nine, `key` names it.  Raises `Unsendable`."""
        request_id = hashlib.sha256(f"{function}/{key}".encode()).hexdigest()[:32]
        head = {"function": function, "request_id": request_id, "merchant": self.partner.merchant}
        message = {**head, **values}
        if name := wrong(message, {**HEAD, **FUNCTIONS[function].asks}):
            raise Unsendable(f"{function}: {name} has not the form of this protocol")
        body = msgspec.json.encode(message)
        proof = ((ID, request_id), *signed(self.partner.signing_key(at), body, at))
        headers = (("content-type", "application/json"), *proof)
        return Sending(f"{self.partner.base_url}{path(function)}", body, headers=headers)

    def read(self, function: str, answer: Answer, at: datetime) -> Mapping[str, Any]:
        """Return what a function answered.  Raises `Refused`; `Declined` with a problem's code."""
        headers = answer.headers
        self._verify(headers.get(TIME, ""), headers.get(SIGNATURE, ""), answer.body, at)
        given = self._own(read(answer.body), function, headers.get(ID, ""))
        if answer.status != 200:
            raise Declined(given["code"] if not wrong(given, {"code": CODE}) else "unknown")
        return checked(given, FUNCTIONS[function].says)

    def _verify(self, time: str, signature: str, body: bytes, at: datetime) -> None:
        verify(self.partner.verifying_keys(at), time, signature, body, at)

    def _own(self, given: dict[str, Any], function: str, request_id: str) -> dict[str, Any]:
        """Return what is signed for this function, request and merchant.  Raises `Refused`."""
        checked(given, HEAD)
        if given["merchant"] != self.partner.merchant:
            raise Refused("not_genuine", "signed for another merchant", "merchant")
        if given["function"] != function or given["request_id"] != request_id:
            raise Refused("not_genuine", "signed for another function or request", "form")
        return given
