"""Citizens and officers: what is submitted, and what is done about each dossier."""

from collections.abc import Iterator
from functools import cache
from itertools import count
from random import Random

import msgspec

from deploy.sandbox.officers.habits import Fate, Habits, react
from deploy.sandbox.portal import NAME, Application, Citizens, uuid7
from deploy.simulation.outside import Outside
from services.routing.domain.states import Move
from services.routing.lane import OFFICER_ACTIONS
from shared import events, jwe
from shared.catalogue import Catalogue, load
from shared.catalogue import forms as procedure_forms
from shared.catalogue.forms import Forms
from shared.events import Data, Event
from shared.events.data import Document
from shared.events.intake import InterlinkedRegistered, Registered
from shared.events.portal import (
    Correction,
    CorrectionSubmitted,
    Submitted,
    SupplementSubmitted,
    WithdrawalRequested,
)
from shared.events.routing import (
    OfficerAccepted,
    OfficerRefused,
    Resubmitted,
    Routed,
    SupplementRequested,
)
from shared.kinship import CHILDREN_LIMIT, child_id
from shared.working_time import local_day

OFFICER = "officer.simulated"
PORTAL = f"/portals/{NAME}"
WITHDRAWN, CORRECTED, AGAIN, INTERLINKED = 0.1, 0.3, 0.15, 0.15  # how often
REGISTERED = frozenset({Registered.TYPE, InterlinkedRegistered.TYPE})
SPOILT = (*[""] * 16, "procedure", "personal", "shape", "bytes")


@cache
def catalogue() -> Catalogue:
    """Return the reference data, read once."""
    return load()


@cache
def forms() -> Forms:
    """Return what procedures ask for, read once."""
    return procedure_forms.load()


@cache
def private_key() -> jwe.Key:
    """Return intake's key, made for this run."""
    return jwe.import_key(jwe.generate_key())


class Citizenry:
    """Submits, sometimes badly, twice or with other content; brings supplements; corrects,
    withdraws.
    """

    def __init__(self, outside: Outside) -> None:
        self._outside, self._numbers = outside, count(1)
        today = local_day(outside.world.clock())
        self._citizens = Citizens(catalogue(), today, outside.rng)
        self._key = jwe.import_key(jwe.public_part(private_key()))
        self.submitted: list[str] = []
        outside.listen("routing.events", self._hear)
        outside.listen("intake.events", self._hear)

    def submit(self) -> None:
        """Submit one application."""
        rng, world = self._outside.rng, self._outside.world
        drawn = self._draw()
        id_ = uuid7(int(world.clock().timestamp() * 1000), rng)
        application = Application(id_, drawn.fields, drawn.personal)
        self.submitted.append(id_)
        for value in self._values(application, rng.choice(SPOILT)):
            self._outside.send("portal.submissions", id_, value, strays=True)

    def of_all(self) -> Iterator[str]:
        """Give all that was submitted, and all that may have come of it."""
        for application in self.submitted:
            yield application
            yield from (child_id(application, n) for n in range(CHILDREN_LIMIT))

    def _draw(self) -> Application:
        """Draw an application, now and then one for several agencies."""
        rng, known = self._outside.rng, catalogue()
        if rng.random() >= INTERLINKED:
            return self._citizens.draw()
        today = local_day(self._outside.world.clock())
        procedure = known.procedure(rng.choice([*known.interlinked]), today)
        assert procedure is not None
        unit = rng.choice([u for u in known.units_in_force(today) if not u.is_province])
        return self._citizens.of(procedure, unit)

    def _values(self, application: Application, spoilt: str) -> Iterator[bytes]:
        personal = jwe.encrypt_to(self._key, events.encode(application.personal))
        fields = msgspec.structs.replace(application.fields, personal=personal)
        if spoilt == "procedure":
            fields = msgspec.structs.replace(fields, procedure="0.000000")
        if spoilt == "personal":
            fields = msgspec.structs.replace(fields, personal="not a JWE")
        data = events.encode(fields)
        if spoilt == "shape":
            data = b'{"procedure":1}'
        event = self._event(application.id, data)
        yield b"{" + event if spoilt == "bytes" else event
        if self._outside.rng.random() < AGAIN:  # once more by hand: the same, or not
            copies = fields.copies + self._outside.rng.randint(0, 1)
            other = msgspec.structs.replace(fields, copies=copies)
            yield self._event(application.id, events.encode(other))

    def _event(self, application: str, data: bytes) -> bytes:
        event = Event(
            id=f"{application}/{next(self._numbers)}",
            source=PORTAL,
            type=Submitted.TYPE,
            subject=application,
            time=self._outside.world.clock(),
            data=msgspec.Raw(data),
        )
        return events.encode(event)

    def _hear(self, event: Event) -> None:
        rng = self._outside.rng
        if event.type == SupplementRequested.TYPE:
            document = Document(name="Ví dụ", sha256=f"{rng.getrandbits(256):064x}")
            self._say(event.subject, SupplementSubmitted(documents=(document,)))
        if event.type in REGISTERED and rng.random() < WITHDRAWN:
            self._say(event.subject, WithdrawalRequested(reason="Ví dụ"))
        own = Random(event.subject)  # drawn beside: all else stays as a seed has it
        if event.type == Registered.TYPE and own.random() < CORRECTED:
            self._correct(event.subject, own)

    def _correct(self, application: str, own: Random) -> None:
        """Give another phone, some in one go with a third."""
        for _ in range(own.choice((1, 1, 2))):
            said = Correction(phone=f"09{own.randrange(10**8):08}")
            encrypted = jwe.encrypt_to(private_key(), msgspec.json.encode(said))
            self._say(application, CorrectionSubmitted(personal=encrypted))

    def _say(self, application: str, data: Data) -> None:
        id_ = f"{application}/{next(self._numbers)}"
        self._outside.say("intake.inbox", application, data, source=PORTAL, id_=id_)


class Office:
    """Officers, with the habits of the sandbox's; some press twice."""

    def __init__(self, outside: Outside, seed: int) -> None:
        self._outside, self._numbers = outside, count(1)
        self._habits = Habits(
            seed=seed,
            refused=0.1,
            asked_for_supplement=0.3,
            demanded_payment=0.3,
            suspended=0.2,
            reopened=0.2,
        )
        self._fates: dict[str, Fate] = {}
        outside.listen("routing.events", self._hear)

    def _hear(self, event: Event) -> None:
        fate = self._fates.setdefault(event.subject, Fate(self._habits, event.subject))
        if event.type in (Routed.TYPE, Resubmitted.TYPE):
            refused = OfficerRefused(officer=OFFICER, note="Ví dụ")
            self._act(event, refused if fate.is_refused else OfficerAccepted(officer=OFFICER))
        elif body := react(event, fate):
            contract = OFFICER_ACTIONS[Move(body.pop("action"))]
            self._act(event, contract(officer=OFFICER, **body))

    def _act(self, event: Event, data: Data) -> None:
        for _ in range(2 if self._outside.rng.random() < AGAIN else 1):
            id_ = f"{event.subject}/act/{next(self._numbers)}"
            self._outside.say(
                "routing.inbox", event.subject, data, source="/officers/simulated", id_=id_
            )
