"""What goes wrong with carriers is in tables that fit together, and counts where it was seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.audit.devices import APP, CENTRE, GATEWAY, MAIL
from deploy.sandbox.inbox.faults import Faults as InboxFaults
from deploy.sandbox.sms.behaviour import Faults as GatewayFaults
from deploy.sandbox.smsc.behaviour import Faults as CentreFaults
from services.notify.providers import read
from tests.invariants import carriers, plan
from tests.invariants.faults import FAULTS, Fault
from tests.invariants.test_counting import event, nothing, with_records
from tests.invariants.told import of_carriers

FAULTS_OF = {"sms": GatewayFaults, "smsc": CentreFaults, "inbox": InboxFaults}
OF = {GATEWAY: "sms", CENTRE: "smsc", MAIL: "inbox", APP: "inbox"}
APPLICATION = "0198c0de-0000-7000-8000-00000000000c"


def test_what_goes_wrong_is_something_that_the_sandbox_can_do_and_that_has_to_happen() -> None:
    planned = {(name, what) for name, ratios in plan.CARRIERS.items() for what in ratios}
    awaited = {(OF[name], what) for name, befell in carriers.BEFELL.items() for what in befell}
    assert planned == awaited
    assert all(what in FAULTS_OF[name].model_fields for name, what in planned)
    for name, befell in carriers.BEFELL.items():
        assert {Fault(kind, name) for kind in befell.values()} <= set(FAULTS)


@pytest.mark.parametrize("made", [plan.full(3, 2_000), plan.short(3), plan.mutant(3)])
def test_each_carrier_is_told_its_faults_and_takes_them(
    made: plan.Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, type_ in FAULTS_OF.items():
        for variable, value in made.env()[name].items():
            monkeypatch.setenv(variable, value)
        told: Any = type_()
        often = 1 if made.applications == 2_000 else plan.OFTENER
        assert told.seed == 3
        for what, ratio in plan.CARRIERS[name].items():
            assert getattr(told, what) == pytest.approx(often * ratio)


def test_what_happens_often_happens_at_all_and_a_short_run_has_to_have_it() -> None:
    often = {Fault(kind, whom) for whom, kinds in carriers.OFTEN.items() for kind in kinds}
    assert often <= {Fault(*row) for row in carriers.happens()}
    assert often <= set(plan.short(1).faults)


def test_the_file_of_providers_names_the_centre_s_own_port(tmp_path: Path) -> None:
    rows = {row.name: row for row in read(carriers.providers(tmp_path, "smpp://127.0.0.1:12345"))}
    assert rows[CENTRE].url == "smpp://127.0.0.1:12345"
    assert [row.name for row in rows.values() if row.channel == "sms"] == [GATEWAY, CENTRE]
    assert rows[CENTRE].receipt_within_s > float(plan.LATE["LATE_S"])
    assert rows[MAIL].limit_s == rows[CENTRE].limit_s == carriers.CALL_LIMIT_S


def counted(seen: Any) -> list[Fault]:
    return list(of_carriers(seen.evidence))


def asked(key: str, provider: str = "", **more: Any) -> Any:
    _, milestone, channel, attempt = key.split("/")
    data = {"key": key, "milestone": milestone, "channel": channel, "provider": provider}
    return event("notice.requested", f"asked/{attempt}", msgspec.json.encode(data | more))


def said(type_: str, **data: Any) -> Any:
    told = {"milestone": "accepted", "channel": "sms"} | data
    return event(type_, f"{type_}/{told['channel']}", msgspec.json.encode(told))


def test_an_attempt_at_another_carrier_took_over() -> None:
    one = asked(f"{APPLICATION}/accepted/sms/1")
    again = asked(f"{APPLICATION}/accepted/sms/2")
    other = asked(f"{APPLICATION}/accepted/sms/2", CENTRE)
    assert counted(with_records(nothing(), "notify.events", one, again)) == []
    seen = with_records(nothing(), "notify.events", one, other)
    assert counted(seen) == [Fault(carriers.TOOK_OVER, CENTRE)]


def test_what_was_not_known_is_settled_by_the_answer_to_a_question() -> None:
    key = f"{APPLICATION}/accepted/app/1"
    seen = with_records(nothing(), "notify.events", asked(key))
    data = msgspec.json.encode({"key": key, "finding": "handed"})
    straight = event("notice.answered", f"{key}/handed", data)
    assert counted(with_records(seen, "notify.inbox", straight)) == []
    unknown = msgspec.json.encode({"key": key, "finding": "unknown"})
    vain = event("notice.answered", f"{key}/ask/1/unknown", unknown)
    assert counted(with_records(seen, "notify.inbox", vain)) == []
    settled = event("notice.answered", f"{key}/ask/2/handed", data)
    seen = with_records(seen, "notify.inbox", settled, settled)
    assert counted(seen) == [Fault(carriers.ASKED, APP)]


def test_what_nobody_ever_knew_counts_for_who_had_it_last() -> None:
    failed = said("notice.failed", reason="outcome_unknown")
    seen = with_records(
        nothing(), "notify.events", asked(f"{APPLICATION}/accepted/sms/1", CENTRE), failed
    )
    assert counted(seen) == [
        Fault(carriers.NEVER_KNOWN, CENTRE),
        Fault(carriers.FAILED, "outcome_unknown"),
    ]


def test_ways_reasons_and_joined_messages_count() -> None:
    seen = with_records(
        nothing(),
        "notify.events",
        said("notice.sent", channel="email@representative"),
        said("notice.delivered", channel="portal"),
        said("notice.delivered", channel="sms"),
        said("notice.receipt_missing", provider=CENTRE),
        said("notice.dropped", channel="zalo", reason="no_provider"),
        asked(f"{APPLICATION}/accepted/email/1", joined=[{"milestone": "transferred"}]),
    )
    assert sorted(counted(seen)) == [
        Fault(carriers.DROPPED, "no_provider"),
        Fault(carriers.MISSED, CENTRE),
        Fault(carriers.JOINED, "email"),
        Fault(carriers.TOLD, "email@representative"),
        Fault(carriers.TOLD, "portal"),
    ]


def test_what_befell_a_carrier_stands_in_its_own_books() -> None:
    carried = {(CENTRE, "lost_binds"): 2, (CENTRE, "binds"): 9}
    seen = nothing()
    seen = replace(seen, evidence=replace(seen.evidence, carried=carried))
    assert counted(seen) == [Fault("hung up on in a bind", CENTRE)] * 2
