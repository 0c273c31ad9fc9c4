"""What a confirmation of the Payment Platform says, and how it is answered."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import (
    Refused,
)
from services.payment.gateways.platform.gateway import ANSWERS, CONFIRMED, Platform
from tests.services.payment.gateways.platform.piped_vectors import (
    CONFIRMATION,
    NOW,
    ORDER,
    PLATFORM,
    SECRET,
    call,
    key,
    of_kind,
    platform_row,
)
from tests.services.payment.gateways.platform.platform_words import signed


@pytest.fixture
def platform() -> Platform:
    return Platform(platform_row())


# ---- the vectors


@pytest.mark.parametrize(
    "vector",
    [p for p in of_kind(PLATFORM, "confirm_callback") if "negative" not in p.values[0]["kind"]],
)
def test_each_published_confirmation_is_read(vector):
    told = vector["input"]["fields"]
    body = call(told | vector["expected"])

    [notice] = Platform(platform_row(vector)).read_callback(body, NOW)

    assert notice.reference == told["MaThamChieu"]
    assert (notice.transaction, notice.amount_vnd) == (told["MaGiaoDich"], int(told["SoTien"]))
    assert (notice.finding == "paid") == (told["MaLoi"] == "00")


@pytest.mark.parametrize("vector", of_kind(PLATFORM, "confirm_callback negative"))
def test_no_negative_vector_is_heard(vector):
    gateway = Platform(platform_row(vector))
    given_bodies = [v for v in vector["input"].values() if isinstance(v, dict)]
    proof = vector["expected"].get("same_MaXacThuc_for_both")
    assert given_bodies

    for body in given_bodies:
        sent = call(body | ({"MaXacThuc": proof} if proof else {}))
        with pytest.raises(Refused) as refused:
            gateway.read_callback(sent, NOW)
        answer = json.loads(gateway.answer(refused.value.verdict, sent, NOW).body)
        assert answer["MaLoi"] == "99"


# ---- any other


@pytest.mark.parametrize(
    ("code", "finding"), [("00", "paid"), ("01", "failed"), ("02", "pending"), ("99", "pending")]
)
def test_only_what_is_in_the_table_is_decided(platform, code, finding):
    assert platform.read_callback(call(signed(MaLoi=code)), NOW)[0].finding == finding


@pytest.mark.parametrize("amount", [150_000, "150000"])
def test_an_amount_is_a_number_or_text(platform, amount):
    assert platform.read_callback(call(signed(SoTien=amount)), NOW)[0].amount_vnd == 150_000


@pytest.mark.parametrize(
    "changes",
    [
        {"SoTien": "150000.0"},
        {"SoTien": "0150000"},
        {"SoTien": "-150000"},
        {"SoTien": "１５００００"},
        {"SoTien": ""},
        {"SoTien": -1},
        {"SoTien": 10**15},
        {"MaTienTe": "USD"},
        {"ThoiGianGD": "20261102243015"},
        {"ThoiGianGD": "20261302213015"},
        {"ThoiGianGD": "2026110221301"},
        {"ThoiGianGD": "２０２６１１０２２１３０１５"},
        {"MaGiaoDich": ""},
        {"MaGiaoDich": "0"},
        {"MaThamChieu": "a b"},
        {"LoaiBanTin": "QUERY"},
        {"LoaiBanTin": "INIT"},
        {"MaLoi": ""},
    ],
)
def test_a_signed_confirmation_in_another_form_is_unreadable(platform, changes):
    with pytest.raises(Refused) as refused:
        platform.read_callback(call(signed(**changes)), NOW)

    assert refused.value.verdict == "unreadable"


@pytest.mark.parametrize(
    "wire", [b"150000.0", b"1.5e5", b"150000.5", b"true", b"null", b"NaN", b"[150000]"]
)
def test_a_decimal_is_no_amount_even_where_its_text_would_verify(platform, wire):
    body = json.dumps(signed()).encode().replace(b"150000,", wire + b",")
    assert wire in body

    with pytest.raises(Refused):
        platform.read_callback(call(body), NOW)


def test_half_past_nine_in_the_evening_is_no_half_past_nine_in_the_morning():
    order = ORDER._replace(opened_at=datetime(2026, 11, 2, 14, 30, 15, tzinfo=UTC))

    sent = Platform(platform_row()).query("k", order, NOW)

    assert json.loads(sent.body)["ThoiGianGD"] == "20261102213015"


def test_a_name_that_stands_twice_is_refused(platform):
    body = json.dumps(signed()).encode()
    twice = body.replace(b'"MaLoi": "00"', b'"MaLoi": "01", "Ma\\u004coi": "00"')

    with pytest.raises(Refused, match="twice"):
        platform.read_callback(call(twice), NOW)


def test_what_the_checksum_does_not_cover_is_not_looked_at(platform):
    told = signed() | {"ThongTinBienLai": {"SoTien": 1, "TKThuHuong": "evil"}, "TrangThaiGD": 4}

    assert platform.read_callback(call(told), NOW) == platform.read_callback(call(signed()), NOW)


def test_another_merchants_confirmation_is_not_genuine(platform):
    with pytest.raises(Refused, match="another merchant"):
        platform.read_callback(call(signed(MaDoiTac="PORTAL-HT02")), NOW)


def test_two_keys_overlap_while_they_are_rotated():
    old = msgspec.structs.replace(key(SECRET), valid_to=NOW + timedelta(days=1))
    fresh = msgspec.structs.replace(key("another"), valid_from=NOW)
    gateway = Platform(platform_row(incoming=(old, fresh)))

    for secret in (SECRET, "another"):
        assert gateway.read_callback(call(signed(secret)), NOW)
    for secret, at in ((SECRET, NOW + timedelta(days=1)), ("another", NOW - timedelta(seconds=1))):
        with pytest.raises(Refused):
            gateway.read_callback(call(signed(secret)), at)


def test_the_answer_echoes_what_named_the_confirmation(platform):
    sent = call(CONFIRMATION)

    for verdict, (code, _) in ANSWERS.items():
        reply = platform.answer(verdict, sent, NOW)
        answer = json.loads(reply.body)
        assert (reply.status, answer["MaLoi"]) == (200, code)
        assert set(answer) == {
            "MaLoi",
            "MoTaLoi",
            "MaDoiTac",
            "MaThamChieu",
            "ThoiGianGD",
            "MaXacThuc",
        }
        assert answer["MaXacThuc"] == CONFIRMATION["MaXacThuc"]
    assert {v for v, (code, _) in ANSWERS.items() if code == "00"} == {"recorded", "already_final"}


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda s: st.dictionaries(st.sampled_from([*CONFIRMED, "MaXacThuc"]), s),
    ).map(lambda v: json.dumps(v).encode())
)
def test_arbitrary_bodies_raise_nothing_but_the_named_error_and_are_answered(body):
    platform = Platform(platform_row())
    with pytest.raises(Refused):
        platform.read_callback(call(body), NOW)

    assert platform.answer("not_genuine", call(body), NOW).status == 200
