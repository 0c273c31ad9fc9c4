"""An independent bank (PyPI mock-bank), a program of its own on loopback."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from services.payment.iso20022.written import Party

OFFICE = Party("KHO BAC NHA NUOC TEST", "NL26MOCK0000000077", "MOCKNL2A")
CITIZEN = Party("Nguyễn Thử Nghiệm", "NL91ABNA0417164300", "ABNANL2A")
LISTENING = re.compile(r"listening on (http://127\.0\.0\.1:[0-9]+)")


class Bank:
    """The bank, over HTTP: its payments door, and the switches of the mock."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def send(self, file: bytes) -> tuple[int, bytes]:
        """Return the answer's status, and the pain.002 that it put into our mailbox."""
        answer = self._http.post("/payments", content=file)
        [report] = self.collect("pain.002.001.10")
        return answer.status_code, report

    def collect(self, kind: str) -> list[bytes]:
        """Return the messages of a kind that wait for us; they wait no longer."""
        waiting = self._http.get("/_mock/mailbox", params={"type": kind}).json()
        return [m["body"].encode() for m in waiting if m["account"] in ("KBNN", None)]

    def switch(self, path: str, **what: Any) -> None:
        self._http.post(f"/_mock/{path}", content=json.dumps(what)).raise_for_status()

    def pay(self, reference: str, amount_vnd: int, **how: Any) -> None:
        debtor = {"name": "NGUYEN VAN A", "iban": CITIZEN.account, "bic": CITIZEN.bank}
        self.switch("credits", account="KBNN", amount=amount_vnd, debtor=debtor, **how)


@contextmanager
def mock_bank(opening_vnd: int, clock: str = "2026-11-02T09:00") -> Iterator[Bank]:
    """Start it at a time of its own, with an account of ours."""
    options = ["--port", "0", "--clock", clock, "--timezone", "Asia/Ho_Chi_Minh"]
    program = subprocess.Popen(
        [sys.executable, "-m", "mockbank", *options], stderr=subprocess.PIPE, text=True
    )
    try:
        assert program.stderr
        address = LISTENING.search(program.stderr.readline())
        assert address, "it has not said where it listens"
        with httpx.Client(base_url=address[1], timeout=10, trust_env=False) as http:
            made = Bank(http)
            account = {"id": "KBNN", "iban": OFFICE.account, "bic": OFFICE.bank}
            made.switch(
                "accounts", **account, name=OFFICE.name, currency="VND", balance=opening_vnd
            )
            yield made
    finally:
        program.terminate()
        program.communicate(timeout=10)
