"""Every public vector, each thing that is expected of it by itself."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.payment.iso20022 import strict
from services.payment.iso20022.nodes import Node
from services.payment.iso20022.reports import Head, Movement, read_reports
from services.payment.iso20022.statuses import OF_REQUESTS, OF_TRANSFERS, Status, read_statuses
from services.payment.iso20022.transfers import judge
from services.payment.iso20022.words import Malformed
from tests.services.payment.iso20022.iso_vectors import REPORTS, VECTORS, body, schemas

Vector = Mapping[str, Any]


def fits_its_schema(vector: Vector) -> bool:
    try:
        strict.read(body(vector), schemas())
    except Malformed:
        return False
    return True


def the_one(vector: Vector, name: str) -> Node:
    """Return the only element of this name, however deep."""
    [found] = every(strict.read(body(vector), schemas())[1], name)
    return found


def every(node: Node, name: str) -> list[Node]:
    return [n for c in node.children for n in ([c] if c.name == name else []) + every(c, name)]


def reported(vector: Vector) -> tuple[Head, list[Movement]]:
    head, *movements = read_reports([body(vector)], REPORTS)
    assert isinstance(head, Head)
    return head, [m for m in movements if isinstance(m, Movement)]


def entry(vector: Vector) -> Movement:
    [found] = reported(vector)[1]
    return found


def statuses(vector: Vector) -> tuple[Status, ...]:
    return read_statuses(body(vector), (*OF_TRANSFERS, *OF_REQUESTS))


def is_report(vector: Vector) -> bool:
    return bool(vector["kind"].startswith("camt"))


def balances_close(vector: Vector) -> bool:
    try:
        head, movements = reported(vector)
    except Malformed:
        return False
    assert head.opening_vnd is not None
    return head.opening_vnd + sum(m.amount_vnd for m in movements) == head.closing_vnd


def money(vector: Vector, _: Any) -> Any:
    if is_report(vector):
        return abs(entry(vector).amount_vnd)
    name = "IntrBkSttlmAmt" if vector["kind"].startswith("pacs") else "InstdAmt"
    return int(the_one(vector, name).text)


def currency(vector: Vector, _: Any) -> Any:
    document = strict.read(body(vector), schemas())[1]
    [found] = {n.currency for name in ("Amt", "InstdAmt", "IntrBkSttlmAmt")
               for n in every(document, name) if n.currency}  # fmt: skip
    return found


def key(vector: Vector, expected: Any) -> Any:
    if not is_report(vector):
        return the_one(vector, "EndToEndId").text
    references = [m.reference or "NOTPROVIDED" for m in reported(vector)[1]]
    return references if isinstance(expected, list) else references[0]


def balances(vector: Vector, _: Any) -> Any:
    head, _ = reported(vector)
    ends = [("OPBD", head.opening_vnd), ("CLBD", head.closing_vnd)]
    return [[c, str(abs(v or 0)), "CRDT" if (v or 0) >= 0 else "DBIT"] for c, v in ends]


def of_transactions(vector: Vector, expected: Any) -> Any:
    found = [s.status for s in statuses(vector) if s.key]
    return found if isinstance(expected, list) else found[0]


def parses(vector: Vector, expected: Any) -> Any:
    """The dataclasses do not know order: where they parse and order was lost, we refuse."""
    ordered = vector["expected"].get("element_order_kept_on_reserialise", True)
    return expected if fits_its_schema(vector) == (expected and ordered) else not expected


CHECKS: Mapping[str, Callable[[Vector, Any], Any]] = {
    "sha256": lambda v, _: hashlib.sha256(body(v)).hexdigest(),
    "xsd_valid": lambda v, known: known if known is None else fits_its_schema(v),
    "pyiso20022_parses": parses,
    "finding_codes": lambda v, _: sorted({f.code for f in judge(body(v))}),
    "payment_reason": lambda v, _: judge(body(v))[0].code,
    "amount": money,
    "currency": currency,
    "end_to_end_id": key,
    "entries": lambda v, _: len(reported(v)[1]),
    "cdt_dbt": lambda v, _: "CRDT" if entry(v).amount_vnd > 0 else "DBIT",
    "status": lambda v, _: "BOOK" if entry(v).booked else "",
    "acct_svcr_ref": lambda v, _: entry(v).number,
    "remittance_ustrd": lambda v, _: [n.text for n in every(document(v), "Ustrd")],
    "structured_ref": lambda v, _: [n.text for n in every(document(v), "Ref")],
    "balances": balances,
    "opening_plus_entries_equals_closing": lambda v, _: balances_close(v),
    "group_status": lambda v, _: [s.status for s in statuses(v) if not s.key][:1],
    "tx_status": of_transactions,
    "reasons": lambda v, _: [r for s in statuses(v) for r in s.reasons],
    "reason": lambda v, _: statuses(v)[-1].reasons[0],
    "orgnl_msg_id": lambda v, e: (
        [statuses(v)[0].message] if isinstance(e, list) else statuses(v)[0].message
    ),
}


def document(vector: Vector) -> Node:
    return strict.read(body(vector), schemas())[1]


def expectations() -> list[Any]:
    return [
        pytest.param(vector, name, id=f"{vector['id']}-{name}")
        for vector in VECTORS.values()
        for name in vector["expected"]
        if name not in OF_OTHERS
    ]


# what other programs answered, and what they called it
OF_OTHERS = {
    *("bank_http_status", "bank_status", "settlement_date", "second_submission_http_status"),
    *("second_submission_status", "second_submission_reason", "xsd_error"),
    *("validator_http_status", "submit_http_status", "payment_outcome", "why"),
    *("pyiso20022_error", "pyiso20022_constraint_errors", "element_order_kept_on_reserialise"),
}


@pytest.mark.parametrize(("vector", "name"), expectations())
def test_a_vector_is_read_as_it_is_expected(vector: Vector, name: str) -> None:
    if name not in CHECKS:
        pytest.skip(f"nothing here tells what {name!r} expects")
    expected = vector["expected"][name]

    assert CHECKS[name](vector, expected) == expected


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_what_is_good_is_taken_and_what_is_not_is_refused(vector: Vector) -> None:
    message = vector["kind"].removesuffix(" negative")
    refused = not fits_its_schema(vector)
    if message.startswith("pain.001"):
        refused = bool(judge(body(vector)))
    if message.startswith("camt") and not refused:
        try:
            list(read_reports([body(vector)], REPORTS))
        except Malformed:
            refused = True

    assert refused == vector["kind"].endswith(" negative")


def test_there_are_vectors_of_every_kind() -> None:
    kinds = {v["kind"] for v in VECTORS.values()}

    assert len(VECTORS) >= 26
    assert len([k for k in kinds if k.endswith(" negative")]) >= 3
    assert {k[:8] for k in kinds} >= {
        *("pain.001", "pain.002", "pain.013", "pain.014", "camt.053", "camt.054", "pacs.008")
    }
