"""Whatever comes, in whatever order, and however often: a petition stays lawful."""

import random
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.domain.petitions.deciding import ours
from services.notify.domain.petitions.states import MOVES
from services.notify.domain.petitions.terms import TERMS
from shared.events import notify, petitions
from shared.working_time import local_day

CALENDAR = ours().working_calendar(date(2026, 11, 20))
UNITS = ("26737", "00004", "00008", "99999")


class Life:
    """Everything that may come of one petition, drawn by chance."""

    def __init__(self, citizen, chance: random.Random) -> None:
        self.citizen, self.chance = citizen, chance
        self.said: list[tuple[str, dict]] = []
        self.statuses: list[str] = []

    def step(self) -> None:
        case, chance = self.citizen.case, self.chance
        case.at += timedelta(hours=chance.choice((0, 1, 30, 100, 400)))
        what = chance.random()
        if what < 0.25 and case.timers:
            timer = chance.choice(case.timers)  # also one that fired, or is stale
            case.at = max(case.at, timer.due)
            case.fire(timer)
        elif what < 0.5 and (requests := list(case.requests())):
            findings = ("handed", "absent", "unknown", "rejected")
            case.answer(chance.choice(requests).key, chance.choice(findings))
        elif what < 0.6 and self.said:
            move, changes = chance.choice(self.said)
            self.citizen.do(move, **changes)
        else:
            move = chance.choice(("file", "file-nowhere", "answer", "answer", *MOVES_ASKED))
            changes = {}
            if move in ("forward", "assign"):
                changes["unit"] = chance.choice(UNITS)
            if move in ("forward", "answer", "dismiss"):
                changes["moves_seen"] = chance.choice((None, None, 0, 1))
            self.said.append((move, changes))
            self.citizen.do(move, **changes)
        if case.dossier and case.dossier.petition:
            self.statuses.append(case.dossier.petition.status)
            self.check(case.dossier.petition)

    def check(self, petition) -> None:
        for due in (petition.due, petition.promised):
            assert petition.filed_at < due
            assert CALENDAR.is_working(local_day(due))
            assert due == CALENDAR.closing(local_day(due))
        assert petition.promised <= petition.due
        assert petition.forwards <= TERMS.forwards_limit
        assert len(petition.rejected) <= 8


MOVES_ASKED = ("forward", "dismiss", "accept", "dispute", "withdraw", "assign")


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), steps=st.integers(5, 60))
def test_any_order_of_messages_leaves_a_lawful_petition_and_one_notice_a_slot(
    seed, steps, new_citizen
):
    life = Life(new_citizen((1, 1), (20, 20)), random.Random(seed))
    for _ in range(steps):
        life.step()
    for before, after in pairwise(life.statuses):
        assert after == before or after in MOVES[before].values()
    emitted = life.citizen.case.emitted
    kinds = Counter(e.TYPE for e in emitted if isinstance(e, petitions.PetitionMoved))
    assert kinds["petition.received"] <= 1
    assert kinds["petition.apologised"] <= 1
    assert kinds["petition.disputed"] <= 1
    sent = Counter((e.milestone, e.channel) for e in emitted if isinstance(e, notify.NoticeSent))
    assert all(times == 1 for times in sent.values())
    ends = [e for e in emitted if e.TYPE.rpartition(".")[2] in ("accepted", "closed", "withdrawn")]
    assert len(ends) <= 1


def test_the_same_message_twice_is_decided_once(citizen, messages):
    case = citizen.case
    for move in ("file", "answer", "dispute"):
        case.take(messages[move], "/portals/x", move)
        before = case.dossier
        assert case.take(messages[move], "/portals/x", move) == []
        assert case.dossier == before
