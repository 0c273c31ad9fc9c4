"""What the devices of one application's people got: as the sandbox has it, never as we meant it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from deploy.audit.evidence import Evidence
from deploy.local.demo.scene import Scene
from deploy.local.demo.status import Status
from deploy.sandbox.devices.item import named
from deploy.sandbox.portal import Application
from shared.events.data import Consent
from shared.events.notify import NoticeDropped, NoticeRequested, NoticeSent
from shared.events.portal import Personal, Representative

CARRIERS = {"sms": "sms", "email": "inbox", "app": "inbox"}  # which partner has the device

Item = Mapping[str, Any]


class Device(NamedTuple):
    """A handset, a mailbox, an app: whose it is, as slots write it; what it got; where it is to be
    seen, and the same as files, by path.
    """

    way: str
    items: Sequence[Item]
    url: str = ""
    pages: Mapping[str, bytes] = {}

    @property
    def channel(self) -> str:
        """Return by which channel it is reached."""
        return self.way.partition("@")[0]


class Arrived(NamedTuple):
    """What all of them got, of how many notices; what was no longer so at its turn, with the
    reason; what is wrong with that, a sentence each.
    """

    messages: int
    notices: int
    dropped: Mapping[str, str]
    wrong: tuple[str, ...]


async def read(scene: Scene, application: Application) -> list[Device]:
    """Return the devices by which the people of an application agreed to be told."""
    found = []
    for way, to in _ways(application):
        partner = CARRIERS[way.partition("@")[0]]
        async with scene.browser(partner) as browser:
            found.append(await _device(browser, way, named(to)))
    return found


def _ways(application: Application) -> Iterator[tuple[str, str]]:
    """Yield each way to be told, and where it leads."""
    person, agreed = application.personal, application.fields.notices or Consent()
    yield from ((channel, _address(person, channel)) for channel in agreed.channels)
    if acting := person.representative:
        for channel in agreed.representative:
            yield f"{channel}@representative", _address(acting, channel)


def _address(person: Personal | Representative, channel: str) -> str:
    return person.email if channel == "email" else person.phone


async def _device(browser: httpx.AsyncClient, way: str, name: str) -> Device:
    async def get(path: str) -> httpx.Response:
        return (await browser.get(path)).raise_for_status()

    items = (await get(f"/sandbox/devices/{name}")).json()["items"]
    pages = {f"{way}.html": (await get(f"/devices/{name}")).content}
    for number, item in enumerate(items):
        below = [f"files/{number}/{file['name']}" for file in item["files"]]
        if item["kind"] == "email":
            below.append(f"mails/{number}.html")
        for path in below:
            pages[f"{name}/{path}"] = (await get(f"/devices/{name}/{path}")).content
    return Device(way, items, f"{browser.base_url}".rstrip("/") + f"/devices/{name}", pages)


def keep(folder: Path, devices: Sequence[Device], status: Status | None) -> None:
    """Write what is to be seen into a folder: pages that lead to each other."""
    pages = {path: page for device in devices for path, page in device.pages.items()}
    if status:
        pages["status.html"] = status.page
    for path, page in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(page)


def arrived(application: str, devices: Sequence[Device], evidence: Evidence) -> Arrived:
    """Compare what came with what was sent of this application: each notice once, none lost."""
    sent: dict[str, str] = {}  # slot → the slot in whose message it went
    leads: dict[str, str] = {}
    dropped: dict[str, str] = {}
    for heard in evidence.events_of("notify"):
        assert heard.event
        if heard.event.subject != application:
            continue
        data = heard.data()
        if heard.event.type == NoticeRequested.TYPE:
            for also in data.get("joined", ()):
                leads[_slot(also, data["channel"])] = _slot(data, data["channel"])
        elif heard.event.type == NoticeSent.TYPE:
            slot = _slot(data, data["channel"])
            sent[slot] = leads.get(slot, slot)
        elif heard.event.type == NoticeDropped.TYPE:
            dropped[_slot(data, data["channel"])] = data["reason"]
    came = Counter(_told(application, item) for device in devices for item in device.items)
    wrong = [f"notice {slot} came {n} times" for slot, n in came.items() if n > 1]
    wrong += [f"notice {slot} was sent, and came nowhere" for slot in sent if not came[sent[slot]]]
    wrong += [f"{slot} came, and was never sent" for slot in came if slot not in sent]
    untold = {slot: reason for slot, reason in dropped.items() if slot not in sent}
    return Arrived(came.total(), len(sent), untold, tuple(wrong))


def _slot(data: Mapping[str, Any], way: str) -> str:
    return f"{data['milestone']}/{way}"


def _told(application: str, item: Item) -> str:
    """Return the slot of what came; the last part of its reference is the attempt."""
    reference: str = item["reference"]
    return reference.removeprefix(f"{application}/").rpartition("/")[0]
