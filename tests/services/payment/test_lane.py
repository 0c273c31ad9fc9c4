import msgspec
import pytest

from services.payment.domain.assessing import NotInCatalogue
from services.payment.domain.state import Payment
from services.payment.references import reference
from shared import events
from shared.events import CONTRACTS, Event
from shared.lanes.table import Arrival
from tests.services.payment.office import Office


@pytest.fixture
def arrive(a):
    def make(data, application=a.application):
        event = Event(
            id="1",
            source="/test",
            type=data.TYPE,
            subject=application,
            time=a.now,
            data=msgspec.Raw(events.encode(data)),
        )
        return Arrival(application, event, data)

    return make


def test_every_type_in_the_table_has_a_contract(lane_table):
    assert set(lane_table().decisions) <= set(CONTRACTS)


@pytest.mark.parametrize(
    ("procedure", "batch", "claimed"),
    [
        ("2.000635", ["routed", "accepted", "settled"], 1),  # at submission
        ("1.004222", ["routed"], 0),  # after acceptance
        ("1.004222", ["routed", "accepted"], 1),
        ("2.000815", ["routed", "accepted", "settled"], 1),  # with the result
        ("1.000894", ["routed", "accepted", "settled"], 0),  # free
        ("2.000635", ["routed", "declined", "declined"], 3),
        ("1.000894", ["routed", "payment_due"], 1),
        ("9.999999", ["routed"], 0),  # unknown: held by its decision
    ],
)
def test_references_are_claimed_for_what_a_batch_may_open(
    lane_table, arrive, a, procedure, batch, claimed
):
    whole = [arrive(getattr(a, name)()) for name in batch]
    whole = [
        arrive(a.routed(procedure=procedure)) if x.event.type == "application.routed" else x
        for x in whole
    ]

    facts = a.run(lane_table().prepare(whole, {a.application: None}))

    assert dict(facts.references) == {
        (a.application, n): reference(a.application, n) for n in range(1, claimed + 1)
    }


def test_a_repeated_batch_gets_the_same_references(lane_table, arrive, a, an_office):
    rows = a.rows()
    office = an_office(rows=rows)
    office.hear(a.routed())
    batch = [arrive(a.routed()), arrive(a.declined())]

    first = a.run(lane_table(rows=rows).prepare(batch, {a.application: None}))
    after_a_crash = a.run(lane_table(rows=rows).prepare(batch, {a.application: office.state}))

    assert first.references[a.application, 2] == after_a_crash.references[a.application, 2]
    assert len(rows.rows) == 2


@pytest.mark.parametrize(
    ("batch", "numbers"),
    [
        (["routed", "accepted", "declined"], 0),
        (["routed", "paid"], 1),
        (["paid", "routed"], 1),  # the money was first
        (["routed", "paid", "paid"], 1),
        (["routed", "declined", "paid"], 1),  # paid after all
    ],
)
def test_a_number_is_claimed_for_each_receipt_that_a_batch_issues_and_for_no_other(
    lane_table, arrive, a, batch, numbers
):
    paid = a.paid(reference=reference(a.application, 1))
    whole = [arrive(paid if name == "paid" else getattr(a, name)()) for name in batch]

    facts = a.run(lane_table().prepare(whole, {a.application: None}))

    assert list(facts.numbers.values()) == list(range(1, numbers + 1))


def test_a_payment_that_is_told_again_claims_no_number(lane_table, arrive, a, an_office):
    office = an_office()
    office.hear(a.routed())
    paid = a.paid(reference=reference(a.application, 1))
    office.hear(paid)

    facts = a.run(lane_table().prepare([arrive(paid)], {a.application: office.state}))

    assert facts.numbers == {}


def test_a_settlement_that_is_decided_again_after_a_crash_gives_the_same_numbers(
    lane_table, arrive, a, an_office
):
    rows = a.rows()
    office = an_office(rows=rows)
    office.hear(a.routed())
    before, paid = office.state, a.paid(reference=reference(a.application, 1))
    a.run(lane_table(rows=rows).prepare([arrive(paid)], {a.application: before}))

    (_, receipt) = an_office_of(lane_table(rows=rows), before).hear(paid)

    assert receipt.number == "00000001"
    assert len(rows.rows) == 2  # a reference, a number


def an_office_of(table, state):
    office = Office(table)
    office.state = state
    return office


@pytest.mark.parametrize("changes", [{"procedure": "9.999999"}, {"receiving_unit": "99999"}])
def test_what_the_catalogue_does_not_have_waits_for_an_operator(an_office, a, changes):
    with pytest.raises(NotInCatalogue):
        an_office().hear(a.routed(**changes))


@pytest.mark.parametrize("name", ["accepted", "settled", "paid", "declined", "answer"])
def test_an_application_not_known_yet_is_no_error(an_office, a, name):
    office = an_office()

    assert office.hear(getattr(a, name)()) == []
    assert isinstance(office.state, Payment)
