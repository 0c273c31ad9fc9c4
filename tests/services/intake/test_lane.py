"""What is submitted is registered under a code, refused, or conflicts with what stands."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.dossier import NATIONAL_CODE, OFFLINE_LIMIT, Application
from shared import events
from shared.dossier_codes import FORM
from shared.errors import Unknown
from shared.events.intake import Conflicted, Contact, Refused, Registered
from shared.events.portal import Personal
from shared.vault import Sealed


async def opened(lane, value: str, application: str) -> dict:
    (text,) = await lane.vault.open([Sealed(application, value)], who="test", purpose="test")
    return json.loads(text)


async def test_an_application_in_order_is_registered_under_a_dossier_code(make, lane) -> None:
    (outcome,) = await lane.take(make.arrival())
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    assert registered.dossier_code == "H26.1-20261120-0000001"
    assert FORM.fullmatch(registered.dossier_code)
    assert (registered.portal, registered.procedure) == ("sandbox", "2.000815")
    assert registered.submitted_at == make.NOW.replace(second=59, minute=29)
    assert registered.catalogue_version == make.CATALOGUE.version
    assert outcome.state.status == "registered"
    assert NATIONAL_CODE[outcome.state.status] == 1


async def test_personal_fields_leave_sealed_for_their_readers(make, lane) -> None:
    (outcome,) = await lane.take(make.arrival())
    (registered,) = outcome.events
    assert await opened(lane, registered.sealed, make.uuid7()) == make.personal()
    contact = await opened(lane, registered.contact, make.uuid7())
    assert msgspec.convert(contact, Contact).phone == "0912345678"
    assert set(contact) == {"name", "phone", "email"}


async def test_what_portals_read_does_not_link_a_person_s_applications(make, lane) -> None:
    shared = set[str]()
    for n, portal in enumerate(("one", "other"), start=1):
        documents = [{"name": "Original document", "sha256": f"{n}" * 64}]
        sent = make.arrival(
            make.form(documents=documents), subject=make.uuid7(n), source=f"/portals/{portal}"
        )
        (outcome,) = await lane.take(sent)
        (registered,) = outcome.events
        assert registered.subject_hash == ""
        assert outcome.state.subject_hash == lane.vault.subject_hash("001199000001")
        told = {v for v in msgspec.to_builtins(registered).values() if isinstance(v, str)}
        shared = shared & told if shared else told
    assert not {text for text in shared if len(text) > 20}, "nothing long enough for a name"


async def test_nothing_personal_stands_in_the_clear(make, lane) -> None:
    for n, changed in enumerate(({}, {"phone": "12"}, {"answers": {"q": "Bí mật"}}), start=1):
        fields = make.personal(**changed)
        (outcome,) = await lane.take(
            make.arrival(make.form(personal=fields), subject=make.uuid7(n), id=str(n))
        )
        said = events.encode([outcome.state, *outcome.events]).decode()
        for value in ("Nguyễn", "001199000001", "0912345678", "thu.nghiem", "đường", "Bí mật"):
            assert value not in said


async def test_the_same_again_gives_a_version_and_no_event(make, lane) -> None:
    (first,) = await lane.take(make.arrival())
    again = make.arrival(id="message 2")  # encrypted anew, as a portal does that tries again
    assert again.data.personal != make.arrival().data.personal
    (outcome,) = await lane.take(again)
    assert outcome.events == ()
    assert outcome.state == first.state


async def test_the_same_again_within_one_batch_counts_once(make, lane) -> None:
    outcomes = await lane.take(make.arrival(), make.arrival(id="message 2"))
    assert [len(o.events) for o in outcomes] == [1, 0]


@pytest.mark.parametrize(
    ("changed", "source"),
    [
        ({"copies": 3}, "/portals/sandbox"),
        ({"personal": {"phone": "0987654321"}}, "/portals/sandbox"),
        ({}, "/portals/other"),
    ],
)
async def test_the_same_id_with_other_content_or_portal_conflicts(
    make, lane, changed, source
) -> None:
    if "personal" in changed:
        changed = {"personal": make.personal(**changed["personal"])}
    (first,) = await lane.take(make.arrival())
    (outcome,) = await lane.take(make.arrival(make.form(**changed), id="message 2", source=source))
    assert outcome.events == (Conflicted(portal=source[9:], message_id="message 2"),)
    assert outcome.state == msgspec.structs.replace(first.state, conflicts=1)


async def test_what_is_wrong_is_refused_with_every_problem(make, lane) -> None:
    wrong = make.form(procedure="x", copies=0, personal=make.personal(personal_number="1"))
    (outcome,) = await lane.take(make.arrival(wrong))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert [p.field for p in refused.problems] == [
        "/procedure",
        "/copies",
        "/personal/personal_number",
    ]
    assert outcome.state.problems == refused.problems
    assert (await opened(lane, refused.contact, make.uuid7()))["phone"] == "0912345678"


async def test_the_first_answer_stands_also_for_a_refusal(make, lane) -> None:
    await lane.take(make.arrival(make.form(copies=0)))
    (same,) = await lane.take(make.arrival(make.form(copies=0), id="message 2"))
    assert same.events == ()
    (mended,) = await lane.take(make.arrival(id="message 3"))
    assert isinstance(mended.events[0], Conflicted)
    assert mended.state.status == "refused"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"procedure": 1}, ("invalid-value", "/procedure")),
        ({"extra": 1}, ("unknown-field", "/")),
        ({"channel": "pigeon"}, ("invalid-value", "/channel")),
        ({"documents": [{"name": "x"}]}, ("missing-field", "/documents/0/sha256")),
        ({"personal": "not a JWE"}, ("personal-not-opened", "/personal")),
    ],
)
async def test_what_cannot_be_read_is_refused_with_the_field(make, lane, data, problem) -> None:
    sent = make.arrival(make.form(**data))
    (outcome,) = await lane.take(sent)
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert [(p.code, p.field) for p in refused.problems] == [problem]
    assert refused.contact == ""
    event = msgspec.structs.replace(sent.event, id="message 2")
    (again,) = await lane.take(msgspec.structs.replace(sent, event=event))
    assert again.events == ()


async def test_personal_fields_that_are_none_are_refused(make, lane) -> None:
    token = make.jwe.encrypt_to(make.PRIVATE_KEY, b'{"name": 3}')
    (outcome,) = await lane.take(make.arrival(make.form(personal=token)))
    assert [p.field for p in outcome.events[0].problems] == [
        "/personal/name",
        "/personal/personal_number",
        "/personal/phone",
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"subject": "6f1c1d1e-0000-4000-8000-000000000000"}, "not-uuidv7"),
        ({"source": "/services/payment"}, "not-a-portal"),
    ],
)
async def test_an_envelope_that_is_not_a_portals_is_refused(make, lane, changed, code) -> None:
    (outcome,) = await lane.take(make.arrival(**changed))
    assert [p.code for p in outcome.events[0].problems] == [code]


async def test_a_time_that_cannot_be_is_replaced(make, lane) -> None:
    late = make.NOW - OFFLINE_LIMIT
    times = {
        1: (make.NOW.replace(year=9999), make.NOW),
        2: (make.NOW.replace(year=1), make.NOW),
        3: (late, late),
    }
    for n, (claimed, kept) in times.items():
        (outcome,) = await lane.take(make.arrival(subject=make.uuid7(n), time=claimed, id=str(n)))
        assert outcome.events[0].submitted_at == kept
    assert outcome.events[0].dossier_code == "H26.1-20261113-0000001"


async def test_a_batch_gets_codes_of_its_units_and_keys_with_one_insert_each(make, lane) -> None:
    units = ["00004", "00004", "01", "25747"]
    outcomes = await lane.take(
        *(
            make.arrival(make.form(receiving_unit=u), subject=make.uuid7(n), id=str(n))
            for n, u in enumerate(units)
        )
    )
    codes = [o.events[0].dossier_code for o in outcomes]
    assert codes[:3] == [
        "H26.1-20261120-0000001",
        "H26.1-20261120-0000002",
        "H26-20261120-0000001",
    ]
    assert codes[3].startswith("H29.")
    assert lane.keys.calls == lane.blocks.calls == lane.marks.calls[:1] == ["insert_missing"]


async def test_a_repeated_batch_gets_the_same_code(make, lane) -> None:
    await lane.take(make.arrival())
    code = lane.states[make.uuid7()].dossier_code
    lane.forget()
    await lane.take(make.arrival())
    assert lane.states[make.uuid7()].dossier_code == code


@pytest.mark.parametrize("table", ["keys", "blocks", "marks"])
async def test_a_batch_whose_facts_are_in_doubt_is_repeated(make, lane, table: str) -> None:
    getattr(lane, table).doubt = True
    with pytest.raises(Unknown):
        await lane.take(make.arrival())
    (outcome,) = await lane.take(make.arrival())
    assert isinstance(outcome.events[0], Registered)


async def test_the_state_is_small_and_reads_back(make, lane) -> None:
    (outcome,) = await lane.take(make.arrival())
    text = events.encode(outcome.state)
    assert msgspec.json.decode(text, type=Application) == outcome.state
    assert len(text) < 550


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)
FIELDS = ["procedure", "receiving_unit", "personal", "residence_unit", "channel", "copies"]
PERSONAL = list(Personal.__struct_fields__)


@settings(max_examples=100)
@given(
    st.dictionaries(st.sampled_from([*FIELDS, "documents", "extra"]), anything, max_size=3),
    st.dictionaries(st.sampled_from(PERSONAL), anything, max_size=2),
)
async def test_whatever_is_submitted_is_registered_or_refused(make, changed, wrong) -> None:
    lane = make.Lane()
    data = make.form(personal=make.personal(**wrong)) | changed
    (outcome,) = await lane.take(make.arrival(data))
    (event,) = outcome.events
    if isinstance(event, Refused):
        assert event.problems
    else:
        assert isinstance(event, Registered)
