"""Signing in through an identity provider: OpenID Connect Core 1.0, the code flow, with PKCE (RFC
7636).

Nothing is kept between leaving and coming back: state, nonce and verifier are made from a seed that
the browser keeps in a cookie.  What the provider says of somebody is mapped to a role by a table.
"""

import asyncio
import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet
from joserfc.jwt import JWTClaimsRegistry

from shared.access import CONSOLE_ROLES, LIMITED, Caller, unfit
from shared.clock import Clock
from shared.errors import Misconfigured, Unknown
from shared.principals import MARK, SUBJECT_LIMIT, Principal

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # never none, never a shared secret
KEYS = ("RSA", "EC", "OKP")
TIMEOUT_S = 5.0  # for each step of an answer
ANSWER_LIMIT_S = 10.0  # for all of it: who answers by drops holds up nobody
SIZE_LIMIT = 256 * 1024
KNOWN_FOR = timedelta(hours=1)  # what a provider says of itself, and its keys
ASKED_AGAIN_AFTER = timedelta(minutes=1)  # for a key that is not known
NAME_LIMIT = 100
LEEWAY_S = 60  # by which two clocks may differ
LOOPBACK = ("127.0.0.1", "localhost")


class Unwelcome(Exception):
    """Who comes back is not let in; the text is for the log: it may name what was wrong."""

    def __init__(self, why: str, label: str = "oidc_refused") -> None:
        super().__init__(why)
        self.label = label  # what the page says


