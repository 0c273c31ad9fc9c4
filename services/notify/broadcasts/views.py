"""What operators see of a broadcast: how it stands, what it says and costs, whom it reached."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.notify.broadcasts.results import Recipient, Seen, results
from services.notify.domain.announcement import Words
from services.notify.domain.audience import Audience, Tally, Told
from services.notify.domain.broadcasts import Act, Broadcast, Draft, Status
from shared.edge import APPLICATION

Prices = Mapping[str, tuple[int, int]]  # of a segment, by channel: the cheapest, the dearest


class BroadcastView(msgspec.Struct, frozen=True, kw_only=True):
    """How a broadcast stands.  `recipients` is null while it is `counting`.  `results`, empty until
    it was approved, counts them by what became of them; `as_of`: when that was so (null: the first
    count of all goes on).
    """

    id: str
    name: str
    status: Status
    by: str
    at: datetime
    recipients: int | None
    results: Mapping[str, int] = {}
    as_of: datetime | None = None


class OneView(BroadcastView, frozen=True, kw_only=True):
    """The same with all that was drafted, and who did what since; `listed`: applications named."""

    draft: Draft
    listed: int
    acts: tuple[Act, ...]


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """Broadcasts, the newest first; `next`: where the next page begins, empty at the end."""

    broadcasts: list[BroadcastView]
    next: str


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Messages by one channel in one language; the cost from the cheapest provider of the channel
    to the dearest.  Only SMS have segments.
    """

    channel: str
    language: str
    messages: int
    segments: int
    cost_from_vnd: int
    cost_to_vnd: int


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the recipients will read."""

    application: str
    channel: str
    language: str
    subject: str
    text: str
    segments: int


class PreviewView(msgspec.Struct, frozen=True, kw_only=True):
    """What a broadcast will be, before anybody is told; while it is counting, what was found so
    far.  `passed_over`: of the applications named, those that are unknown or over.
    """

    status: Status
    recipients: int
    passed_over: int
    costs: list[Cost]
    segments: int
    cost_from_vnd: int
    cost_to_vnd: int
    seconds: int
    samples: list[Sample]


class RecipientsView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of recipients; `next`: the number of the next page, null at the end."""

    recipients: list[Recipient]
    next: int | None


def short(broadcast: Broadcast, seen: Seen | None) -> BroadcastView:
    """Return a broadcast as a list shows it."""
    return BroadcastView(**_short(broadcast, seen))


def whole(broadcast: Broadcast, seen: Seen | None) -> OneView:
    """Return all of a broadcast."""
    return OneView(
        **_short(broadcast, seen),
        draft=broadcast.draft,
        listed=broadcast.listed,
        acts=broadcast.acts,
    )


def _short(broadcast: Broadcast, seen: Seen | None) -> dict[str, Any]:
    return {
        "id": broadcast.id,
        "name": broadcast.draft.name,
        "status": broadcast.status,
        "by": broadcast.by,
        "at": broadcast.at,
        "recipients": broadcast.tally.recipients if broadcast.tally else None,
        "results": results(broadcast, seen),
        "as_of": seen.as_of if seen else None,
    }


def preview(
    broadcast: Broadcast, tally: Tally, prices: Prices, samples: Sequence[Sample]
) -> PreviewView:
    """Return what a broadcast will be."""
    costs = []
    for kind, (count, segments) in sorted(tally.messages.items()):
        channel, _, language = kind.partition("/")
        cheapest, dearest = prices.get(channel, (0, 0))
        costs.append(
            Cost(
                channel=channel,
                language=language,
                messages=count,
                segments=segments,
                cost_from_vnd=segments * cheapest,
                cost_to_vnd=segments * dearest,
            )
        )
    return PreviewView(
        status=broadcast.status,
        recipients=tally.recipients,
        passed_over=tally.passed_over,
        costs=costs,
        segments=sum(cost.segments for cost in costs),
        cost_from_vnd=sum(cost.cost_from_vnd for cost in costs),
        cost_to_vnd=sum(cost.cost_to_vnd for cost in costs),
        seconds=-(-tally.recipients // broadcast.draft.per_second),
        samples=list(samples),
    )


# ---- as the description of the edge shows them

_AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ID = "20261120-3f9ac1d2e4"
DRAFT = Draft(
    name="Sen Vàng: payments are delayed",
    audience=Audience(partners=("sen-vang",)),
    words=Words(
        vi="Hồ sơ {dossier_code}: ngân hàng Sen Vàng xác nhận thanh toán chậm. Không cần nộp lại.",
        plain="Ho so {dossier_code}: ngan hang Sen Vang xac nhan thanh toan cham. "
        "Khong can nop lai.",
        en="Application {dossier_code}: bank Sen Vang confirms payments late. Do not pay again.",
        subject_vi="Thanh toán qua Sen Vàng bị chậm",
        subject_en="Payments by Sen Vang are delayed",
    ),
    reason="The bank reported it at 08:10",
    per_second=50,
)
_ACTS = (
    Act(what="draft", by="operator-1", at=_AT, reason=DRAFT.reason),
    Act(
        what="counted",
        by="/services/notify",
        at=_AT,
        tally=Tally(recipients=2, messages={"sms/vi": (2, 2)}),
    ),
)
ONE = OneView(
    id=ID,
    name=DRAFT.name,
    status="ready",
    by="operator-1",
    at=_AT,
    recipients=2,
    draft=DRAFT,
    listed=0,
    acts=_ACTS,
)
LIST = ListView(
    broadcasts=[
        BroadcastView(
            id=ID,
            name=DRAFT.name,
            status="done",
            by="operator-1",
            at=_AT,
            recipients=2,
            results={"delivered": 1, "not_yet": 1},
            as_of=_AT,
        )
    ],
    next="",
)
PREVIEW = PreviewView(
    status="ready",
    recipients=2,
    passed_over=0,
    costs=[
        Cost(
            channel="sms",
            language="vi",
            messages=2,
            segments=2,
            cost_from_vnd=700,
            cost_to_vnd=700,
        )
    ],
    segments=2,
    cost_from_vnd=700,
    cost_to_vnd=700,
    seconds=1,
    samples=[
        Sample(
            application=APPLICATION,
            channel="sms",
            language="vi",
            subject="",
            text=DRAFT.words.plain.replace("{dossier_code}", "H29.1-20261120-0000001"),
            segments=1,
        )
    ],
)
RECIPIENTS = RecipientsView(
    recipients=[
        Recipient(
            application=APPLICATION, result="delivered", messages=(Told("sms", "delivered", ""),)
        )
    ],
    next=None,
)
