"""Any order of events, answers, receipts and timers, with duplicates, deaths and lost answers.

A small world around one application: logs in order, an inbox in none, effect workers that claim as
the kernel's do, and a gateway that sends whatever it accepts, however often.
"""

import random
from collections import Counter
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.notify.domain import OVER
from services.notify.domain.milestones import milestone_of
from services.notify.domain.providers import Provider, Providers
from services.notify.domain.slots import Slot, slot_of
from services.notify.domain.timing import Quiet
from shared.events import notify
from shared.events.data import Consent
from shared.events.kernel import TimerFired

LOGS = {
    "intake": [["application.registered"], ["application.refused"]],
    "payment": [
        [],
        ["payment.requested", "payment.settled"],
        ["payment.requested", "payment.expired", "payment.requested"],
    ],
    "routing": [
        ["application.accepted", "application.processing", "application.settled"],
        ["application.accepted", "application.settled", "application.returned"],
        ["application.accepted", "application.closed"],
        [
            "application.accepted",
            "application.transferred",
            "application.apologised",
            "application.transferred",
            "application.due_moved",
            "application.settled",
        ],
        ["application.not_accepted"],
        [
            "application.accepted",
            "application.settled",
            "application.readdressed",
            "application.posted",
            "application.readdressed",
        ],
        [
            "application.supplement_requested",
            "application.resubmitted",
            "application.supplement_requested",
            "application.accepted",
            "application.settled",
            "application.processing",
            "application.settled",
        ],
    ],
}
CONSENTS = (
    Consent(),
    Consent(channels=("sms", "email")),
    Consent(channels=("email",), representative=("email", "sms")),
    Consent(channels=()),
)
BY_EMAIL = (Consent(channels=("email",)),)


def slots(request) -> set[str]:
    """What a message carries: its own slot, and those joined to it."""
    return {slot(told, request.channel) for told in (request, *request.joined)}


def slot(told, way: str) -> str:
    """How a slot is written of which an event tells."""
    return f"{Slot(told.milestone, 'sms', way, told.occasion)}"


