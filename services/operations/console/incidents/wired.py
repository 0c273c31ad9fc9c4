"""What the console's pages of incidents are wired with, and what their forms say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from fastapi.responses import Response

from services.operations.alarms.rows import Alarms
from services.operations.console.door import Door
from services.operations.console.labels import LABELS
from services.operations.console.screen import ROOT, lead_to
from services.operations.domain.citizen.units import Units
from services.operations.incidents.desk import Desk
from services.operations.incidents.offers import Offers
from shared.catalogue import Catalogue
from shared.clock import Clock
from shared.problems import Refusal
from shared.working_time import local_day

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Gathering:
    """What these pages are wired with."""

    door: Door
    desk: Desk
    offers: Offers
    alarms: Alarms
    catalogue: Catalogue
    clock: Clock

    @property
    def units(self) -> Units:
        """Return units by their names of today."""
        return Units(self.catalogue, local_day(self.clock()))


def said(fields: Mapping[str, str], name: str, kind: type[_T]) -> _T | None:
    """Return what a field says; None: it is not as it should be."""
    try:
        return msgspec.convert(fields.get(name, "").strip(), kind)
    except msgspec.ValidationError:
        return None


def words() -> Refusal:
    """Return what is said where a field is not as it should be."""
    return Refusal(422, "incident-words", LABELS["refused_incident-words"].en)


def to_it(incident_id: str) -> Response:
    """Lead the browser to an incident."""
    return lead_to(f"{ROOT}/incidents/{incident_id}")
