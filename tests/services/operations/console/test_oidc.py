"""Signing in through an identity provider: a real one by others, and all that is not right."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from deploy.local.ports import free, open_at
from services.operations.console.labels import LABELS
from services.operations.console.oidc import Oidc, Provider, Unwelcome, read
from shared.access import Caller
from shared.catalogue import Catalogue
from shared.errors import Misconfigured, Unknown
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import KEY
from tests.waiting import until_blocking

BACK = "https://console.test/console/oidc/back"
USERS = {
    "an": {"preferred_username": "an", "groups": ["staff", "motcua-operators"]},
    "binh": {"preferred_username": "binh", "groups": "motcua-officers", "units": ["79", "01"]},
    "chi": {"preferred_username": "chi", "groups": ["staff"]},
    "dung": {"preferred_username": "dung", "groups": ["motcua-officers"]},
    "giang": {"groups": ["motcua-operators"]},
    "mai": {"preferred_username": "an-phat", "groups": ["banks"]},
}
KEYS_AT = {"jwks_uri": "keys"}
ROLES = {"motcua-operators": "operator", "motcua-officers": "unit_officer", "banks": "partner"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider written by others, in a process of its own."""
    [port] = free(1)
    claims = [json.dumps({"sub": sub, **claims}) for sub, claims in USERS.items()]
    told = [word for one in claims for word in ("--user-claims", one)]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *told]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, stdin=quiet) as process:
        try:
            until_blocking(lambda: open_at(port), 30.0, "the provider")
            yield f"http://localhost:{port}"
        finally:
            process.terminate()


def provider_at(issuer: str) -> Provider:
    return Provider(
        issuer=issuer, client_id="console", client_secret="made-up", back=BACK, roles=ROLES
    )


@pytest.fixture
async def edge(catalogue: Catalogue, issuer: str) -> AsyncIterator[ConsoleEdge]:
    async with httpx.AsyncClient(trust_env=False) as http:
        oidc = Oidc(provider_at(issuer), KEY, lambda: datetime.now(UTC), http)
        yield ConsoleEdge(catalogue, oidc=oidc)


async def come_back(browser: httpx.AsyncClient, user: str, following: str = "") -> httpx.Response:
    """Leave, sign in there as the provider's own page has it, and come back."""
    left = await browser.get("/console/oidc", params={"next": following})
    assert left.status_code == 303
    async with httpx.AsyncClient(trust_env=False) as there:
        answer = await there.post(left.headers["location"], data={"sub": user})
    assert answer.headers["location"].startswith(BACK)
    return await browser.get(answer.headers["location"])


async def test_who_has_a_role_there_signs_in_and_goes_where_he_was_going(
    browser: httpx.AsyncClient,
) -> None:
    back = await come_back(browser, "an", "/console/stuck")
    assert (back.status_code, back.headers["location"]) == (303, "/console/stuck")
    page = await browser.get("/console/stuck")
    assert page.status_code == 200
    assert "an <span" in page.text
    assert "motcua_going" not in str(browser.cookies)


async def test_an_officer_has_the_units_that_the_provider_names(browser: httpx.AsyncClient) -> None:
    await come_back(browser, "binh")
    assert (await browser.get("/console/find")).status_code == 200
    assert (await browser.get("/console/stuck")).status_code == 403


@pytest.mark.parametrize(
    ("user", "said"),
    [(u, "oidc_refused") for u in ("chi", "giang")] + [(u, "oidc_units") for u in ("dung", "mai")],
)
async def test_who_has_no_role_no_name_no_units_or_no_bank_there_is_told_and_not_let_in(
    browser: httpx.AsyncClient, user: str, said: str
) -> None:
    back = await come_back(browser, user)
    assert back.status_code == 403
    assert LABELS[said].vi in back.text
    assert (await browser.get("/console/find")).status_code == 303


async def test_what_another_browser_began_lets_nobody_in(edge: ConsoleEdge) -> None:
    """An attacker's own code, put under somebody else's hand."""
    async with edge.browser() as mine, edge.browser() as theirs:
        left = await mine.get("/console/oidc")
        await theirs.get("/console/oidc")
        async with httpx.AsyncClient(trust_env=False) as there:
            answer = await there.post(left.headers["location"], data={"sub": "an"})
        assert (await theirs.get(answer.headers["location"])).status_code == 403
        assert (await mine.get(answer.headers["location"])).status_code == 303


async def test_a_code_opens_once(browser: httpx.AsyncClient) -> None:
    left = await browser.get("/console/oidc")
    kept = dict(browser.cookies)
    async with httpx.AsyncClient(trust_env=False) as there:
        answer = await there.post(left.headers["location"], data={"sub": "an"})
    assert (await browser.get(answer.headers["location"])).status_code == 303
    for name, value in kept.items():
        browser.cookies.set(name, value, domain="console.test")
    assert (await browser.get(answer.headers["location"])).status_code == 403


