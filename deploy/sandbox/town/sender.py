"""What the town hands in: applications that a unit has to accept and a citizen has to pay for."""

import random
from collections.abc import Iterator
from datetime import date

import httpx
import msgspec

from deploy.sandbox.portal import Application, Citizens, Portal
from shared.bus import Message, Producer
from shared.catalogue import Catalogue
from shared.catalogue.fees import Provincial
from shared.clock import VIETNAM
from shared.events import encode
from shared.placement import home

SUBMISSIONS = "portal.submissions"
CHANNEL = "online"
AGAIN = 12  # times that one is sent again and again
LOCAL_TIME = "%d/%m/%Y %H:%M"  # as people write it here, and no message may


def drawn(catalogue: Catalogue, on: date, chance: random.Random) -> Iterator[Application]:
    """Yield applications, for ever: each is to be paid first, and then accepted by an officer."""
    citizens = Citizens(catalogue, on, chance)
    procedures = [
        p
        for p in catalogue.procedures_in_force(on)
        if p.payment_moment == "at_submission"
        and isinstance(p.fee, Provincial)
        and not catalogue.accepted_automatically(p, CHANNEL, on)
    ]
    units = [
        u
        for u in catalogue.units_in_force(on)
        if not u.is_province and catalogue.fee_waiver(u.province, CHANNEL, on) is None
    ]
    while True:
        yield citizens.of(chance.choice(procedures), chance.choice(units))


class Sender:
    """Sends as a portal does, and as one does that is mistaken."""

    def __init__(
        self,
        portal: Portal,
        door: httpx.AsyncClient,
        producer: Producer,
        lanes: int,
    ) -> None:
        self._portal, self._door, self._producer, self._lanes = portal, door, producer, lanes

    async def hand_in(self, application: Application) -> None:
        """Hand one in.  Raises `httpx.HTTPError`."""
        (await self._portal.post(self._door, application)).raise_for_status()

    async def again(self, application: Application) -> None:
        """Send one again and again, as who does not hear our answers.  Raises `Unknown`."""
        for _ in range(AGAIN):
            await self._portal.append(self._producer, [application])

    async def garbled(self, application: Application) -> None:
        """Send one whose time is written as people write it: nobody can read it.  Raises `Unknown`.

        All else is right: with its time corrected it is an application as any other.
        """
        event = self._portal.event(application)
        said = msgspec.json.decode(encode(event))
        said["time"] = event.time.astimezone(VIETNAM).strftime(LOCAL_TIME)
        place = SUBMISSIONS, home(application.id, self._lanes)
        message = Message(application.id.encode(), msgspec.json.encode(said))
        await self._producer.append({place: [message]})
