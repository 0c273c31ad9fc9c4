"""The sandbox portal: submits made-up applications of real procedures, over HTTP or onto Kafka.

People, documents and answers are synthetic.  The mix of sectors is the published one of a ward.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from msgspec import UNSET

from shared import jwe
from shared.bus import Message, Partition, Producer
from shared.catalogue import Catalogue, Procedure, Unit
from shared.events import Event, encode
from shared.events.data import Consent, Document
from shared.events.portal import Correction, Personal, Representative, Submitted
from shared.placement import home

NAME = "sandbox-portal"
LIMIT_S = 30.0

# Vũng Tàu ward, 1-8 July 2025, 864 dossiers: see shared/catalogue/data/README.md
MIX: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "certification": (0.603, ("certification",)),
    "business": (0.189, ("household business", "enterprises")),
    "civil status": (0.132, ("civil status",)),
    "land": (0.042, ("land",)),
    "other": (0.034, ()),
}
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Linh", "Minh", "Ngọc", "Quân")
MIDDLE = "Thử Nghiệm"  # "trial": nobody is called so
BIRTH = "local.interlinked-birth"
AGE_DAYS = 9  # of a child that is registered in time


@dataclass(frozen=True, slots=True)
class Application:
    """What a citizen hands in.  `personal` is in the clear: it never leaves the portal so."""

    id: str
    fields: Submitted
    personal: Personal


def uuid7(milliseconds: int, chance: random.Random) -> str:
    """Return an application id of that instant (RFC 9562, version 7)."""
    noise = chance.getrandbits(74)
    high = (milliseconds << 80) | (7 << 76) | ((noise >> 62) << 64)
    return str(UUID(int=high | (2 << 62) | (noise & ((1 << 62) - 1))))


class Citizens:
    """Draws applications from the catalogue, the same ones for the same seed (ids apart)."""

    def __init__(self, catalogue: Catalogue, on: date, chance: random.Random) -> None:
        self._chance, self._drawn = chance, 0
        alone = [
            p for p in catalogue.procedures_in_force(on) if p.code not in catalogue.interlinked
        ]
        self._catalogue, self._on = catalogue, on
        self._groups = _grouped(alone)  # those of several agencies ask for answers: not drawn
        self._units = [u for u in catalogue.units_in_force(on) if not u.is_province]
        self._split = [code for code in sorted(catalogue.successors) if self._became(code)]
        self._by_residence = [p for p in alone if _is_by_residence(p)]

    def draw(self) -> Application:
        """Return one more application."""
        weights = [MIX[name][0] for name in self._groups]
        [group] = self._chance.choices(list(self._groups), weights)
        return self.of(self._chance.choice(self._groups[group]), self._chance.choice(self._units))

    def of(self, procedure: Procedure, unit: Unit) -> Application:
        """Return an application for this procedure, in this unit."""
        self._drawn += 1
        now_ms = int(datetime.now(UTC).timestamp() * 1000)
        fields = Submitted(
            procedure=procedure.code,
            receiving_unit=unit.code,
            residence_unit=unit.code,
            object_unit=unit.code if _is_in(procedure, MIX["land"][1]) else UNSET,
            channel="online",
            personal="",
            copies=self._chance.randint(1, 3),
            language=self._chance.choice(("vi", "vi", "vi", "en")),
            documents=tuple(self._document(name) for name in procedure.required_documents),
        )
        return Application(uuid7(now_ms, self._chance), fields, self._person())

    def of_split_unit(self) -> Application:
        """Return an application of someone who tells the old code of a unit that was split."""
        old = self._chance.choice(self._split)
        unit = self._catalogue.unit(self._became(old)[0], self._on)
        assert unit
        drawn = self.of(self._chance.choice(self._by_residence), unit)
        return replace(drawn, fields=msgspec.structs.replace(drawn.fields, residence_unit=old))

    def of_several_agencies(self) -> Application:
        """Return a birth that registers the child, where it lives, and its health card."""
        procedure = self._catalogue.procedure(BIRTH, self._on)
        assert procedure
        drawn = self.of(procedure, self._chance.choice(self._units))
        documents = tuple(d for d in drawn.fields.documents if "form" not in d.name)
        answers = {
            "child_name": f"{drawn.personal.name} Bé {self._drawn}",
            "child_sex": self._chance.choice(("female", "male")),
            "child_birth_date": (self._on - timedelta(days=AGE_DAYS)).isoformat(),
            "child_birth_place": f"Bệnh viện {MIDDLE} {self._drawn}",
            "relation": "mother",
            "residence_address": f"Số {self._drawn}, ngõ {MIDDLE}",
            "relation_to_household_head": "child",
        }
        fields = msgspec.structs.replace(drawn.fields, documents=documents, copies=1)
        personal = msgspec.structs.replace(drawn.personal, answers=answers)
        return replace(drawn, fields=fields, personal=personal)

    def _became(self, old: str) -> tuple[str, ...]:
        """Return what a unit became that was split, if its code names no unit of today."""
        found = self._catalogue.current_units(old, self._on)
        is_free = self._catalogue.unit(old, self._on) is None
        return found.units if is_free and found.kind == "default_of_split" else ()

    def _person(self) -> Personal:
        n = self._drawn
        name = f"{self._chance.choice(SURNAMES)} {MIDDLE} {self._chance.choice(GIVEN)}"
        return Personal(
            name=name,
            personal_number=f"0011{self._chance.randint(10, 99)}{n:06d}",
            phone=f"09{self._chance.randint(10, 99)}{n:06d}",
            email=f"citizen{n}@example.invalid",
            address=f"Số {n}, đường {MIDDLE}",
        )

    def _document(self, name: str) -> Document:
        return Document(name=name, sha256=f"{self._chance.getrandbits(256):064x}")


def _grouped(procedures: Sequence[Procedure]) -> dict[str, list[Procedure]]:
    groups: dict[str, list[Procedure]] = {name: [] for name in MIX}
    for procedure in procedures:
        name = next((n for n, (_, words) in MIX.items() if _is_in(procedure, words)), "other")
        groups[name].append(procedure)
    return groups


def _is_in(procedure: Procedure, words: Sequence[str]) -> bool:
    return any(f"({word})" in procedure.sector for word in words)


def _is_by_residence(procedure: Procedure) -> bool:
    """Whether the commune decides in which the applicant lives, and the rules let it be so."""
    is_there = procedure.competent_level == "commune"
    return (
        is_there
        and procedure.non_boundary == "intra_province"
        and _is_in(procedure, MIX["civil status"][1])
    )


def told_by(application: Application, ways: Consent) -> Application:
    """Return an application whose people agree to be told by these ways."""
    phone, email = application.personal.phone, application.personal.email
    acting = Representative(
        name=f"{SURNAMES[0]} {MIDDLE} Đại Diện {phone[4:]}",
        phone=f"07{phone[2:]}",
        email=f"acting-for-{email}",
    )
    fields = msgspec.structs.replace(application.fields, notices=ways)
    personal = msgspec.structs.replace(
        application.personal, representative=acting if ways.representative else UNSET
    )
    return replace(application, fields=fields, personal=personal)


def personal_values(application: Application) -> Iterator[str]:
    """Return what must stand nowhere in the clear."""
    person = application.personal
    yield from (person.name, person.personal_number, person.phone, person.email, person.address)
    if acting := person.representative:
        yield from (acting.name, acting.phone, acting.email)
    yield from (answer for answer in person.answers.values() if MIDDLE in answer)
    if acting := person.representative:
        yield from (acting.name, acting.phone, acting.email)
    yield corrected_phone(application)


def corrected_phone(application: Application) -> str:
    """Return the telephone number that a citizen means who corrects it."""
    return f"03{application.personal.phone[2:]}"


class Portal:
    """Both ways in.  `acknowledged`: what the system promised to have."""

    def __init__(self, clients: Mapping[str, Any], lanes: int) -> None:
        self._key = jwe.import_key(clients["intake_jwk"])
        self._bearer = f"Bearer {clients['api_keys']['portal']}"
        self._lanes = lanes
        self.acknowledged: set[str] = set()

    async def post(self, client: httpx.AsyncClient, application: Application) -> httpx.Response:
        """Submit over HTTP."""
        body = msgspec.to_builtins(application.fields)
        body["personal"] = msgspec.to_builtins(application.personal)
        answer = await client.post(
            "/v1/applications",
            content=msgspec.json.encode(body),
            headers=self._headers(application.id),
            timeout=LIMIT_S,
        )
        if answer.status_code == httpx.codes.ACCEPTED:
            self.acknowledged.add(application.id)
        return answer

    async def append(
        self,
        producer: Producer,
        applications: Sequence[Application],
        message: str = "submitted",
        lane: int | None = None,
    ) -> None:
        """Submit straight onto Kafka; `message` names what is sent.  Raises `Unknown`.

        `lane`: where to, unless home: a portal that does not know how many lanes there are.
        """
        batches: dict[Partition, list[Message]] = {}
        for application in applications:
            at = home(application.id, self._lanes) if lane is None else lane
            place = "portal.submissions", at
            text = encode(self.event(application, message))
            batches.setdefault(place, []).append(Message(application.id.encode(), text))
        await producer.append(batches)
        self.acknowledged.update(a.id for a in applications)

    async def supplement(
        self, client: httpx.AsyncClient, application: str, document: Document, key: str
    ) -> httpx.Response:
        """Bring what was asked for; `key` tells it from another supplement."""
        return await client.post(
            f"/v1/applications/{application}/supplements",
            content=encode({"documents": [document]}),
            headers=self._headers(key),
            timeout=LIMIT_S,
        )

    async def correct(self, client: httpx.AsyncClient, application: Application) -> httpx.Response:
        """Correct the telephone number, before a unit accepts the application."""
        correction = Correction(phone=corrected_phone(application))
        return await client.post(
            f"/v1/applications/{application.id}/corrections",
            content=encode({"personal": correction}),
            headers=self._headers("correction-1"),
            timeout=LIMIT_S,
        )

    async def withdraw(self, client: httpx.AsyncClient, application: str) -> httpx.Response:
        """Take an application back."""
        return await client.post(
            f"/v1/applications/{application}/withdrawal",
            content=encode({"reason": "Thử nghiệm: công dân rút hồ sơ"}),
            headers=self._headers(),
            timeout=LIMIT_S,
        )

    def _headers(self, key: str = "") -> dict[str, str]:
        own = {"content-type": "application/json", "authorization": self._bearer}
        return own | ({"idempotency-key": key} if key else {})

    def event(self, application: Application, message: str = "submitted") -> Event:
        """Return what a portal writes, personal fields encrypted to intake."""
        sealed = jwe.encrypt_to(self._key, encode(application.personal))
        fields = msgspec.structs.replace(application.fields, personal=sealed)
        return Event(
            id=f"{application.id}/{message}",
            source=f"/portals/{NAME}",
            type=Submitted.TYPE,
            subject=application.id,
            time=datetime.now(UTC),
            data=msgspec.Raw(encode(fields)),
        )