async def test_the_door_says_that_there_is_such_a_way_in(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/console/sign-in", params={"next": "/console/stuck"})
    assert 'href="/console/oidc?next=%2Fconsole%2Fstuck"' in page.text


async def test_what_is_asked_for_is_bound_to_this_try(edge: ConsoleEdge, issuer: str) -> None:
    async with edge.browser() as browser:
        asked = [await browser.get("/console/oidc") for _ in range(2)]
    queries = [parse_qs(urlsplit(a.headers["location"]).query) for a in asked]
    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]
    assert queries[0]["code_challenge_method"] == ["S256"]


async def test_a_provider_that_is_away_is_said_and_nobody_comes_in(catalogue: Catalogue) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        oidc = Oidc(provider_at("http://localhost:1"), KEY, lambda: datetime.now(UTC), http)
        async with ConsoleEdge(catalogue, oidc=oidc).browser() as browser:
            assert (await browser.get("/console/oidc")).status_code == 503


# ---- tokens that a provider did not sign, or not for this


class Made:
    """A provider in memory, whose tokens may be anything."""

    issuer = "https://provider.test"

    def __init__(self) -> None:
        self.key, self.now = RSAKey.generate_key(2048, {"kid": "one"}), datetime.now(UTC)
        self.shown = [self.key]
        self.asked: list[str] = []
        self.changes: dict[str, Any] = {}
        self.signer, self.algorithm = self.key, "RS256"
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        self.oidc = Oidc(provider_at(self.issuer), KEY, lambda: self.now, http)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        match request.url.path:
            case "/.well-known/openid-configuration":
                ends = {
                    "authorization_endpoint": "in",
                    "token_endpoint": "token",
                    "jwks_uri": "keys",
                }
                urls = {name: f"{self.issuer}/{path}" for name, path in ends.items()}
                return httpx.Response(200, json={"issuer": self.issuer, **urls})
            case "/keys":
                keys = [key.as_dict(private=False) for key in self.shown]
                return httpx.Response(200, json={"keys": [*keys, {"kty": "oct", "k": "AA"}]})
            case _:
                return httpx.Response(200, json={"id_token": self.token()})

    def token(self) -> str:
        now = int(self.now.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": "console",
            "iat": now,
            "exp": now + 60,
            "nonce": self.oidc.going("seed").nonce,
            "sub": "7c9e",
            "preferred_username": "an",
            "groups": ["motcua-operators"],
            **self.changes,
        }
        header = {"alg": self.algorithm, "kid": self.signer.kid}
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, self.signer)

    async def come_back(self) -> Caller:
        state = self.oidc.going("seed").state
        return await self.oidc.come_back("seed", {"state": state, "code": "c"})


async def test_a_right_token_says_who_comes() -> None:
    made = Made()
    assert await made.come_back() == Caller("an", "operator", (), f"{made.issuer}#7c9e")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://another.test"},
        {"aud": "another"},
        {"aud": ["console", "another"], "azp": "another"},
        {"nonce": "of another try"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"exp": None},
        {"exp": 1},
        {"iat": None},
        {"preferred_username": "x" * 101},
        {"groups": "staff"},
        {"groups": {"motcua-operators": 1}},
    ],
    ids=str,
)
async def test_a_token_for_somebody_else_for_another_try_or_over_lets_nobody_in(
    changes: dict[str, Any],
) -> None:
    made = Made()
    made.changes = changes
    with pytest.raises(Unwelcome):
        await made.come_back()


async def test_a_token_that_another_has_signed_lets_nobody_in() -> None:
    made = Made()
    made.signer = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(Unwelcome):
        await made.come_back()


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_no_signed_token_lets_nobody_in(token: str) -> None:
    made = Made()
    made.token = lambda: token  # type: ignore[method-assign]  # a provider says anything
    with pytest.raises(Unwelcome):
        await made.come_back()


async def test_a_newer_key_is_asked_for_once_a_minute_at_most() -> None:
    made = Made()
    await made.come_back()
    made.signer = RSAKey.generate_key(2048, {"kid": "two"})
    made.shown = [made.key, made.signer]
    with pytest.raises(Unwelcome):
        await made.come_back()
    assert made.asked.count("/keys") == 1
    made.now += timedelta(minutes=2)
    assert (await made.come_back()).name == "an"
    assert made.asked.count("/keys") == 2


async def test_one_who_describes_another_is_no_provider() -> None:
    made = Made()
    made.oidc.provider = msgspec.structs.replace(made.oidc.provider, issuer="https://other.test")
    with pytest.raises(Unknown):
        await made.oidc.leave("seed")


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://provider.test"},
        {"back": "http://console.test/console/oidc/back"},
        {"roles": {"all": "root"}},
        {"client_id": 1},
        {"another": "x"},
    ],
    ids=str,
)
def test_what_would_let_in_too_many_is_refused_at_the_start(changes: dict[str, Any]) -> None:
    right = msgspec.to_builtins(provider_at("https://provider.test"))
    assert read(right) is not None
    with pytest.raises(Misconfigured):
        read(right | changes)


def test_without_a_provider_there_is_none() -> None:
    assert read({}) is None
