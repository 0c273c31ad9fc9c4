"""Documents that were digitised, reused or certified electronically say so, and keep it."""

import msgspec
import pytest

from services.intake.domain.dossier import content
from shared import events
from shared.events.data import MARKED_LIMIT, Document, Filed, Mark, joined, marked
from shared.events.intake import FollowUpRejected, Refused, Supplemented
from shared.events.portal import Submitted, SupplementSubmitted

PAPER = {"name": "Original document", "sha256": "a" * 64}
DOSSIER = "H26.1-20261120-0000001"
RIGHT = {  # what is said, and the national code
    "nothing": ({}, 0),
    "digitised": ({"digitised": True}, 1),
    "reused from data": ({"reused": True, "source": "G09.20"}, 2),
    "reused from another's result": ({"reused": True, "source": DOSSIER}, 3),
    "certified": ({"e_certified": True, "certificate": "CT-2026/0001"}, 0),
    "digitised and certified": (
        {"digitised": True, "e_certified": True, "certificate": "CT-2026/0001"},
        1,
    ),
}
WRONG = {
    "digitised and reused": (
        {"digitised": True, "reused": True, "source": DOSSIER},
        [("conflicting-origin", "/documents/0/reused")],
    ),
    "from nowhere": ({"reused": True}, [("missing-source", "/documents/0/source")]),
    "from no code": (
        {"reused": True, "source": "the archive"},
        [("invalid-source", "/documents/0/source")],
    ),
    "a source of what is not reused": (
        {"source": DOSSIER},
        [("conflicting-origin", "/documents/0/source")],
    ),
    "certified without a number": (
        {"e_certified": True, "certificate": " "},
        [("missing-certificate", "/documents/0/certificate")],
    ),
    "a number of nothing": (
        {"certificate": "CT-1"},
        [("conflicting-origin", "/documents/0/certificate")],
    ),
    "too long a number": (
        {"e_certified": True, "certificate": "x" * 101},
        [("too-long", "/documents/0/certificate")],
    ),
    "a number that cannot be seen": (
        {"e_certified": True, "certificate": "CT\u202e1"},
        [("invalid-value", "/documents/0/certificate")],
    ),
    "of another type": ({"digitised": "yes"}, [("invalid-value", "/documents/0/digitised")]),
}


def told(problems) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in problems]


@pytest.mark.parametrize("case", RIGHT)
async def test_what_is_said_of_a_document_is_kept_and_shown(make, case) -> None:
    said, code = RIGHT[case]
    lane = make.Lane()
    (outcome,) = await lane.take(make.arrival(make.form(documents=[PAPER, PAPER | said])))
    (registered,) = outcome.events
    assert registered.documents == (Filed(**PAPER), Filed(**PAPER))
    assert registered.marks == ((Mark(document=1, **said),) if said else ())
    assert ("marks" in events.encode(registered).decode()) == bool(said)
    edge = make.Edge(lane=lane)
    shown = (await edge.call("GET", f"/v1/applications/{make.uuid7()}")).json()
    papers = shown["receipt"]["documents"]
    assert [(p["sha256"], p["digitisation"]) for p in papers] == (
        [("a" * 64, code)] if said else []
    )
    assert all(papers[0][name] == value for name, value in said.items() if name in papers[0])


@pytest.mark.parametrize("case", RIGHT)
async def test_of_what_a_supplement_brings_too(make, case) -> None:
    said, _ = RIGHT[case]
    lane = make.Lane()
    await lane.take(make.arrival())
    brought = SupplementSubmitted(documents=(Document(**PAPER | said),))
    (outcome,) = await lane.take(make.follow_up(brought))
    mark = (Mark(document=0, **said),) if said else ()
    assert outcome.events == (Supplemented(documents=(Filed(**PAPER),), marks=mark),)
    assert outcome.state.marked == (brought.documents if said else ())
    assert joined(outcome.events[0].documents, mark) == outcome.state.marked


@pytest.mark.parametrize("case", WRONG)
async def test_what_does_not_fit_is_said_on_all_ways_in(make, case) -> None:
    said, problems = WRONG[case]
    form = make.form(documents=[PAPER | said])
    (outcome,) = await make.Lane().take(make.arrival(form))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert told(refused.problems) == problems
    edge = make.Edge()
    answer = await edge.submit(form)
    assert answer.status_code == 422
    assert [(p["code"], p["field"]) for p in answer.json()["problems"]] == problems


async def test_a_supplement_that_does_not_fit_is_turned_back(make) -> None:
    lane = make.Lane()
    await lane.take(make.arrival())
    brought = SupplementSubmitted(documents=(Document(**PAPER, reused=True),))
    (outcome,) = await lane.take(make.follow_up(brought))
    (rejected,) = outcome.events
    assert isinstance(rejected, FollowUpRejected)
    assert told(rejected.problems) == [("missing-source", "/documents/0/source")]


def test_no_more_is_kept_than_there_may_be() -> None:
    many = tuple(Document(name=str(n), sha256="a" * 64, digitised=True) for n in range(60))
    kept = marked(marked((), many), many)
    assert len(kept) == MARKED_LIMIT
    assert kept[-1].name == "59"


def test_what_was_sent_before_there_were_marks_is_the_same_when_it_is_sent_again() -> None:
    sent = msgspec.json.decode(
        b'{"procedure":"2.000815","receiving_unit":"00004","personal":"x",'
        b'"documents":[{"name":"n","sha256":"s"}]}',
        type=Submitted,
    )
    assert content(sent, ()) == (
        b'[{"applicant_kind":"citizen","channel":"online","copies":1,"documents":'
        b'[{"media_type":"application/pdf","name":"n","sha256":"s"}],"language":"vi",'
        b'"personal":"x","procedure":"2.000815","receiving_unit":"00004","residence_unit":""},[]]'
    )
