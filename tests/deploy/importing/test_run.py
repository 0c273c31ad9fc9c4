"""One import after another over the same log: cut off, gone on with, stalled, changed."""

import json
import re

import msgspec
import pytest

from deploy.importing.checking import Entry
from deploy.importing.ledger import Ledger
from deploy.importing.lists import Paths
from deploy.importing.run import Limits
from deploy.local.settings import ROOT
from shared import jwe
from shared.errors import Misconfigured
from shared.events.intake import InterlinkedRegistered, Registered
from tests.deploy.importing.memory_log import Killed, MemoryLog

INTERLINKED = ROOT / "docs" / "interlinked.md"


def lines(make, count):
    return [make.line(n) for n in range(1, count + 1)]


async def test_what_came_in_is_told_with_its_dossier_code(make, tmp_path) -> None:
    log, old = MemoryLog(), {"dossier_code": "H26.1-201120-0001"}
    file = make.write(tmp_path / "a", [make.line(1, old=old), make.line(2)])
    first, second = (await make.run(log, file)).outcome.came
    assert (first.line, first.old_code) == (1, "H26.1-201120-0001")
    assert (second.line, second.application) == (2, make.uuid7(2))
    assert first.dossier_code < second.dossier_code
    assert not first.before


async def test_a_likely_duplicate_is_told_with_what_it_repeats(make, tmp_path) -> None:
    file = make.write(tmp_path / "a", lines(make, 2))
    first, second = (await make.run(MemoryLog(), file)).outcome.came
    assert {first.similar_to or first.application, second.similar_to or second.application} in (
        {first.application},
        {second.application},
    )


async def test_an_interlinked_application_comes_in_under_its_parent_s_code(make, tmp_path) -> None:
    [text] = re.findall(r"```json\n(.*?)```", INTERLINKED.read_text(), re.S)[:1]
    log, line = MemoryLog(), {"id": make.uuid7(1), **json.loads(text)}
    sent = await make.run(log, make.write(tmp_path / "a", [line]))
    [came] = sent.outcome.came
    assert sent.outcome.reconciliation.closes
    assert (came.before, bool(came.dossier_code)) == (False, True)
    assert log.said(InterlinkedRegistered.TYPE) == [make.uuid7(1)]


async def test_with_a_key_of_another_system_one_line_is_sent_and_no_more(make, tmp_path) -> None:
    log, file = MemoryLog(), make.write(tmp_path / "a", lines(make, 30))
    other = jwe.import_key(jwe.public_part(jwe.import_key(jwe.generate_key())))
    sent = await make.run(log, file, key=other)
    assert sent.is_key_wrong
    assert log.submissions() == {make.uuid7(1): 1}
    again = await make.run(log, file)
    assert not again.is_key_wrong, "what an earlier run was told stops no later one"
    assert again.outcome.reconciliation.registered == 29


async def test_no_more_is_in_flight_than_allowed(make, tmp_path) -> None:
    log = MemoryLog(appetite=1)
    await make.run(log, make.write(tmp_path / "a", lines(make, 40)))
    assert log.most_waiting <= 8


async def test_a_run_that_goes_on_sends_only_what_has_no_answer(make, tmp_path) -> None:
    log, file = MemoryLog(), make.write(tmp_path / "a", lines(make, 30))
    log.calls_left = 15
    with pytest.raises(Killed):
        await make.run(log, file)
    log.calls_left = -1
    await log.settle()
    before = log.submissions()
    assert 0 < len(before) < 30
    sent = await make.run(log, file)
    assert sent.outcome.reconciliation.registered == 30
    assert not log.submissions().keys() - {make.uuid7(n) for n in range(1, 31)}
    assert set(log.submissions().values()) == {1}


async def test_a_line_that_stands_is_told_so_though_it_would_not_be_in_order_today(
    make, tmp_path
) -> None:
    log, file = MemoryLog(), make.write(tmp_path / "a", lines(make, 2))
    await make.run(log, file)
    long_after = make.RULES._replace(now=make.NOW.replace(year=1999))
    found = (await make.run(log, file, rules=long_after)).outcome.reconciliation
    assert (found.registered, found.refused_here, found.difference) == (2, 0, 0)


async def test_a_refused_line_is_an_exception_with_intake_s_own_problems(make, tmp_path) -> None:
    token = make.encrypted(make.personal(phone="1"))
    sent = await make.run(MemoryLog(), make.write(tmp_path / "a", [make.line(personal=token)]))
    [told] = sent.outcome.exceptions
    assert (told.because, [(p.field, p.code) for p in told.problems]) == (
        "refused",
        [("/personal/phone", "invalid-phone")],
    )


async def test_with_intake_away_it_ends_and_the_difference_is_what_has_no_answer(
    make, tmp_path
) -> None:
    log, file = MemoryLog(appetite=0), make.write(tmp_path / "a", lines(make, 5))
    sent = await make.run(log, file)
    found = sent.outcome.reconciliation
    assert "intake answers nothing" in sent.stalled
    assert (found.unanswered, found.difference, found.closes) == (5, 5, False)
    assert {p.code for e in sent.outcome.exceptions for p in e.problems} == {"no-answer"}
    log.appetite = 10
    found = (await make.run(log, file)).outcome.reconciliation
    assert (found.registered, found.closes) == (5, True)


async def test_with_a_broker_away_it_ends_and_says_so(make, tmp_path) -> None:
    log, file = MemoryLog(), make.write(tmp_path / "a", lines(make, 5))
    log.doubts_after(4)
    sent = await make.run(log, file)
    assert sent.stalled == "no answer came"
    assert not sent.outcome.reconciliation.closes


