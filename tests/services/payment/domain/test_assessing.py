"""What is due depends on procedure, province, channel, date and person."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from services.payment.domain.assessing import Basis, judge
from services.payment.domain.fees import total_vnd
from shared.catalogue.fees import FeeResolution
from shared.events.data import Exemption, FeeFacts
from shared.events.payment import FeeAssessed, FeeWaived, Requested

HANOI, HCMC, DONG_NAI = "00004", "25747", "25195"
RESIDENCE, COPIES, JUDICIAL, LAND = "1.004222", "2.000635", "3.000333", "1.012783"
CIRCULAR_75 = "Circular 75/2022/TT-BTC, art. 4"


def basis(**changes):
    whole = Basis(procedure=RESIDENCE, unit=HCMC, channel="direct", copies=1, on=date(2026, 11, 20))
    return msgspec.structs.replace(whole, **changes)


@pytest.fixture
def judged(catalogue):
    return lambda **changes: judge(catalogue, basis(**changes))


@pytest.mark.parametrize(
    ("on", "channel", "due_vnd"),
    [
        (date(2025, 12, 31), "online", 10_000),
        (date(2026, 1, 1), "online", 0),
        (date(2026, 1, 1), "direct", 20_000),
        (date(2026, 1, 1), "post", 20_000),
    ],
)
def test_hanoi_asks_nothing_online_from_new_year_2026_on(judged, on, channel, due_vnd):
    found = judged(unit=HANOI, on=on, channel=channel)

    assert total_vnd(found.lines) == due_vnd
    if not due_vnd:
        assert found.reason == "waived: Hanoi: all listed fees waived online, 2026"
        assert found.exemption == Exemption(
            rule="waiver", source="Hanoi: all listed fees waived online, 2026", off_vnd=10_000
        )


def test_a_person_whom_the_circular_spares_pays_nothing_and_is_told_by_which_text(judged):
    found = judged(facts=FeeFacts(exemption="elderly"))

    assert found.lines == ()
    assert found.reason == f"exempt: {CIRCULAR_75}"
    assert found.exemption == Exemption(
        rule="exemption",
        category="elderly",
        name_vi="Người cao tuổi",
        source=CIRCULAR_75,
        off_vnd=20_000,
    )


def test_a_category_that_this_procedure_does_not_spare_pays_in_full(judged):
    found = judged(procedure="2.000815", facts=FeeFacts(exemption="elderly"))

    assert total_vnd(found.lines) == 2_000
    assert found.exemption is None


def test_what_was_late_is_due_at_submission_and_what_was_not_is_free(judged):
    assert judged(procedure="1.001193").reason == "on_time"
    late = judged(procedure="1.001193", facts=FeeFacts(case="late"))
    assert (late.moment, total_vnd(late.lines), late.illustrative) == ("at_submission", 7_000, True)


def test_a_province_with_a_resolution_has_its_own_amounts_and_others_the_illustrative(judged):
    own = judged(procedure=LAND, unit=DONG_NAI)
    other = judged(procedure=LAND)

    assert (own.illustrative, own.source[:8]) == (False, "Public D")
    assert (other.illustrative, other.source) == (True, "")
    assert total_vnd(own.lines) == total_vnd(other.lines) == 888_000


def test_an_amount_is_that_of_the_resolution_in_force_that_day(catalogue):
    def row(amount_vnd, valid_from, valid_to, online_vnd=None):
        return FeeResolution(
            province="79",
            procedure="1.004873",
            source=f"Resolution of {valid_from}",
            confidence="high",
            valid_from=valid_from,
            valid_to=valid_to,
            amount_vnd=amount_vnd,
            online_amount_vnd=online_vnd,
        )

    turn = date(2026, 7, 1)
    rows = (row(5_000, date(2025, 7, 1), turn), row(8_000, turn, None, online_vnd=0))
    edition = replace(catalogue, fee_resolutions={"1.004873 79": rows})

    def due(on, channel="direct"):
        facts = basis(procedure="1.004873", on=on, channel=channel)
        found = judge(edition, facts)
        return total_vnd(found.lines), found.illustrative, found.source

    assert due(date(2026, 6, 30)) == (5_000, False, "Resolution of 2025-07-01")
    assert due(turn) == (8_000, False, "Resolution of 2026-07-01")
    assert due(turn, "online") == (0, False, "Resolution of 2026-07-01")
    assert due(date(2027, 6, 30)) == (8_000, False, "Resolution of 2026-07-01")


def test_the_event_and_the_state_say_what_a_person_was_spared(an_office, a):
    office = an_office()
    said = office.hear(a.routed(fee_facts=FeeFacts(exemption="disabled")))

    assert [type(e) for e in said] == [FeeWaived]
    assert said[0].exemption.off_vnd == 16_000
    assert office.state.obligations[0].exemption == said[0].exemption
    assert office.state.basis.facts.exemption == "disabled"


def test_the_event_names_pages_and_copies_by_its_lines(an_office, a):
    office = an_office()
    routed = a.routed(procedure="2.000815", copies=2, fee_facts=FeeFacts(pages=10))
    (assessed,) = office.hear(routed)

    assert isinstance(assessed, FeeAssessed)
    assert [(li.quantity, li.unit_amount_vnd, li.amount_vnd) for li in assessed.lines] == [
        (2, 12_000, 24_000)
    ]


def test_a_late_birth_opens_an_order_at_submission(an_office, a):
    office = an_office()
    routed = a.routed(procedure="1.001193", copies=1, fee_facts=FeeFacts(case="late"))

    assert [type(e) for e in office.hear(routed)] == [FeeAssessed, Requested]
