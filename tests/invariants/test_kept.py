"""What a failed run leaves can be searched for one order's or one application's story."""

import gzip
from pathlib import Path

import msgspec

from deploy.audit.evidence import Evidence, Heard, Payment
from shared.bus import Record
from tests.invariants.kept import keep


def test_what_was_read_of_an_order_is_found_by_its_reference_wherever_it_stood(
    tmp_path: Path,
) -> None:
    record = Record("payment.inbox", 3, 7, b"app-1", b'{"reference":"DVC1"}', (), 5)
    evidence = Evidence(
        log={"payment.inbox": [Heard(record, None)]},
        journals={"payment": [{"_id": "app-1/1", "state": "DVC1"}]},
        paid=[Payment("DVC1", "T1", 4_000, "sen-vang")],
        texts={"payment.log": b"nothing\nasked for DVC1"},
    )
    keep(tmp_path / "deep" / "left.jsonl.gz", evidence)
    with gzip.open(tmp_path / "deep" / "left.jsonl.gz", "rt") as lines:
        told = [line for line in lines if "DVC1" in line]
    assert [msgspec.json.decode(line)["where"] for line in told] == [
        "payment.inbox[3]@7",
        "payment journal",
        "paid",
        "payment.log",
    ]