async def test_a_file_that_changed_is_not_gone_on_with_unless_anew(make, tmp_path) -> None:
    log, file = MemoryLog(), make.write(tmp_path / "a", lines(make, 2))
    await make.run(log, file)
    make.write(file, lines(make, 3))
    with pytest.raises(Misconfigured, match="has changed since its import began"):
        await make.run(log, file)
    found = (await make.run(log, file, anew=True)).outcome.reconciliation
    assert (found.registered, found.registered_before, found.difference) == (1, 2, 0)
    assert len(log.said(Registered.TYPE)) == 3


async def test_another_log_is_not_gone_on_with(make, tmp_path) -> None:
    log, file = MemoryLog(), make.write(tmp_path / "a", lines(make, 2))
    await make.run(log, make.write(tmp_path / "before", [make.line(9)]))
    await make.run(log, file)
    for other in (MemoryLog(), MemoryLog(lanes=3)):
        with pytest.raises(Misconfigured, match="began on another log"):
            await make.run(other, file)


async def test_a_journal_that_is_none_is_told(make, tmp_path) -> None:
    file = make.write(tmp_path / "a", lines(make, 1))
    Paths.beside(file, None).journal.write_bytes(b"{")
    with pytest.raises(Misconfigured, match="is not an import's journal: use --anew"):
        await make.run(MemoryLog(), file)


async def test_another_portal_s_import_is_not_gone_on_with(make, tmp_path) -> None:
    log, file = MemoryLog(), make.write(tmp_path / "a", lines(make, 1))
    await make.run(log, file)
    journal = Paths.beside(file, None).journal
    journal.write_text(json.dumps(json.loads(journal.read_text()) | {"portal": "another"}))
    with pytest.raises(Misconfigured, match="began as portal another"):
        await make.run(log, file)


async def test_without_intake_s_key_nothing_in_the_clear_is_sent(make, tmp_path) -> None:
    log = MemoryLog()
    with pytest.raises(Misconfigured, match="intake's key to encrypt them to is not known"):
        await make.run(log, make.write(tmp_path / "a", lines(make, 1)), key=None)
    assert not log.submissions()
    token = make.encrypted(make.personal())
    file = make.write(tmp_path / "b", [make.line(personal=token)])
    assert (await make.run(log, file, key=None)).outcome.reconciliation.registered == 1


async def test_nothing_that_is_appended_or_written_holds_a_personal_field(make, tmp_path) -> None:
    log = MemoryLog()
    wrong = make.line(2, personal=make.personal(phone="1"))
    file = make.write(tmp_path / "a", [make.line(1), wrong, make.line(1, copies=5)])
    sent = await make.run(log, file)
    told = msgspec.json.encode([sent.outcome.came, sent.outcome.exceptions])
    journal = Paths.beside(file, None).journal.read_bytes()
    kept = b"".join(r.value or b"" for records in log.records.values() for r in records)
    for value in make.personal().values():
        assert value.encode() not in kept + told + journal


async def test_an_answer_to_another_message_is_none_to_ours_until_ours_is_decided(make) -> None:
    log, application = MemoryLog(), make.uuid7(1)
    log.submit(make.submission(make.line(1)))
    await log.settle()
    ledger = Ledger({application: Entry(1, "mark")})
    ledger.sent([application])
    for record in (r for records in log.records.values() for r in records):
        ledger.hear_record(record.key, record.value)
    assert ([e.because for e in ledger.exceptions()], ledger.came()) == (["unanswered"], [])
    ledger.decide([application])
    [came] = ledger.came()
    assert (ledger.exceptions(), came.before) == ([], True)


@pytest.mark.parametrize(("place", "is_all_read"), [(25, False), (1, True)])
async def test_who_was_registered_before_is_looked_for_no_farther_back_than_it_stands(
    make, tmp_path, place: int, is_all_read: bool
) -> None:
    """By an old code's id too, which tells no time."""
    log = MemoryLog(lanes=1)
    old = {"dossier_code": "H26.1-201120-0001"}
    coded = {name: value for name, value in make.line(99, old=old).items() if name != "id"}
    many = [*lines(make, place - 1), coded, *(make.line(n) for n in range(place + 1, 31))]
    await make.run(log, make.write(tmp_path / "before", many))
    log.sought.clear()
    again = make.write(tmp_path / "again", [coded])
    sent = await make.run(log, again, limits=Limits(in_flight=8, batch=3, look_back=4))
    assert sent.outcome.reconciliation.registered_before == 1
    assert sent.outcome.reconciliation.difference == 0
    begun = [offsets[0] for offsets in log.sought]
    assert begun == sorted(begun, reverse=True)
    assert (min(begun) == 0) == is_all_read


async def test_who_is_nowhere_in_the_log_is_looked_for_once(make, tmp_path) -> None:
    log, file = MemoryLog(lanes=1), make.write(tmp_path / "a", lines(make, 9))
    await make.run(log, file)
    held = make.write(tmp_path / "held", [make.line(10)])
    log.submit(make.submission(make.line(10)))
    await log.settle()
    log.records["intake.events", 0].pop()  # as if it were held: nothing was said of it
    log.sought.clear()
    sent = await make.run(log, held, limits=Limits(in_flight=8, batch=3, look_back=4))
    assert sent.outcome.reconciliation.difference == 1
    begun = [offsets[0] for offsets in log.sought]
    assert begun == [9, 5, 0]
