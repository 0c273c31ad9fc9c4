"""The board knows what is over and, of the rest, where it stands."""

from typing import Any

import pytest

from deploy.local.demo.board import Board

ONE = "0198c0de-0000-7000-8000-000000000001"
CHILD = "0198c0de-0000-8000-8000-000000000001"
WAITING = "0198c0de-0000-9000-8000-000000000001"


def board(*heard: Any) -> Board:
    new = Board()
    for event in heard:
        new.hear(event)
    return new


def test_what_nobody_has_spoken_of_is_stuck_at_the_door() -> None:
    [stuck] = board().stuck([ONE])
    assert (stuck.service, stuck.what) == ("intake", "submitted, neither registered nor refused")


@pytest.mark.parametrize(
    ("type_", "code", "end"),
    [
        ("application.returned", 10, "returned"),
        ("application.not_accepted", 3, "not accepted"),
        ("application.closed", 7, "withdrawn"),
    ],
)
def test_an_end_is_an_end(log: Any, type_: str, code: int, end: str) -> None:
    heard = board(log.decided("application.registered"), log.decided(type_, national_code=code))

    assert heard.stuck([ONE]) == []
    assert heard.ended() == {end: 1}


def test_a_refusal_at_the_door_is_an_end(log: Any) -> None:
    heard = board(log.decided("application.refused"))
    assert heard.stuck([ONE]) == []
    assert heard.ended() == {"refused": 1}


@pytest.mark.parametrize("code", [1, 2, 4, 5, 6, 8, 9])
def test_everything_else_waits_for_somebody_and_says_for_whom(log: Any, code: int) -> None:
    heard = board(
        log.decided("application.registered"),
        log.decided("application.processing", national_code=code),
    )
    [stuck] = heard.stuck([ONE])
    assert stuck.service == "routing"
    assert "officer" in stuck.what or "citizen" in stuck.what


def test_an_order_is_open_until_it_is_paid_declined_or_expired(log: Any) -> None:
    ended = log.decided("application.registered"), log.decided(
        "application.returned", national_code=10
    )  # fmt: skip
    opened = log.decided("payment.requested", reference="R1", amount_vnd=10)
    heard = board(*ended, opened)
    assert [s.service for s in heard.stuck([ONE])] == ["payment"]

    heard.hear(log.decided("payment.failed", reference="R1"))
    heard.hear(log.decided("payment.requested", reference="R2", amount_vnd=10))
    assert ["R2" in s.what for s in heard.stuck([ONE])] == [True]

    heard.hear(log.decided("payment.settled", reference="R2", amount_vnd=10))
    assert heard.stuck([ONE]) == []
    assert heard.settled_vnd == 10


def test_the_order_of_the_partner_that_was_not_chosen_is_not_waited_for(log: Any) -> None:
    ended = log.decided("application.registered"), log.decided(
        "application.returned", national_code=10
    )  # fmt: skip
    asked = [log.decided("payment.requested", reference=r, amount_vnd=5) for r in ("R1", "R2")]
    other = log.decided("payment.requested", reference="R3", amount_vnd=7)
    paid = log.decided("payment.settled", reference="R2", amount_vnd=5)

    assert board(*ended, *asked, paid).stuck([ONE]) == []
    [stuck] = board(*ended, *asked, other, paid).stuck([ONE])
    assert "R3 is open" in stuck.what


def test_a_notice_is_over_when_its_receipt_is_there(log: Any) -> None:
    notice = {"milestone": "returned", "channel": "sms"}
    ended = log.decided("application.refused")
    heard = board(ended, log.decided("notice.requested", **notice))
    assert "requested" in heard.stuck([ONE])[0].what

    heard.hear(log.decided("notice.sent", **notice))
    assert "not receipted" in heard.stuck([ONE])[0].what

    heard.hear(log.decided("notice.delivered", **notice))
    assert heard.stuck([ONE]) == []


def test_a_mail_is_over_when_it_was_handed_over(log: Any) -> None:
    notice = {"milestone": "refused", "channel": "email"}
    heard = board(log.decided("application.refused"), log.decided("notice.requested", **notice))
    assert "requested" in heard.stuck([ONE])[0].what

    heard.hear(log.decided("notice.sent", **notice))
    assert heard.stuck([ONE]) == []


def test_what_is_told_by_one_way_is_waited_for_by_every_other(log: Any) -> None:
    ways = {"channels": ["sms", "email"], "representative": ["app"]}
    heard = board(
        log.decided("application.registered", notices=ways),
        log.decided("application.returned", national_code=10),
    )
    assert heard.stuck([ONE]) == []
    for milestone in ("registered", "returned"):
        heard.hear(log.decided("notice.delivered", milestone=milestone, channel="sms"))
    assert [s.what for s in heard.stuck([ONE])] == [
        "notice registered/email is kept back",
        "notice registered/app@representative is kept back",
        "notice returned/email is kept back",  # who acts for somebody is not told of that
    ]
    for milestone, way in (("registered", "email"), ("registered", "app@representative"),
                           ("returned", "email")):  # fmt: skip
        heard.hear(log.decided("notice.dropped", milestone=milestone, channel=way))
    assert heard.stuck([ONE]) == []


def test_an_event_counts_once_however_often_it_comes(log: Any) -> None:
    paid = log.decided("payment.settled", reference="R1", amount_vnd=10)
    heard = board(paid, paid)
    assert heard.settled_vnd == 10
    assert heard.types["payment.settled"] == 1


def test_a_stage_is_reached_once_though_a_dossier_came_back_to_it(log: Any) -> None:
    heard = board(
        *(log.decided("application.settled", national_code=9) for _ in range(2)),
        log.decided("application.processing", national_code=4),
    )
    assert heard.reached == {"settled": 1}


def family(log: Any) -> Any:
    """One for two agencies, of which one has begun."""
    children = [{"application": CHILD}, {"application": WAITING}]
    return (
        log.decided("interlinked.registered", children=children),
        log.decided("application.registered", CHILD, parent=ONE),
        log.decided("application.routed", CHILD, national_code=1),
    )


def test_one_for_several_agencies_is_over_when_it_says_so_and_its_children_are(log: Any) -> None:
    heard = board(*family(log))
    assert [(s.application, s.service) for s in heard.stuck([ONE])] == [
        (ONE, "intake"), (CHILD, "routing")
    ]  # fmt: skip

    heard.hear(log.decided("application.returned", CHILD, national_code=10))
    heard.hear(log.decided("interlinked.ended", outcome="partly_done"))
    assert heard.stuck([ONE]) == []


def test_a_child_goes_its_own_way_and_what_it_is_a_part_of_goes_none(log: Any) -> None:
    heard = board(*family(log))
    assert heard.reached == {"interlinked": 1, "children": 1, "routed": 1}


def test_what_came_to_no_result_is_not_counted_at_the_stages_it_passed(log: Any) -> None:
    heard = board(
        log.decided("application.registered"), log.decided("application.accepted", national_code=2)
    )
    assert heard.passed("accepted") == 1
    heard.hear(log.decided("application.closed", national_code=7))
    assert (heard.reached["accepted"], heard.passed("accepted")) == (1, 0)
