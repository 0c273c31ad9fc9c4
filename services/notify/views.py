"""What a person was told, as portals show it and the hotline reads it out: it names nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.notify.addresses import SUPPRESSED_FOR
from services.notify.channels.mail.words import HARDNESS
from services.notify.domain import Dossier, Notice
from services.notify.domain.moves import params_of
from services.notify.domain.slots import UNIT, slot_of
from services.notify.domain.stuck import is_lost, unreached
from services.notify.domain.templates import NoWords, Templates, template
from services.notify.domain.wordings import Channel

# Why a message did not come, in the citizen's words; what is not here came of the dossier or the
# provider.
WHY: Mapping[str, tuple[str, str]] = {
    "opted_out": (
        "Bạn đã chọn không nhận tin bằng cách này.",
        "You chose not to be told in this way.",
    ),
    "no_contact": ("Hồ sơ không có cách liên hệ.", "The application has no contact."),
    "no_provider": ("Cách nhận tin này chưa được mở.", "This way is not available yet."),
    "no_phone": ("Hồ sơ không có số điện thoại.", "The application has no phone number."),
    "no_email": ("Hồ sơ không có địa chỉ thư điện tử.", "The application has no e-mail address."),
    "not_a_mobile": (
        "Số điện thoại không phải số di động Việt Nam.",
        "The phone number is no Vietnamese mobile number.",
    ),
    "no_representative": (
        "Hồ sơ không còn người đại diện.",
        "Nobody acts for the applicant any more.",
    ),
    "too_late": (
        "Thời hạn cần báo đã qua trước khi gửi được tin.",
        "Its deadline had passed before it could be sent.",
    ),
    "contradicted": (
        "Nhà mạng báo đã gửi tới máy của bạn, sau đó lại báo chưa tới.",
        "The provider said that it reached your device, and later that it did not.",
    ),
    "receipt_missing": (
        "Nhà mạng chưa xác nhận đã gửi tới máy của bạn.",
        "The provider has not confirmed that it reached your device.",
    ),
}
# The same of an address, by whatever a provider said of it; and what a citizen does about it.
DEAD_FOR = frozenset({*SUPPRESSED_FOR, *HARDNESS, "blocked"})
DEAD = (
    "Số điện thoại hoặc địa chỉ này không nhận được tin.",
    "Nothing reaches this number or address.",
)
MEND = (
    "Sửa số điện thoại, thư điện tử trong hồ sơ hoặc chọn cách nhận tin khác.",
    "Correct the phone number or e-mail address of the application, or choose another way.",
)
CHOOSE = ("Chọn cách nhận tin khác.", "Choose another way to be told.")
TO_CHOOSE = frozenset({"no_provider", "no_representative", "opted_out"})
OURS_TO_MEND = frozenset(
    {
        *("template_unknown", "variable_missing", "contact_erased"),
        *("attempts_exhausted", "outcome_unknown", "rate_exceeded"),
    }
)
STALE = ("Nội dung này không còn đúng nên không gửi nữa.", "This is no longer so: it is not told.")
FAILED = ("Tin nhắn không gửi được.", "The message could not be delivered.")


@dataclass(frozen=True)
class NoticeView:
    """One notice; `text` and `read_out` name nobody, `why` says what kept it from coming, `remedy`
    what the citizen can do about that.

    `audience`: for whom; `with_milestone`: it went out in the message of that one; `occasion`: how
    often the milestone was told by this way, with it.
    """

    milestone: str
    channel: str
    status: str
    since: datetime
    attempts: int
    reason: str
    text: str
    audience: str = "citizen"
    subject: str = ""
    read_out: str = ""
    why: str = ""
    remedy: str = ""
    with_milestone: str = ""
    occasion: int = 1


@dataclass(frozen=True)
class NoticesView:
    """What the citizen was told, in their language, and by which ways they agree to be told.

    `unreached`: milestones that reached them by none of these: show them here all the more.
    """

    application: str
    notices: list[NoticeView]
    language: str = "vi"
    channels: list[str] = field(default_factory=lambda: ["sms"])
    unreached: list[str] = field(default_factory=list)


def notices(application: str, dossier: Dossier, templates: Templates) -> NoticesView:
    """Return all that a person was told, or will be; what a unit is told is not theirs."""
    return NoticesView(
        application,
        [_view(dossier, slot, templates) for slot in dossier.notices if not slot.endswith(UNIT)],
        dossier.language,
        list(dossier.channels),
        unreached(dossier),
    )


def _view(dossier: Dossier, slot: str, templates: Templates) -> NoticeView:
    milestone, channel, way, occasion = slot_of(slot)
    notice = dossier.notices[slot]
    return NoticeView(
        milestone,
        channel,
        notice.status,
        notice.since,
        notice.attempt,
        notice.reason,
        _words(dossier, slot, "portal", templates)[0],
        audience=way.partition("@")[2] or "citizen",
        subject=_words(dossier, slot, "email", templates)[1],
        read_out=_words(dossier, slot, "voice", templates)[0],
        why=_why(dossier.language, notice.status, notice.reason),
        remedy=_remedy(dossier.language, notice),
        with_milestone=slot_of(notice.lead).milestone if notice.lead else "",
        occasion=occasion,
    )


def _words(dossier: Dossier, slot: str, channel: Channel, templates: Templates) -> tuple[str, str]:
    if dossier.contact is None:  # it is not known yet which dossier it is of
        return "", ""
    milestone, notice = slot_of(slot).milestone, dossier.notices[slot]
    name = template(milestone, channel, dossier.language, notice.words)
    params = params_of(dossier.notices, slot)
    try:
        return templates.render(name, {"dossier_code": dossier.dossier_code, **params})
    except NoWords:  # of a version that is no longer in the file: the rest is shown
        return "", ""


def _why(language: str, status: str, reason: str) -> str:
    if not reason:
        return ""
    if reason in DEAD_FOR:
        return DEAD[language == "en"]
    said = WHY.get(reason, STALE if status == "dropped" else FAILED)
    return said[language == "en"]


def _remedy(language: str, notice: Notice) -> str:
    if not is_lost(notice) or notice.reason in OURS_TO_MEND:
        return ""
    return (CHOOSE if notice.reason in TO_CHOOSE else MEND)[language == "en"]
