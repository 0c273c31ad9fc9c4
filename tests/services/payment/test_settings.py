from datetime import UTC, datetime

import msgspec
import pytest

from services.payment.domain.draft import Pace
from services.payment.gateways.families import FAMILIES
from services.payment.gateways.vnpay.gateway import Vnpay
from services.payment.partners import SANDBOX, Registry, read
from services.payment.settings import PaymentSettings
from shared.errors import Misconfigured

SECRET = "THUNGHIEMVNPAYSECRETKEY0000001AB"
KEY = {"secret": SECRET, "valid_from": "2025-07-01T00:00:00Z"}
IDS = {"api_key": "ANAPIKEY"}
KEYS = {"sen-vang": {"merchant": "DVCQG001", "ids": IDS, "outgoing": [KEY], "incoming": [KEY]}}


def test_what_is_not_said_is_as_documented():
    assert PaymentSettings().pace == Pace(ask_after_s=(900, 900, 1_800, 3_600), attempt_limit=5)


def test_the_environment_sets_the_pace(monkeypatch):
    monkeypatch.setenv("MOTCUA_PAYMENT_ASK_AFTER_S", "[8, 8, 15]")
    monkeypatch.setenv("MOTCUA_PAYMENT_ATTEMPT_LIMIT", "2")

    assert PaymentSettings().pace == Pace(ask_after_s=(8, 8, 15), attempt_limit=2)


@pytest.fixture
def one_row(tmp_path):
    path = tmp_path / "partners.json"
    path.write_bytes(msgspec.json.encode(read(SANDBOX)[:1]))
    return path


def test_the_partner_is_where_the_launcher_says(monkeypatch, a, one_row):
    monkeypatch.setenv("MOTCUA_BANK_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("MOTCUA_PAYMENT_URL", "http://127.0.0.1:2")

    (partner,) = PaymentSettings(partners=one_row).registry_rows(KEYS)

    assert (partner.base_url, partner.page_url) == ("http://127.0.0.1:1/sen-vang",) * 2
    assert partner.return_url == "http://127.0.0.1:2/v1/return/sen-vang"
    registry = Registry([partner], {"vnpay": Vnpay})
    assert registry.terms[0].takes(9_999_999_999, a.now)
    assert partner.ids == IDS
    assert SECRET not in repr(partner)
    assert IDS["api_key"] not in repr(partner)


def test_a_call_takes_as_long_as_the_row_else_the_family_else_the_deployment_says(tmp_path):
    own = msgspec.structs.replace(read(SANDBOX)[2], name="own", timeout_s=5.0)
    rows = (*read(SANDBOX), own)
    path = tmp_path / "partners.json"
    path.write_bytes(msgspec.json.encode(rows))
    secrets = {row.name: KEYS["sen-vang"] for row in rows}

    partners = PaymentSettings(partners=path, payment_call_limit_s=12.0).registry_rows(secrets)

    limits_s = {p.name: p.call_limit_s for p in partners}
    assert limits_s.pop("own") == 5.0
    momo = {row.name for row in read(SANDBOX) if row.family == "momo"}
    assert limits_s == {name: 30.0 if name in momo else 12.0 for name in limits_s}


@pytest.mark.parametrize("timeout_s", [0, -1, 121, "30"])
def test_a_time_limit_that_cannot_be_meant_is_refused(tmp_path, timeout_s):
    row = msgspec.to_builtins(read(SANDBOX)[0]) | {"timeout_s": timeout_s}
    path = tmp_path / "partners.json"
    path.write_bytes(msgspec.json.encode([row]))

    with pytest.raises(Misconfigured, match="timeout_s"):
        read(path)


# ---- keys


def keys(**changes):
    return {"sen-vang": KEYS["sen-vang"] | changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"merchant": ""}, "merchant"),
        ({"incoming": [KEY | {"secret": ""}]}, "incoming"),
        ({"outgoing": [KEY | {"secret": "FIFTEENLETTERS1"}]}, "outgoing"),
        ({"outgoing": [KEY | {"valid_from": "2025-07-01T00:00:00"}]}, "timezone"),
        ({"incoming": [KEY | {"valid_to": "2026-07-01T00:00:00"}]}, "timezone"),
        ({"incoming": [KEY | {"valid_to": "2025-07-01T00:00:00Z"}]}, "not after valid_from"),
    ],
)
def test_keys_that_can_never_verify_are_refused_with_the_partners_name(one_row, changes, said):
    with pytest.raises(Misconfigured, match=f"partner sen-vang.*{said}") as refused:
        PaymentSettings(partners=one_row).registry_rows(keys(**changes))
    assert SECRET not in str(refused.value)


OVER = KEY | {"valid_to": "2026-01-01T00:00:00Z"}
LATER = KEY | {"valid_from": "2027-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"incoming": [OVER]}, "incoming keys is valid"),
        ({"outgoing": [OVER, LATER]}, "outgoing keys is valid"),
        ({"incoming": []}, "incoming keys is valid"),
        ({"outgoing": []}, "outgoing keys is valid"),
    ],
)
def test_a_partner_without_a_key_for_now_is_told_at_start(one_row, a, changes, said):
    rows = PaymentSettings(partners=one_row).registry_rows(keys(**changes))

    with pytest.raises(Misconfigured, match=f"partner sen-vang.*{said}.*add one"):
        Registry(rows, {"vnpay": Vnpay}).check_keys(a.now)


@pytest.mark.parametrize(
    ("changes", "period"),
    [
        ({}, {}),
        ({"incoming": [OVER, KEY]}, {}),
        (
            {"incoming": [LATER], "outgoing": [LATER]},
            {"active_from": datetime(2027, 2, 1, tzinfo=UTC)},
        ),
        ({"incoming": [OVER]}, {"active_to": datetime(2026, 1, 1, tzinfo=UTC)}),
    ],
)
def test_keys_are_needed_for_as_long_as_a_partner_takes_orders(tmp_path, a, changes, period):
    path = tmp_path / "partners.json"
    path.write_bytes(msgspec.json.encode([msgspec.structs.replace(read(SANDBOX)[0], **period)]))
    rows = PaymentSettings(partners=path).registry_rows(keys(**changes))

    Registry(rows, {"vnpay": Vnpay}).check_keys(a.now)


def test_who_is_sent_nothing_needs_no_key_of_ours(a):
    watcher = a.partner(family="casso", outgoing=())

    Registry([watcher], FAMILIES).check_keys(a.now)
