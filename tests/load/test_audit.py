"""The audit in slices: each record goes to its application's slice, nothing is judged by halves."""

import itertools
from pathlib import Path
from random import Random
from typing import NamedTuple

from deploy.audit.evidence import Payment
from deploy.audit.invariants import Finding
from deploy.sandbox.portal import uuid7
from tests.load.audit import SLICE_APPLICATIONS, Books, Judged, Spill, merged, read_spilled

BEGAN_S, ENDED_S = 1_000_000.0, 1_000_100.0
NOTHING = Books((), {})


class Message(NamedTuple):
    """What aiokafka gives."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


def spill(folder: Path, messages: list[Message], count: int = 3 * SLICE_APPLICATIONS) -> Spill:
    made = Spill(folder / "spilled", BEGAN_S, ENDED_S, count)
    made.take(messages)
    made.close()
    return made


def message(due_s: float, value: bytes = b"{}") -> Message:
    key = uuid7(int(due_s * 1000), Random(due_s)).encode()
    return Message("routing.events", 0, 0, 0, key, value)


def finding(number: int, *wrong: str, counted: int = 1) -> Finding:
    return Finding(number, "A sentence", counted, wrong)


def test_a_record_goes_to_the_slice_of_its_application(tmp_path: Path) -> None:
    sent = [message(BEGAN_S + at, str(at).encode()) for at in (1, 50, 34, 99, 2)]
    made = spill(tmp_path, sent)
    found = [[r.value for r in read_spilled(path)] for path in made.paths]
    assert found == [[b"1", b"2"], [b"50", b"34"], [b"99"]]


def test_a_record_without_a_key_is_judged_as_well(tmp_path: Path) -> None:
    lone = message(BEGAN_S)._replace(key=None)
    made = spill(tmp_path, [lone])
    assert [r.key for r in read_spilled(made.paths[0])] == [None]


def test_notices_go_with_their_applications(tmp_path: Path) -> None:
    keys = [f"{message(BEGAN_S + at).key!r}"[2:-1] + "/registered/sms/1" for at in (1, 99)]
    books = Books((), dict.fromkeys(keys, 1))
    slices = spill(tmp_path, []).slices("mongodb://nowhere", books)
    assert [list(s.books.handed) for s in slices] == [[keys[0]], [], [keys[1]]]
    assert [s.is_first for s in slices] == [True, False, False]
    assert all(a.high == b.low for a, b in itertools.pairwise(slices))


def test_findings_of_all_slices_add_up() -> None:
    judged = [Judged([finding(1, "first")], [], []), Judged([finding(1, "second")], [], [])]
    [whole] = merged(judged, NOTHING)
    assert (whole.counted, whole.wrong) == (2, ("first", "second"))


def test_a_transaction_counted_in_two_slices_is_found() -> None:
    judged = [Judged([finding(2)], ["T1", "T2"], []), Judged([finding(2)], ["T2"], [])]
    assert merged(judged, NOTHING)[0].wrong == ("transaction T2 counted 2 times",)


def test_money_for_an_order_that_no_slice_knows_is_found() -> None:
    books = Books([Payment("R1", "T1", 5), Payment("R9", "T9", 5)], {})
    [whole] = merged([Judged([finding(2)], ["T1"], ["R1"])], books)
    assert whole.wrong == ("the bank moved money for R9, no order has that",)
