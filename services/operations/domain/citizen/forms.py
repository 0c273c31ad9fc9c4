"""The official forms that were given, which notify draws for who has the link."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.words import Words
from shared.events import Data, cancelling, intake, routing


class _Brought(NamedTuple):
    name: str
    title: Words


_REFUSAL = _Brought(
    "refusal",
    Words("Phiếu từ chối tiếp nhận, giải quyết hồ sơ", "Refusal to accept and settle the dossier"),
)
FORMS: Mapping[type[Data], _Brought] = {
    routing.Accepted: _Brought(
        "receipt",
        Words(
            "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            "Receipt of the dossier, with the date of the result",
        ),
    ),
    routing.SupplementRequested: _Brought(
        "supplement",
        Words(
            "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            "Request to supplement and complete the dossier",
        ),
    ),
    routing.NotAccepted: _REFUSAL,
    cancelling.Cancelled: _REFUSAL,
    routing.Apologised: _Brought(
        "apology",
        Words(
            "Phiếu xin lỗi và hẹn lại ngày trả kết quả", "Apology, with a new date of the result"
        ),
    ),
}


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was given: as notify calls it, and its title."""

    form: str
    title: Words


def forms(decided: Sequence[Decided]) -> tuple[Form, ...]:
    """Return the forms that were given, in their order; of an interlinked application none."""
    kinds = dict.fromkeys(type(one.data) for one in decided)
    if intake.Registered not in kinds:
        return ()
    return tuple(
        Form(form=brought.name, title=brought.title)
        for kind in kinds
        if (brought := FORMS.get(kind))
    )
