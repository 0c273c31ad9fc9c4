"""Which addresses are called."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.payment.webhooks.guard import (
    PORTS,
    REMEDIES,
    Denied,
    Rules,
    address,
    is_public,
    target,
)
from tests.services.payment.office import run

OPEN, SANDBOX = Rules(), Rules(loopback=True)
INTERNET = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
REFUSED = (
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.8", "172.16.3.4", "192.168.1.1"),
    *("169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "100.64.0.1"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
    *("192.0.0.192", "192.88.99.1", "198.51.100.7", "203.0.113.9"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("::ffff:93.184.215.14", "::ffff:127.0.0.1", "::93.184.215.14", "64:ff9b::5db8:d70e"),
    *("64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "fec0::1", "100::1"),
)


def called(url: str, *found: str, rules: Rules = OPEN) -> str:
    """Return the address that a URL leads to, when its name has these."""

    async def resolve(host: str, port: int) -> list[str]:
        return list(found)

    return run(address(target(url, rules), resolve, rules))


def why(url: str, *found: str, rules: Rules = OPEN) -> str:
    with pytest.raises(Denied) as denied:
        called(url, *found, rules=rules)
    return denied.value.why


@pytest.mark.parametrize("found", INTERNET)
def test_an_address_on_the_internet_is_called_as_a_literal_and_by_name(found: str) -> None:
    literal = f"[{found}]" if ":" in found else found
    assert called(f"https://{literal}/x") == found
    assert called("https://bank.example.vn/x", found) == found


@pytest.mark.parametrize("found", REFUSED)
def test_an_address_within_is_not_called_neither_as_a_literal_nor_by_name(found: str) -> None:
    literal = f"[{found}]" if ":" in found else found
    assert why(f"https://{literal}/") == "address"
    assert why("https://bank.example.vn/", found) == "address"


@pytest.mark.parametrize("found", REFUSED)
def test_one_address_within_among_others_refuses_the_name(found: str) -> None:
    assert why("https://bank.example.vn/", INTERNET[0], found) == "address"
    assert why("https://bank.example.vn/", found, INTERNET[0]) == "address"


@pytest.mark.parametrize(
    ("url", "because"),
    [
        ("http://bank.example.vn/", "scheme"),
        ("ftp://bank.example.vn/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://bank.example.vn/", "scheme"),
        ("//bank.example.vn/", "scheme"),
        ("bank.example.vn", "scheme"),
        ("https://me@bank.example.vn/", "userinfo"),
        ("https://me:secret@bank.example.vn/", "userinfo"),
        ("https://@bank.example.vn/", "userinfo"),
        ("https://bank.example.vn#@10.0.0.1/", "form"),
        ("https://bank.example.vn:22/", "port"),
        ("https://bank.example.vn:80/", "port"),
        ("https://bank.example.vn:0/", "port"),
        ("https://bank.example.vn:99999/", "form"),
        ("https:///x", "form"),
        ("https://bank.example.vn/a b", "form"),
        ("https://bank.example.vn/\r\nHost: x", "form"),
        ("https://bank.example.vn\\@10.0.0.1/", "form"),
        ("https://ngânhàng.example.vn/", "form"),
        ("https://[::1/", "form"),
        ("https://2130706433/", "name"),
        ("https://0x7f000001/", "name"),
        ("https://0x7f.1/", "name"),
        ("https://127.1/", "name"),
        ("https://0177.0.0.1/", "name"),
        ("https://-bank.example.vn/", "name"),
        ("https://bank_.example.vn/", "name"),
        ("https://bank..vn/", "name"),
        ("https://bank.example.vn/" + 500 * "x", "form"),
    ],
)
def test_a_url_of_another_form_is_refused_with_the_reason(url: str, because: str) -> None:
    assert why(url, INTERNET[0]) == because
    assert because in REMEDIES


def test_a_name_that_nobody_knows_is_refused() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Denied) as denied:
        run(address(target("https://bank.example.vn/", OPEN), resolve, OPEN))
    assert denied.value.why == "unresolved"
    assert why("https://bank.example.vn/") == "unresolved"


@pytest.mark.parametrize("port", sorted(PORTS))
def test_the_ports_that_are_allowed_are_called(port: int) -> None:
    assert called(f"https://bank.example.vn:{port}/", INTERNET[0]) == INTERNET[0]


def test_in_a_sandbox_this_machine_is_called_by_http_and_nothing_else_is() -> None:
    assert called("http://127.0.0.1:9000/x", rules=SANDBOX) == "127.0.0.1"
    assert called("http://[::1]:9000/x", rules=SANDBOX) == "::1"
    assert called("http://localhost:9000/", "::1", "127.0.0.1", rules=SANDBOX) == "::1"
    assert why("http://localhost:9000/", INTERNET[0], rules=SANDBOX) == "address"
    assert why("http://bank.example.vn/", "127.0.0.1", rules=SANDBOX) == "scheme"
    assert why("http://10.0.0.1/", rules=SANDBOX) == "scheme"
    assert why("https://10.0.0.1/", rules=SANDBOX) == "address"
    assert why("http://127.0.0.1:9000/") == "scheme"


def test_the_host_header_is_the_name_and_the_port_where_it_is_not_the_usual_one() -> None:
    assert target("https://Bank.Example.VN./a?b=c", OPEN).authority == "bank.example.vn"
    assert target("https://bank.example.vn:8443/", OPEN).authority == "bank.example.vn:8443"
    assert target(f"https://[{INTERNET[1]}]/", OPEN).authority == f"[{INTERNET[1]}]"
    assert target("https://bank.example.vn?b=c", OPEN).path == "/?b=c"


@given(some.ip_addresses())
def test_no_address_that_python_knows_as_special_is_public(found) -> None:
    if is_public(found):
        assert found.is_global
        special = found.is_private, found.is_loopback, found.is_link_local
        odd = found.is_multicast, found.is_reserved, found.is_unspecified
        assert not any((*special, *odd))


@given(some.ip_addresses(v=4))
def test_no_ipv4_address_is_reached_in_ipv6_s_clothes(found) -> None:
    number = int(found)
    for dressed in (number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number):
        assert not is_public(ip_address(dressed.to_bytes(16)))
    assert not is_public(ip_address((0x2002 << 112 | number << 80).to_bytes(16)))


@given(some.text() | some.from_regex(r"https?://[^ ]{0,40}", fullmatch=True))
def test_any_text_is_a_target_or_denied(url: str) -> None:
    try:
        found = target(url, OPEN)
    except Denied:
        return
    assert found.scheme == "https"
    assert found.port in PORTS
