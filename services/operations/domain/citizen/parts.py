"""The parts of an interlinked application: how each stands, what follows from one that failed."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words, both
from services.operations.domain.entries import Member

CITIZEN = "citizen"  # who took back all of it
CHILDREN: Mapping[str, Words] = {
    "waiting": Words("Chờ phần khác xong", "Waits for another part"),
    "open": Words("Đang giải quyết", "In progress"),
    "stopped": Words("Đang tạm dừng", "Stopped for now"),
    "done": Words("Đã có kết quả", "The result is ready"),
    "returned": Words("Đã trả kết quả", "The result was handed over"),
    "refused": Words("Không được ghi nhận", "Could not be registered"),
    "not_accepted": Words("Không được tiếp nhận", "Not accepted"),
    "withdrawn": Words("Đã rút", "Taken back"),
}
FAILED = ("refused", "not_accepted", "withdrawn")
ENDED = (*FAILED, "returned")
# of a part that another one's failure concerns, by what the rules do about it
FOLLOWS: Mapping[str, Words] = {
    "withdrawn": Words(
        "Rút vì phần {part} không có kết quả.", "Taken back because {part} came to nothing."
    ),
    "withdraws": Words(
        "Được yêu cầu rút vì phần {part} không có kết quả.",
        "To be taken back because {part} came to nothing.",
    ),
    "stands": Words(
        "Vẫn được giải quyết, dù phần {part} không có kết quả.",
        "It goes on, although {part} came to nothing.",
    ),
    "waits": Words(
        "Phần {part} đang tạm dừng; phần này chưa bị ảnh hưởng.",
        "{part} has stopped for now; this part is not affected yet.",
    ),
    CITIZEN: Words("Ông/bà đã xin rút toàn bộ hồ sơ.", "You asked to take all of it back."),
}
# why a person has to look at it
PERSON: Mapping[str, Words] = {
    "rule": Words(
        "Cán bộ sẽ hỏi ông/bà có còn cần phần này không.",
        "An officer will ask you whether you still want this part.",
    ),
    "too-late": Words(
        "Không rút được nữa; cán bộ sẽ xem xét.",
        "It can no longer be taken back; an officer looks at it.",
    ),
    "fee": Words(
        "Nếu đã nộp phí cho phần này, cán bộ sẽ xem việc hoàn lại.",
        "If you paid a fee for this part, an officer sees to it that it goes back.",
    ),
}
WITHOUT = Words("Không có kết quả: {parts}.", "Without a result: {parts}.")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A child of an interlinked application; without a dossier code before it is registered.

    `follows`: what comes of it because of another part, or of its own failure.
    """

    application: str
    dossier_code: str
    procedure: Words
    standing: str
    sentence: Words
    follows: tuple[Words, ...] = ()


def parts(children: Sequence[Member], units: Units) -> tuple[Part, ...]:
    """Return the parts as a citizen is told of them."""
    names = {child.name: units.procedure(child.procedure) for child in children}
    return tuple(_part(child, names) for child in children)


def without_result(found: Sequence[Part]) -> Words | None:
    """Return which parts came to nothing; None where none did, or all."""
    lost = [part.procedure for part in found if part.standing in FAILED]
    if len(lost) in (0, len(found)):
        return None
    listed = Words("; ".join(w.vi for w in lost), "; ".join(w.en for w in lost))
    return WITHOUT.told(parts=listed)


def _part(child: Member, names: Mapping[str, Words]) -> Part:
    return Part(
        application=child.application,
        dossier_code=child.dossier_code,
        procedure=names[child.name],
        standing=child.standing,
        sentence=both(CHILDREN, child.standing, Words(child.standing, child.standing)),
        follows=tuple(_follows(child, names)),
    )


def _follows(child: Member, names: Mapping[str, Words]) -> Iterator[Words]:
    for cause, does in child.by_rule.items():
        if told := _told(child, cause, does):
            name = cause.partition("/")[0]
            yield told.told(part=both(names, name, Words(name, name)))
            break  # one reason is enough
    for reason in child.needs_person:
        if words := PERSON.get(reason):
            yield words


def _told(child: Member, cause: str, does: str) -> Words | None:
    """Return what is said of a part because of another that failed; of one at its end, why."""
    if does == "withdraws" and (child.standing not in ENDED or child.standing == "withdrawn"):
        if cause == CITIZEN:
            return FOLLOWS[CITIZEN]
        return FOLLOWS["withdrawn" if child.standing == "withdrawn" else "withdraws"]
    if does == "stands" and child.standing not in ENDED:
        return FOLLOWS["waits" if cause.endswith("/stopped") else "stands"]
    return None
