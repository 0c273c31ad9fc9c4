"""Whatever bad comes in has a name that an operator sees, and leaves no notice stuck."""

import json
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from services.notify.addresses import Addresses
from services.notify.contacts import REASONS, Contacts
from services.notify.domain import OVER
from services.notify.domain.moves import Dossier
from services.notify.domain.stuck import NOT_REACHED, stuck
from services.notify.domain.templates import FILE, load, ours, template
from services.notify.effects import Send
from shared.effects import NotCalled
from shared.errors import Misconfigured
from shared.events.intake import Contact
from shared.events.notify import Answered, NoticeFailed
from tests.services.notify.edges import Edge

PERSON = Contact(phone="0912345678")


class Seen(NamedTuple):
    """What it is called, and where an operator reads it."""

    name: str
    where: str


class World:
    """A notice on its way through contacts, channel and decisions."""

    def __init__(self, setup, new_case, tmp_path, rows) -> None:
        self.setup, self.case, self.folder = setup, new_case((1,), (20,)), tmp_path
        self.rows = rows

    async def told(self, contact=PERSON, gateway=None, known=None, **changes) -> Seen:
        """Hand over a notice until it ends; return the reason, if operators find it."""
        world = self.setup(gateway)
        self.case.learn("application.registered")
        send = Send(Contacts(world.vault, None, known), {"sms": world.channel})
        while self.case.status("registered") not in OVER:
            key = self.case.key("registered")
            application, notice = await world.notice(1, contact)
            notice = msgspec.structs.replace(notice, key=key, **changes)
            try:
                [said] = await send.call([self.as_request(application, notice)])
            except NotCalled:
                said = Answered(key=key, finding="deferred")
            self.case.take(said)
            if self.case.status("registered") == "waiting":
                self.case.fire(self.case.timers[-1])
        assert isinstance(self.case.dossier, Dossier)
        [(_, notice, remedy)] = stuck(self.case.dossier, self.case.at)
        assert (self.case.emitted[-1].TYPE, remedy) == (NoticeFailed.TYPE, NOT_REACHED)
        return Seen(notice.reason, "/v1/notices/stuck")

    def file(self, **changes) -> Seen:
        """Start with a file in which `accepted` says something else."""
        rows = json.loads(FILE.read_text())
        path = self.folder / "texts.json"
        path.write_text(
            json.dumps([r | changes if r["milestone"] == "accepted" else r for r in rows])
        )
        with pytest.raises(Misconfigured) as refused:
            load(path)
        return Seen(str(refused.value).partition(" on: ")[2], "at the start")


async def unknown_variable(world: World) -> Seen:
    return world.file(vi="Hồ sơ {dossier_code}: {phone}")


async def variable_that_is_not_there(world: World) -> Seen:
    return await world.told(params={})


async def no_words_in_the_language(world: World) -> Seen:
    return world.file(en="")


async def template_that_is_gone(world: World) -> Seen:
    return await world.told(template="accepted.plain@2030-01-01")


async def language_that_nobody_has(world: World) -> Seen:
    name = template("accepted", "sms", "fr")
    assert ours().render(name, {"dossier_code": "X", "due": "2026-12-01T00:00:00+00:00"}).text
    return Seen(name, "the notice, in Vietnamese")


async def provider_out_of_reach(world: World) -> Seen:
    def refuse(_):
        raise httpx.ConnectError("refused")

    return await world.told(gateway=refuse)


async def provider_without_sense(world: World) -> Seen:
    return await world.told(gateway=lambda _: httpx.Response(404))


async def no_mobile(world: World) -> Seen:
    return await world.told(Contact(phone="02438250000"))


async def no_contact_at_all(world: World) -> Seen:
    return await world.told(b"not json")


async def address_that_bounced(world: World) -> Seen:
    known = Addresses(world.rows, bytes(32), lambda: world.case.at)
    await known.suppress(PERSON.phone, "bounced")
    return await world.told(known=known, milestone="accepted")


async def receipt_without_sense(_: World) -> Seen:
    edge = Edge()
    with capture_logs() as logs:
        answer = await edge.post("/v1/receipts/sms-b", json={"receipts": [{"reference": "x"}]})
    [line] = [line for line in logs if line["event"] == "receipts refused"]
    assert (answer.status_code, edge.appended) == (422, [])
    assert (line["provider"], line["first"]) == ("sms-b", "/receipts/0")
    [name] = line["why"]
    return Seen(name, "the log")


async def receipt_of_nobodys_provider(_: World) -> Seen:
    answer = await Edge().post("/v1/receipts/nobody", json={"receipts": [{"reference": "x"}]})
    return Seen(answer.json()["title"], "the partner's answer")


# what comes in, what it is called, and who sees it
TABLE: dict[Callable[[World], Awaitable[Seen]], Seen] = {
    unknown_variable: Seen("`vi` says {phone}; it may say dossier_code, due", "at the start"),
    variable_that_is_not_there: Seen("variable_missing", "/v1/notices/stuck"),
    no_words_in_the_language: Seen("`en` has no words", "at the start"),
    template_that_is_gone: Seen("attempts_exhausted", "/v1/notices/stuck"),
    language_that_nobody_has: Seen("accepted.plain", "the notice, in Vietnamese"),
    provider_out_of_reach: Seen("attempts_exhausted", "/v1/notices/stuck"),
    provider_without_sense: Seen("attempts_exhausted", "/v1/notices/stuck"),
    no_mobile: Seen("not_a_mobile", "/v1/notices/stuck"),
    no_contact_at_all: Seen("contact_unreadable", "/v1/notices/stuck"),
    address_that_bounced: Seen("bounced", "/v1/notices/stuck"),
    receipt_without_sense: Seen("invalid-receipt", "the log"),
    receipt_of_nobodys_provider: Seen("unknown provider", "the partner's answer"),
}


@pytest.mark.parametrize(("come", "seen"), TABLE.items(), ids=lambda x: getattr(x, "__name__", ""))
async def test_what_is_bad_has_a_name_and_somebody_sees_it(
    come, seen, setup, new_case, tmp_path, rows, requested
):
    world = World(setup, new_case, tmp_path, rows)
    world.as_request = requested
    assert await come(world) == seen
    if seen.where == "/v1/notices/stuck":
        assert seen.name in {*REASONS, "attempts_exhausted"}
