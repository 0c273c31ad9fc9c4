"""Operations' API as an operator calls it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.local.children import home_in_use
from deploy.local.secrets import CLIENTS_FILE
from deploy.local.settings import HOST, Settings
from shared.errors import Misconfigured

URL, KEY = "MOTCUA_OPERATIONS_URL", "MOTCUA_OPERATOR_KEY"  # in `Settings`
LIMIT_S = 60.0  # a preview of 10,000 takes seconds
REFUSED_FROM, UNKNOWN_KEY = 400, 401
OPERATOR = "operator"  # as a clients.json names who asks


class Api:
    """Asks, and says in a sentence what is refused."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    @property
    def headers(self) -> Mapping[str, str]:
        """Return what goes along with each call."""
        return self._http.headers

    def get(self, path: str, **params: Any) -> Any:
        """Return an answer.  Raises `Misconfigured`."""
        return self._said("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any], key: str = "", **params: Any) -> Any:
        """Return an answer; `key` is the Idempotency-Key.  Raises `Misconfigured`."""
        headers = {"idempotency-key": key} if key else {}
        return self._said("POST", path, json=body, headers=headers, params=params)

    def content(self, path: str) -> bytes:
        """Return an answer as it came, byte by byte.  Raises `Misconfigured`."""
        return self._answer("GET", path).content

    def sent(self, path: str, content: bytes) -> Any:
        """Return the answer to some bytes of JSON.  Raises `Misconfigured`."""
        headers = {"content-type": "application/json"}
        return self._said("POST", path, content=content, headers=headers)

    def _said(self, verb: str, path: str, **more: Any) -> Any:
        return self._answer(verb, path, **more).json()

    def _answer(self, verb: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._http.request(verb, path, **more)
        except httpx.HTTPError as error:
            raise Misconfigured(
                f"Operations does not answer at {self._http.base_url} ({error}): `make status` "
                f"says whether it runs; --at or {URL} names another address."
            ) from None
        if answer.status_code == UNKNOWN_KEY:
            raise Misconfigured(
                f"Operations at {self._http.base_url} does not know this key: set {KEY}, or give "
                "the clients.json of that system as --keys."
            )
        if answer.status_code >= REFUSED_FROM:
            raise Misconfigured(_why(answer))
        return answer


@contextmanager
def calling(address: str, keys: Path | None, who: str = OPERATOR) -> Iterator[Api]:
    """Call as somebody whose key stands in a clients.json, or as whose stands in the environment:
    there is one of it, so it stands for whoever would be asked as.  Raises `Misconfigured`.
    """
    headers = {"authorization": f"Bearer {_key(address, keys, who)}"}
    with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=LIMIT_S) as http:
        yield Api(http)


def where(at: str, keys: Path | None) -> tuple[str, Path | None]:
    """Return an address and the file with the key for it; of the local system, if none is named."""
    settings = Settings()
    return at or settings.operations_url or f"http://{HOST}:{settings.operations_port}", keys


def _key(address: str, path: Path | None, who: str) -> str:
    settings = Settings()
    if path is None and settings.operator_key:
        return settings.operator_key
    if path is None and not _is_local(address, settings.operations_port):
        raise Misconfigured(
            f"{address} is not the local system, whose keys are for it alone: set {KEY} to yours "
            f"there, or give a clients.json that has a key of {who} as --keys."
        )
    own = home_in_use(settings) / "secrets" / CLIENTS_FILE
    if path is None and not own.exists():
        raise Misconfigured(
            f"No system was started here: `make up`, or set {URL} and {KEY}, or give the "
            "clients.json of a system as --keys."
        )
    try:
        return str(json.loads((path or own).read_text())["api_keys"][who])
    except (OSError, ValueError, KeyError):
        raise Misconfigured(
            f"{path or own} has no key of {who}: give the clients.json of a system as --keys, or "
            f"set {KEY}."
        ) from None


def _is_local(address: str, port: int) -> bool:
    """Tell whether this is where the local system's operations answers."""
    try:
        asked = httpx.URL(address)
    except httpx.InvalidURL:
        return False
    return asked.scheme == "http" and asked.host in (HOST, "localhost") and asked.port == port


def _why(answer: httpx.Response) -> str:
    try:
        said = answer.json()
        problems = "; ".join(f"{p['field']}: {p['remedy_en']}" for p in said.get("problems", ()))
        return f"{said['detail']}{' ' if problems else ''}{problems}"
    except (ValueError, KeyError):
        return f"Operations answers {answer.status_code}: look at its log."
