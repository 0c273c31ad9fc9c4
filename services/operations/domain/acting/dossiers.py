"""What is done about dossiers: another unit, another date.  Each is a move that officers have as
well; routing makes it if the dossier has not moved since it was looked at.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from services.operations.domain.acting.shape import (
    Action,
    Command,
    Given,
    Saying,
    Why,
    Words,
    is_one,
)
from services.operations.domain.entries import Entry, gist
from shared.events import handover, intake, routing
from shared.events.routing import OfficerAction
from shared.working_time import CalendarEnds, local_day

CHOICE = "needs_choice"
UNACCEPTED = "awaiting_acceptance"
_ANYWHERE = "nationwide"  # as boundaries begin that no province has
# what routing says without a move of the dossier
STILL = frozenset(
    c.TYPE
    for c in (
        *(routing.ActionRejected, routing.AcceptanceLate, routing.DueSoon, routing.Overdue),
        *(handover.CertificateExpiring, handover.CertificateExpired, handover.ReturnLate),
    )
)
_DATED = (
    *(routing.Accepted, routing.Processing, routing.Apologised),
    *(handover.DueMoved, handover.SignatureAsked),
)


class Dossier:
    """A dossier as far as the log tells of it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        decided = sorted(
            (e for e in entries if e.is_decided and e.service == "routing"),
            key=lambda e: e.sequence,
        )
        said = [(e, gist(e.data)) for e in decided]
        self.last = decided[-1] if decided else None
        self.code = said[-1][1].national_code if said else 0
        self.moved = [e for e in decided if e.type not in STILL]
        self.receiving = _latest(g.receiving_unit for _, g in said)
        self.competent = _latest(g.competent_unit for _, g in said)
        self.returning = _latest(g.returning_unit for _, g in said)
        self.due = _latest(g.due for e, g in said if is_one(e, *_DATED) and g.clock != "intake")
        self.apologies = sum(is_one(e, routing.Apologised) for e in decided)
        self.candidates = next(
            (gist(e.data).candidates for e in reversed(decided) if is_one(e, routing.ChoiceNeeded)),
            (),
        )
        registered = next((gist(e.data) for e in entries if is_one(e, intake.Registered)), None)
        self.procedure = registered.procedure if registered else ""
        self.filed_at = registered.receiving_unit if registered else ""

    def command(self, reference: str) -> Command:
        """Return what is to be appended about it, as of how often it has moved."""
        assert self.last
        seen = len(self.moved) - 1  # that it was routed is none
        return Command("routing.inbox", self.last.id, self.last.traceparent, reference, seen)


def _latest(values: Iterable[str]) -> str:
    """Return the last that says something."""
    return next((value for value in reversed([*values]) if value), "")


def _reassign(
    _: str, __: str, entries: Sequence[Entry], given: Given | None = None, /
) -> Command | Why:
    """Have another unit decide it: choose it, where the rules could not, or transfer it there."""
    assert given
    dossier = Dossier(entries)
    if dossier.last is None:
        return "not_routed"
    why = _unfit(dossier, given) if not dossier.competent else _unreachable(dossier, given)
    return why or dossier.command(given.to_unit)


def _unfit(dossier: Dossier, given: Given) -> Why | None:
    """Return why a unit cannot be chosen; of candidates that ended since, routing knows more."""
    catalogue, on = given.catalogue, local_day(given.at)
    if dossier.candidates and all(catalogue.unit(c, on) for c in dossier.candidates):
        return None if given.to_unit in dossier.candidates else "not_a_candidate"
    procedure, unit = catalogue.procedure(dossier.procedure, on), catalogue.unit(given.to_unit, on)
    if dossier.candidates or procedure is None or unit is None:
        return None
    if unit.is_province != (procedure.competent_level != "commune"):
        return "wrong_level"
    if procedure.non_boundary.startswith(_ANYWHERE):
        return None
    return _elsewhere((dossier.filed_at,), given)


def _unreachable(dossier: Dossier, given: Given) -> Why | None:
    if given.to_unit == dossier.competent:
        return "same_unit"
    return _elsewhere((dossier.receiving, dossier.competent, dossier.returning), given)


