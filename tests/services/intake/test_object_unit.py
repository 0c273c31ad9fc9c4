"""Where the object of an application lies is passed on, and is part of what makes two the same."""

import msgspec
import pytest

from services.intake.domain.dossier import content
from services.intake.domain.shape import mend
from shared.events.data import Problem
from shared.events.intake import Registered
from shared.events.portal import Personal, Submitted

# of a message of before there was the field: what is kept of it must match it for ever
KEPT = (
    '[{"applicant_kind":"citizen","channel":"online","copies":2,"documents":[{"media_type":'
    '"application/pdf","name":"Original document","sha256":"%s"}],"language":"vi","personal":"",'
    '"procedure":"2.000815","receiving_unit":"00004","residence_unit":"00004"},{"name":'
    '"Nguyễn Thị Thử Nghiệm","personal_number":"001199000001","phone":"0912345678"}]'
) % ("a" * 64)


def sent(make, **changed) -> Submitted:
    return msgspec.convert(make.form(personal="e30", **changed), Submitted)


def person(make) -> Personal:
    fields = make.personal()
    return Personal(**{f: fields[f] for f in ("name", "personal_number", "phone")})


def test_what_was_sent_before_there_was_the_field_is_still_the_same(make) -> None:
    assert content(sent(make), person(make)).decode() == KEPT


def test_another_object_is_another_content(make) -> None:
    here, there = (content(sent(make, object_unit=u), person(make)) for u in ("00004", "00008"))
    assert len({here, there, KEPT.encode()}) == 3


def test_nothing_is_sent_where_no_object_is_named(make) -> None:
    assert b"object_unit" not in msgspec.json.encode(sent(make))


async def test_it_is_registered_with_it(make) -> None:
    lane = make.Lane()
    (outcome,) = await lane.take(make.arrival(make.form(object_unit="00008")))
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    assert registered.object_unit == "00008"


async def test_the_same_with_another_object_conflicts(make) -> None:
    lane = make.Lane()
    await lane.take(make.arrival(make.form(object_unit="00008")))
    (again,) = await lane.take(make.arrival(make.form(object_unit="00008"), id="message 2"))
    assert again.events == ()
    (other,) = await lane.take(make.arrival(make.form(object_unit="00004"), id="message 3"))
    assert [event.TYPE for event in other.events] == ["application.conflicted"]


@pytest.mark.parametrize("wrong", [5, None, ["00008"]])
def test_an_object_that_is_no_code_is_told_with_its_field(make, wrong) -> None:
    text = msgspec.json.encode(make.form(personal="", object_unit=wrong, copies="x"))
    found: list[Problem] = []
    mended = mend(Submitted, msgspec.json.decode(text), "", found)
    assert [(p.code, p.field) for p in found] == [
        ("invalid-value", "/object_unit"),
        ("invalid-value", "/copies"),
    ]
    assert mended.object_unit == ""