class Provider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`back`: where browsers come back to, as the provider knows it.  `roles`: what the claim
    `role_claim` says → a role of the console, the first that fits; `units_claim` names units,
    or of a partner the one bank.
    """

    issuer: str
    client_id: str
    client_secret: str
    back: str
    roles: dict[str, str]
    role_claim: str = "groups"
    units_claim: str = "units"
    name_claim: str = "preferred_username"
    scope: str = "openid profile"


class Going(NamedTuple):
    """What belongs together between leaving and coming back."""

    state: str
    nonce: str
    verifier: str


class _Known(NamedTuple):
    """What the provider has said of itself, and when."""

    facts: Mapping[str, Any]
    keys: KeySet
    at: datetime


class _Answer(NamedTuple):
    """What a provider answers."""

    url: str
    status_code: int
    content: bytes


def read(secret: Mapping[str, Any]) -> Provider | None:
    """Return the provider, if one is configured.  Raises `Misconfigured`."""
    if not secret:
        return None
    try:
        found = msgspec.convert(secret, Provider)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"`oidc` in the secrets: {error}") from error
    for role in found.roles.values():
        if role not in CONSOLE_ROLES:
            raise Misconfigured(f"oidc: role {role} is none of {', '.join(CONSOLE_ROLES)}")
    for url in (found.issuer, found.back):
        _require_safe(url)
    if MARK in found.issuer:
        raise Misconfigured(f"oidc: the issuer {found.issuer} has a {MARK}, which none has")
    return found


class Oidc:
    """Leads to a provider and lets in who comes back from it."""

    def __init__(
        self, provider: Provider, key: bytes, clock: Clock, http: httpx.AsyncClient
    ) -> None:
        self.provider = provider
        self._key = hmac.digest(key, b"console/oidc", hashlib.sha256)
        self._clock, self._http = clock, http
        self._known: _Known | None = None

    def going(self, seed: str) -> Going:
        """Return what belongs to a browser with this seed."""
        return Going(*(self._made(what, seed) for what in Going._fields))

    async def leave(self, seed: str) -> str:
        """Return where a browser with this seed is to go.  Raises `Unknown`."""
        going, known = self.going(seed), await self._described()
        challenge = hashlib.sha256(going.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.back,
            "scope": self.provider.scope,
            "state": going.state,
            "nonce": going.nonce,
            "code_challenge": _text(challenge),
            "code_challenge_method": "S256",
        }
        where = str(known.facts["authorization_endpoint"])
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    async def come_back(self, seed: str, query: Mapping[str, str]) -> Caller:
        """Return who comes back with this query.  Raises `Unwelcome`, `Unknown`."""
        going = self.going(seed)
        if not seed or not hmac.compare_digest(going.state, query.get("state", "")):
            raise Unwelcome("another browser, or another try")
        if "error" in query or not query.get("code"):
            raise Unwelcome(f"the provider says {query.get('error', 'nothing')[:NAME_LIMIT]}")
        token = await self._exchanged(query["code"], going.verifier)
        return self._caller(await self._claims(token, going.nonce))

    async def _exchanged(self, code: str, verifier: str) -> str:
        known = await self._described()
        told = self.provider
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": told.back,
            "code_verifier": verifier,
        }
        answer = await self._asked(
            "POST",
            str(known.facts["token_endpoint"]),
            data=form,
            auth=httpx.BasicAuth(told.client_id, told.client_secret),
        )
        if answer.status_code != httpx.codes.OK:
            raise Unwelcome(f"no token for the code: {answer.status_code}")
        token = _object(answer).get("id_token")
        if not isinstance(token, str):
            raise Unwelcome("the answer has no id_token")
        return token

    async def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """Return what a token says, verified (OpenID Connect Core 3.1.3.7)."""
        told = self.provider
        try:
            claims: Mapping[str, Any] = await self._decoded(token)
            JWTClaimsRegistry(
                lambda: int(self._clock().timestamp()),
                LEEWAY_S,
                iss={"essential": True, "value": told.issuer},
                aud={"essential": True, "value": told.client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(dict(claims))
        except (JoseError, ValueError) as error:
            raise Unwelcome(f"the id_token does not hold: {error}") from error
        if claims.get("azp", told.client_id) != told.client_id:
            raise Unwelcome("the id_token is for somebody else")
        return claims

    async def _decoded(self, token: str) -> Mapping[str, Any]:
        """Return what stands in a signed token; with a key that is newer than those known, too."""
        known = await self._described()
        try:
            return jwt.decode(token, known.keys, ALGORITHMS).claims
        except (JoseError, ValueError):
            if self._clock() - known.at < ASKED_AGAIN_AFTER:
                raise
        self._known = None
        return jwt.decode(token, (await self._described()).keys, ALGORITHMS).claims

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        told = self.provider
        said = _strings(claims.get(told.role_claim))
        role = next((role for name, role in told.roles.items() if name in said), "")
        name, units = str(claims.get(told.name_claim) or ""), _strings(claims.get(told.units_claim))
        if not name or len(name) > NAME_LIMIT:
            raise Unwelcome(f"no {told.name_claim} in the id_token")
        if not role:
            raise Unwelcome(f"{name} has no role here: {told.role_claim}")
        if wrong := unfit(role, units):
            raise Unwelcome(f"{name}: {wrong}, in the claim {told.units_claim}", "oidc_units")
        who = Principal(told.issuer, _subject(claims)).text
        return Caller(name, role, units if role in LIMITED else (), who)

    async def _described(self) -> _Known:
        """Return what the provider says of itself, asked once an hour.  Raises `Unknown`."""
        now = self._clock()
        if self._known and now - self._known.at < KNOWN_FOR:
            return self._known
        issuer = self.provider.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        facts = _object(await self._asked("GET", url))
        ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if facts.get("issuer") != issuer or not all(isinstance(facts.get(e), str) for e in ends):
            raise Unknown(f"{url} does not describe {issuer}")
        try:
            for end in ends:
                _require_safe(facts[end])
            keys = _keys(_object(await self._asked("GET", facts["jwks_uri"])))
        except (JoseError, ValueError, Misconfigured) as error:
            raise Unknown(f"{issuer} says what cannot be used: {error}") from error
        self._known = _Known(facts, keys, now)
        return self._known

    async def _asked(self, method: str, url: str, **more: Any) -> _Answer:
        """Return what is answered, no more of it read than there may be.  Raises `Unknown`."""
        plain = {"accept-encoding": "identity"}  # what is packed is larger than what is read
        asking = self._http.stream(method, url, headers=plain, timeout=TIMEOUT_S, **more)
        read = bytearray()
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S), asking as answer:
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise Unknown(f"{url} answers packed, which nobody asked for")
                async for chunk in answer.aiter_bytes():
                    read += chunk
                    if len(read) > SIZE_LIMIT:
                        raise Unknown(f"{url} answers too much")
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unknown(f"{url}: {error!r}") from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unknown(f"{url} answers {answer.status_code}")
        return _Answer(url, answer.status_code, bytes(read))

    def _made(self, what: str, seed: str) -> str:
        return _text(hmac.digest(self._key, f"{what}/{seed}".encode(), hashlib.sha256))


def _object(answer: _Answer) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unknown(f"{answer.url} answers no object") from error


def _keys(found: Mapping[str, Any]) -> KeySet:
    """Return the keys of a set that sign.  Raises `ValueError`, `JoseError`."""
    listed = found.get("keys")
    if not isinstance(listed, list):
        raise ValueError("no keys")
    public = [k for k in listed if isinstance(k, dict) and k.get("kty") in KEYS]
    return KeySet([JWKRegistry.import_key(key) for key in public])


def _subject(claims: Mapping[str, Any]) -> str:
    """Return as whom the provider knows somebody, for ever.  Raises `Unwelcome`."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LIMIT:
        raise Unwelcome("no sub in the id_token")
    return subject


def _strings(value: Any) -> tuple[str, ...]:
    """Return a claim that is one string, with blanks between, or several."""
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _require_safe(url: str) -> None:
    """Raise `Misconfigured` for what is not encrypted, but on this machine."""
    found = httpx.URL(url)
    if found.scheme != "https" and not (found.scheme == "http" and found.host in LOOPBACK):
        raise Misconfigured(f"{url} has to be an https:// address")
