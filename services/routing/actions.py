"""What an officer may send: one shape per action, told apart by `action`.

Each has exactly the fields that its action needs; what the citizen will read may not be empty.
"""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Annotated, Any

import msgspec
from msgspec import Meta, defstruct

from services.routing.domain.dossier import Dossier
from services.routing.domain.states import Move
from services.routing.lane import OFFICER_ACTIONS
from shared.access import Caller
from shared.clock import Clock
from shared.events import Data, Event, encode
from shared.events.data import NOTE_LIMIT, Instant
from shared.events.routing import OfficerAction, ReturnForm
from shared.journal import Decision

AMOUNTS_VND = (1_000, 9_999_999_999)  # what a partner takes in one order

Note = Annotated[str, Meta(max_length=NOTE_LIMIT)]
Reason = Annotated[str, Meta(min_length=1, max_length=NOTE_LIMIT)]
Amount = Annotated[int, Meta(ge=AMOUNTS_VND[0], le=AMOUNTS_VND[1])]
UnitCode = Annotated[str, Meta(pattern="^[0-9]{2}([0-9]{3})?$")]
UnitOrNone = Annotated[str, Meta(pattern="^([0-9]{2}([0-9]{3})?)?$")]
Account = Annotated[str, Meta(pattern="^[A-Za-z0-9._@-]{1,64}$")]
Tracking = Annotated[str, Meta(pattern="^[A-Z0-9]{8,20}$")]
TrackingOrNone = Annotated[str, Meta(pattern="^([A-Z0-9]{8,20})?$")]
StepCode = Annotated[str, Meta(pattern="^[a-z][a-z_]{0,31}$")]
Place = Annotated[str, Meta(min_length=1, max_length=200)]

_NOTE: tuple[Any, ...] = ("note", Note, "")

FIELDS: Mapping[Move, tuple[tuple[Any, ...], ...]] = {
    Move.CHOOSE_UNIT: (("competent_unit", UnitCode), _NOTE),
    Move.ACCEPT: (_NOTE,),
    Move.REFUSE: (("note", Reason),),
    Move.START: (_NOTE,),
    Move.ASK_SUPPLEMENT: (("note", Reason),),
    Move.DEMAND_PAYMENT: (("amount_vnd", Amount), ("note", Reason)),
    Move.SUSPEND: (("note", Reason),),
    Move.RESUME: (_NOTE,),
    Move.SETTLE: (_NOTE,),
    Move.REOPEN: (("note", Reason),),
    Move.APOLOGISE: (("new_due", date), ("note", Reason)),
    Move.TRANSFER: (
        ("competent_unit", UnitCode),
        ("returning_unit", UnitOrNone, ""),
        ("note", Reason),
    ),
    Move.READDRESS: (("returning_unit", UnitCode), ("note", Reason)),
    Move.ASK_SIGNATURE: (("signer", Account), ("certificate_expires", date), _NOTE),
    Move.STEP_DONE: (("step", StepCode), _NOTE),
    Move.POST: (("tracking", Tracking), _NOTE),
    Move.CARRY: (
        ("tracking", Tracking),
        ("place", Place),
        ("scanned_at", Instant | None, None),
        _NOTE,
    ),
    Move.TAKE_BACK: (("tracking", Tracking), ("note", Reason)),
    Move.RETURN: (("form", ReturnForm, ""), ("tracking", TrackingOrNone, ""), _NOTE),
}

_SHAPES: Mapping[type[msgspec.Struct], Move] = {
    defstruct(
        one.title().replace("_", ""),
        fields,
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        tag_field="action",
        tag=str(one),
    ): one
    for one, fields in FIELDS.items()
}

ActionRequest: Any = reduce(or_, _SHAPES)


def move(asked: msgspec.Struct) -> Move:
    """Return the move that a request asks for."""
    return _SHAPES[type(asked)]


def contract(asked: msgspec.Struct, caller: Caller) -> OfficerAction:
    """Return what goes onto the log for this request."""
    kind = OFFICER_ACTIONS[move(asked)]
    fields = msgspec.structs.asdict(asked)
    return kind(officer=caller.name, for_units=caller.units, **fields)


def described() -> dict[str, Any]:
    """Return OpenAPI's description of the body, for `openapi_extra`."""
    _, shapes = msgspec.json.schema_components([ActionRequest])
    example = {"action": "ask_supplement", "note": "Thiếu trang hai của tờ khai"}
    content = {"application/json": {"schema": {"oneOf": list(shapes.values())}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def command(
    decision: Decision[Dossier], caller: Caller, key: str, data: Data, clock: Clock
) -> Event:
    """Return what somebody asks to be done with a dossier as it stood at this decision."""
    return Event(
        id=key,
        source=caller.source,
        type=data.TYPE,
        subject=decision.application,
        time=clock(),
        data=msgspec.Raw(encode(data)),
        traceparent=decision.traceparent,
        causationid=decision.last_event,
    )