class World:
    """Everything that may happen next stands in `chances`; who runs it says what happens."""

    def __init__(
        self, case, whole, chance: random.Random, unclaimed_deferrals: bool = False, consents=()
    ):
        self.case, self.whole, self.chance = case, whole, chance
        self.consents = consents
        self.unclaimed_deferrals = unclaimed_deferrals
        self.logs = {s: list(chance.choice(options)) for s, options in LOGS.items()}
        self.read = dict.fromkeys(LOGS, 0)
        self.inbox: list[tuple[object, str, str]] = []  # data, source, id
        self.inbox_seen: list[tuple[object, str, str]] = []
        self.requests: list[object] = []  # at least one worker has still to answer
        self.answered: list[object] = []  # redelivery of these is possible
        self.timers: list[object] = []
        self.fired: list[object] = []
        self.claims: set[str] = set()
        self.accepted: Counter[str] = Counter()
        self.refused: dict[str, str] = {}

    # ---- what may happen

    def chances(self, calm: bool) -> list:
        """Return what may happen next; calm: only what must, and nothing goes wrong any more."""
        out = [lambda s=s: self.log(s) for s in LOGS if self.read[s] < len(self.logs[s])]
        out += [lambda m=m: self.deliver(m) for m in self.inbox]
        out += [lambda r=r: self.work(r, calm) for r in self.requests]
        out += [lambda t=t: self.fire(t) for t in self.timers]
        if not calm:
            out += [self.prefer] if self.consents else []
            out += [lambda t=t: self.wish(t) for t in getattr(self.case.dossier, "notices", ())]
            out += [lambda m=m: self.take(*m) for m in self.inbox_seen[-3:]]
            out += [lambda r=r: self.work(r, calm) for r in self.answered[-3:]]
            out += [lambda t=t: self.fire(t) for t in self.fired[-3:]]
        return out

    def run(self, steps: int) -> None:
        for _ in range(steps):
            if chances := self.chances(calm=False):
                self.chance.choice(chances)()
        for _ in range(2_000):
            if not (chances := self.chances(calm=True)):
                return
            self.chance.choice(chances)()
        raise AssertionError("it never comes to rest")

    # ---- the pieces

    def log(self, service: str) -> None:
        n = self.read[service]
        self.read[service] += 1
        data = self.whole[self.logs[service][n]]
        if self.consents and "notices" in data.__struct_fields__:
            data = replace(data, notices=self.chance.choice(self.consents))
        self.take(data, f"/services/{service}", str(n))

    def prefer(self) -> None:
        consent = self.chance.choice(self.consents)
        wish = notify.PreferencesChanged(channels=consent.channels)
        self.take(wish, "/portals/sandbox-portal", f"wish-{self.chance.random()}")

    def wish(self, text: str) -> None:
        """An operator has a milestone told again, whatever became of it."""
        milestone, _, _, occasion = slot_of(text)
        asked = notify.AgainAsked(milestone=milestone, occasion=occasion, by="o-1", reason="why")
        self.inbox.append((asked, "/operators/o-1", f"again-{self.chance.random()}"))

    def deliver(self, message) -> None:
        self.inbox.remove(message)
        self.inbox_seen.append(message)
        self.take(*message)

    def fire(self, timer) -> None:
        if timer in self.timers:
            self.timers.remove(timer)
            self.fired.append(timer)
        self.take(TimerFired(name=timer.name, version=1), "/timers", timer.name)

    def take(self, data, source: str, id_: str) -> None:
        timers_before = len(self.case.timers)
        for event in self.case.take(data, source, id_):
            if isinstance(event, notify.NoticeRequested):
                self.no_other_attempt_is_live(event)
                for milestone in (event.milestone, *(also.milestone for also in event.joined)):
                    self.it_is_still_so(milestone)
                self.requests.append(event)
            elif isinstance(event, notify.NoticeQueryRequested):
                self.requests.append(event)
        new = self.case.timers[timers_before:]
        assert not {t.name for t in new} & {t.name for t in self.case.timers[:timers_before]}
        self.timers += new

    def no_other_attempt_is_live(self, event) -> None:
        for request in self.case.requests():
            if request.key != event.key and slots(request) & slots(event):
                assert request.key in self.claims, f"{request.key} may still be called"
                assert not self.accepted[request.key], f"{request.key} was accepted"

    def it_is_still_so(self, milestone: str) -> None:
        latest = {self.logs[s][n - 1] for s, n in self.read.items() if n}
        assert not latest & milestone_of(milestone).stale_after, (milestone, latest)

    def work(self, request, calm: bool) -> None:
        """One worker handles a request, as the kernel does; it may die at any step."""
        handle = self._send if isinstance(request, notify.NoticeRequested) else self._ask
        if handle(request, calm) and request in self.requests:
            self.requests.remove(request)
            self.answered.append(request)

    def _send(self, request, calm: bool) -> bool:
        key, happens = request.key, self._happens(calm)
        if happens == "defer" and self.unclaimed_deferrals:
            return self._append(key, key, "deferred")
        if key in self.claims:
            return self._append(key, key, "unknown")
        self.claims.add(key)
        if happens == "defer":
            return self._append(key, key, "deferred")
        if happens == "put off":
            return self._append(key, key, "deferred", after_s=5.0)
        if happens == "die before":
            return False
        if happens in ("rejected", "absent"):
            reason = self.chance.choice(["", "no_credit"]) if happens == "rejected" else ""
            self.refused[key] = "absent" if reason else happens
            return self._append(key, key, happens, reason)
        self.accepted[key] += 1
        if self.chance.random() < 0.5:
            delivered = self.chance.random() < 0.7
            receipt = notify.ReceiptArrived(key=key, delivered=delivered)
            self.inbox.append((receipt, "/gateways/sms", f"{key}/receipt/{delivered}"))
        if happens == "die after":
            return False
        return self._append(key, key, "unknown" if happens == "answer lost" else "handed")

    def _ask(self, request, calm: bool) -> bool:
        attempt, happens = request.attempt_key, self._happens(calm)
        if request.key in self.claims or happens in ("defer", "put off", "answer lost"):
            self.claims.add(request.key)
            return self._append(request.key, attempt, "unknown")
        self.claims.add(request.key)
        if happens in ("die before", "die after"):
            return False
        truth = "handed" if self.accepted[attempt] else self.refused.get(attempt, "absent")
        return self._append(request.key, attempt, truth)

    def _happens(self, calm: bool) -> str:
        odd = ["defer", "put off", "die before", "die after", "rejected", "absent", "answer lost"]
        return "all is well" if calm else self.chance.choice([*odd, *["all is well"] * 4])

    def _append(self, key: str, attempt: str, finding, reason: str = "", **more) -> bool:
        data = notify.Answered(key=attempt, finding=finding, reason=reason, **more)
        message = (data, "/services/notify/effects", f"{key}/{finding}")
        if message not in self.inbox:
            self.inbox.append(message)
        return True

    # ---- what must hold in the end

    def check(self) -> None:
        carried = {request.key: slots(request) for request in self.case.requests()}
        handed = Counter(text for key in self.accepted.elements() for text in carried[key])
        assert not [text for text, n in handed.items() if n > 1], handed
        for kind in (notify.NoticeSent, notify.NoticeDelivered):
            kept = [e for e in self.case.emitted if isinstance(e, kind)]
            said = Counter(slot(e, e.channel) for e in kept)
            assert not [text for text, n in said.items() if n > 1], said
        for text, notice in self.case.dossier.notices.items():
            assert notice.status in OVER, (text, notice)
            assert notice.reason != "no_contact", (text, notice)
            if notice.status in ("sent", "delivered", "dropped"):
                is_told = notice.status != "dropped" and not text.endswith("/portal")
                assert (text in handed) == is_told, (text, notice)


@given(steps=st.integers(0, 120), chance=st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_every_notice_is_handed_over_at_most_once_and_comes_to_an_end(
    steps, chance, new_case, whole
):
    world = World(new_case((1, 1, 1), (20, 20, 20)), whole, chance)
    world.run(steps)
    world.check()


def test_a_deferral_without_a_claim_would_send_twice_and_is_noticed(new_case, whole):
    """The world can tell: the kernel has to claim before it defers."""

    def try_many() -> None:
        for seed in range(500):
            world = World(new_case(), whole, random.Random(seed), unclaimed_deferrals=True)
            world.run(80)
            world.check()

    with pytest.raises(AssertionError, match=r"may still be called|was accepted|'dropped'"):
        try_many()


@given(
    steps=st.integers(0, 120),
    chance=st.randoms(use_true_random=False),
    consents=st.sampled_from([CONSENTS, BY_EMAIL]),
)
@settings(max_examples=300, deadline=None)
def test_joined_held_and_failed_over_each_notice_goes_out_once_or_not_at_all(
    steps, chance, consents, new_case, whole
):
    providers = [Provider(c, c) for c in ("sms", "email")] + [Provider("mail2", "email", 2)]
    case = new_case(
        *((1, 1, 1), (20, 20, 20)),
        quiet=None if consents is BY_EMAIL else Quiet(time(15, 1), time(15, 2)),  # as it begins
        join_s={"email": 20.0},
        providers=Providers(providers),
    )
    world = World(case, whole, chance, consents=consents)
    world.run(steps)
    world.check()
