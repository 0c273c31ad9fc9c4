"""What a bank's status means: what is settled is done, what is refused for good has failed."""

import pytest

from services.payment.iso20022.statuses import (
    OF_REQUESTS,
    OF_TRANSFERS,
    Status,
    outcome_of,
    read_statuses,
)
from services.payment.iso20022.words import REASONS, TRANSFERS, Malformed, transfer_outcome
from tests.services.payment.iso20022.iso_vectors import body

ACCEPTED = body("iso20022-bank-02-pain.002.001.10")
REPEATED = body("iso20022-bank-04-pain.002.001.10")
FILE, KEY = "REFUND-20261102-0001", "RF26110200001"


def said(given: bytes, message: str = FILE, key: str = KEY) -> Status:
    return outcome_of(read_statuses(given, OF_TRANSFERS), message, key)


def test_accepted_is_not_done_yet():
    assert (said(ACCEPTED).outcome, said(ACCEPTED).status) == ("pending", "ACCP")
    settled = ACCEPTED.replace(b"<TxSts>ACCP", b"<TxSts>ACSC")
    assert said(settled).outcome == "done"


def test_a_file_that_was_there_before_is_not_refused_but_to_be_asked_about():
    assert (said(REPEATED).outcome, said(REPEATED).reasons) == ("unknown", ("DUPL",))
    assert transfer_outcome("RJCT", ("AM05",)) == "unknown"


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_other_reason_is_a_refusal(reason):
    outcome = transfer_outcome("RJCT", (reason,))

    assert (outcome == "unknown") == (reason in ("DUPL", "AM05"))
    assert outcome in ("failed", "unknown")


def test_only_two_words_are_done_and_an_unknown_one_is_pending():
    assert [s for s, outcome in TRANSFERS.items() if outcome == "done"] == ["ACSC", "ACCC"]
    assert transfer_outcome("ZZZZ") == "pending"


def test_a_file_refused_as_a_whole_is_refused_for_each_transfer():
    assert said(body("iso20022-bank-05-pain.002.001.10"), f"{FILE}A").outcome == "failed"


def test_a_batch_refused_as_a_whole_is_refused_for_each_transfer():
    start, end = ACCEPTED.index(b"<TxInfAndSts>"), ACCEPTED.index(b"</OrgnlPmtInfAndSts>")
    batch = ACCEPTED.replace(b"<PmtInfSts>ACCP", b"<PmtInfSts>RJCT")
    assert said(batch[:start] + batch[end:]).outcome == "failed"


def test_a_file_settled_as_a_whole_says_nothing_of_one_transfer():
    settled = ACCEPTED.replace(b"<GrpSts>ACCP", b"<GrpSts>ACSC")
    assert said(settled, key="ANOTHER").outcome == "pending"


def test_a_transfers_own_word_goes_before_that_of_its_file():
    part = ACCEPTED.replace(b"<GrpSts>ACCP", b"<GrpSts>RJCT").replace(
        b"<TxSts>ACCP", b"<TxSts>ACSP"
    )
    assert said(part).outcome == "pending"


def test_a_report_on_another_file_says_nothing():
    with pytest.raises(Malformed):
        said(ACCEPTED, message="ANOTHER")


@pytest.mark.parametrize("version", ["03", "09", "10"])
def test_three_versions_are_read(version):
    older = ACCEPTED.replace(b"pain.002.001.10", f"pain.002.001.{version}".encode())
    if version == "03":
        older = older.replace(b"BICFI", b"BIC")
    assert said(older).status == "ACCP"


def test_a_request_that_was_accepted_is_no_payment():
    [accepted] = read_statuses(body("iso20022-vn-pain014-accp"), OF_REQUESTS)
    [refused] = read_statuses(body("iso20022-vn-pain014-rjct"), OF_REQUESTS)

    assert (accepted.outcome, accepted.key) == ("pending", "DVC2611020000017")
    assert (refused.outcome, refused.reasons) == ("failed", ("AM04",))


def test_a_request_that_was_there_before_is_not_refused():
    again = body("iso20022-vn-pain014-rjct").replace(b"AM04", b"DUPL")

    assert read_statuses(again, OF_REQUESTS)[0].outcome == "unknown"


def test_an_answer_to_a_request_is_no_answer_to_a_transfer():
    with pytest.raises(Malformed):
        read_statuses(body("iso20022-vn-pain014-accp"), OF_TRANSFERS)