def _elsewhere(units: Sequence[str], given: Given) -> Why | None:
    """Return that a unit is in another province; where units ended since, routing knows more."""
    on = local_day(given.at)
    homes = [given.catalogue.province_of(unit, on) for unit in units]
    to = given.catalogue.province_of(given.to_unit, on)
    return "other_province" if all(homes) and to not in homes else None


def _reassigned(said: Saying) -> OfficerAction:
    if said.cause == CHOICE:
        return routing.UnitChosen(**said.of_officer, competent_unit=said.reference)
    return handover.OfficerTransferred(
        **said.of_officer,
        competent_unit=said.reference,
        receiving_unit=said.reference if said.cause == UNACCEPTED else "",
    )


def _extend(
    _: str, __: str, entries: Sequence[Entry], given: Given | None = None, /
) -> Command | Why:
    """Have the citizen get an apology, and a date so many working days from now on."""
    assert given
    dossier = Dossier(entries)
    if dossier.last is None or not dossier.due:
        return "no_due"
    if dossier.apologies >= given.catalogue.policy(local_day(given.at)).max_reappointments:
        return "dated_enough"
    try:
        return dossier.command(_new_due(dossier.due, given).isoformat())
    except CalendarEnds:
        return "calendar_ends"


def _new_due(due: str, given: Given) -> date:
    """Return the new date, from today or from the one that stands, if it is later."""
    today, stands = local_day(given.at), local_day(datetime.fromisoformat(due))
    return given.catalogue.working_calendar(today).after(max(today, stands), given.working_days)


def _apologised(said: Saying) -> routing.OfficerApologised:
    return routing.OfficerApologised(**said.of_officer, new_due=date.fromisoformat(said.reference))


MOVED_SINCE = Words(
    "Nếu hồ sơ đã thay đổi từ lúc xem trước, không có gì xảy ra; dòng thời gian của hồ sơ ghi lý "
    "do.",
    "If it has moved since the preview, nothing happens: the timeline says why.",
)
REASSIGN_UNIT = Action(
    frozenset({CHOICE, UNACCEPTED, "in_processing", "awaiting_signature", "certificate_expired"}),
    Words("Giao hồ sơ cho đơn vị khác giải quyết", "Another unit is to decide it"),
    (
        Words(
            "Đơn vị mới thấy hồ sơ trong hộp việc của mình, công dân được báo hồ sơ chuyển cơ "
            "quan; hồ sơ chưa tiếp nhận thì đơn vị mới tiếp nhận.",
            "The unit finds it in its inbox, and the citizen hears where it went; one that was not "
            "accepted yet is for that unit to accept.",
        ),
        Words(
            "Hồ sơ chờ người chọn đơn vị sẽ được phân tuyến và tính phí.",
            "One that a person had to choose the unit of is routed, and its fee assessed.",
        ),
        Words(
            "Thời hạn không đổi: hồ sơ đã quá hạn vẫn quá hạn ở đơn vị mới.",
            "The clock goes on: what was late is late with the other unit.",
        ),
        MOVED_SINCE,
    ),
    _reassign,
    _reassigned,
    needs_check=True,
    takes="to_unit",
)
EXTEND_DEADLINE = Action(
    frozenset({"in_processing", "awaiting_signature"}),
    Words(
        "Xin lỗi công dân và hẹn lại ngày trả kết quả",
        "The citizen gets an apology, and a new date for the result",
    ),
    (
        Words(
            "Công dân nhận thông báo và phiếu xin lỗi, với lý do đã ghi và ngày hẹn mới.",
            "The citizen gets the notice and the form of apology, with the reason given here and "
            "the new date.",
        ),
        Words(
            "Hồ sơ trễ hạn vẫn được thống kê là trễ hạn: việc hẹn lại không làm cho đúng hạn.",
            "What is late counts as late: a new date makes nothing punctual.",
        ),
        MOVED_SINCE,
    ),
    _extend,
    _apologised,
    needs_check=True,
    takes="working_days",
)
