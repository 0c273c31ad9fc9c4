"""The evidence, read from outside: log, journals, the partners' own books, log files."""

from collections.abc import Collection, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any, NamedTuple

from deploy.audit import books as partners
from deploy.audit.evidence import Evidence, Payment, read_collections, read_journals, read_log
from deploy.local.demo.devices import Device
from deploy.local.demo.scene import Scene, role
from deploy.local.demo.status import Status
from shared.settings import Settings as ServiceSettings

DATABASE = str(ServiceSettings.model_fields["database"].default)


class Told(NamedTuple):
    """What operations tells: exact counts; of one application its journey and its waterfall; of
    one for several agencies its journey.
    """

    counts: Mapping[str, Any]
    application: str = ""  # empty: there is none to tell of
    journey: Mapping[str, Any] = MappingProxyType({})
    waterfall: Mapping[str, Any] = MappingProxyType({})
    interlinked: Mapping[str, Any] = MappingProxyType({})


class Books(NamedTuple):
    """The bank's own books: money moved, what our side answered to its callbacks, what of which
    payment was given back, and what was paid out.
    """

    payments: list[Payment]
    answers: Mapping[str, int]
    given_back: Sequence[Payment] = ()
    paid_out: Sequence[Payment] = ()


class Seen(NamedTuple):
    """All that was read in the end; of the application that is told of what its people see."""

    evidence: Evidence
    books: Books
    told: Told
    devices: Sequence[Device] = ()
    status: Status | None = None


async def read_books(scene: Scene) -> Books:
    """Return the bank's books."""
    async with scene.client("bank", role("partner")) as bank:
        answer = (await bank.get("/sandbox/statement")).raise_for_status()
    statement = answer.json()
    moved = partners.read(statement)
    return Books(moved.paid, statement["answers"], moved.given_back, moved.paid_out)


async def read_evidence(
    scene: Scene,
    books: Books,
    acknowledged: Set[str],
    personal: Collection[str],
    unreadable: Set[bytes] = frozenset(),
) -> Evidence:
    """Return all that there is to judge by; `unreadable`: the keys of what nobody shall take."""
    log = await read_log(scene.stack.kafka_url, scene.settings.lanes)
    journals = await read_journals(scene.stack.mongo_url, DATABASE)
    collections = await read_collections(scene.stack.mongo_url, DATABASE)
    async with scene.client("sms", lambda clients: str(clients["sms"]["key"])) as sms:
        answer = await sms.get("/sandbox/outbox", params={"counts": True})
        handed = answer.raise_for_status().json()["counts"]
    async with scene.browser("inbox") as inbox:
        answer = await inbox.get("/sandbox/outbox", params={"counts": True})
        handed |= answer.raise_for_status().json()["counts"]
    files = (scene.settings.home / "logs").glob("*.log")
    return Evidence(
        log,
        journals,
        acknowledged=acknowledged,
        paid=books.payments,
        given_back=books.given_back,
        paid_out=books.paid_out,
        handed=handed,
        personal=personal,
        texts={path.name: path.read_bytes() for path in sorted(files)},
        collections=collections,
        unreadable=unreadable,
    )


async def read_operations(scene: Scene, application: str, interlinked: str = "") -> Told:
    """Return what operations tells of all, of one application and of one for several agencies."""
    async with scene.client("operations", role("operator")) as operations:

        async def get(path: str) -> Mapping[str, Any]:
            answer = (await operations.get(path)).raise_for_status()
            content: dict[str, Any] = answer.json()
            return content

        counts = await get("/v1/counts")
        if not application:
            return Told(counts)
        journey = f"/v1/journeys/{application}"
        of_several = await get(f"/v1/journeys/{interlinked}") if interlinked else {}
        return Told(
            counts, application, await get(journey), await get(f"{journey}/waterfall"), of_several
        )
