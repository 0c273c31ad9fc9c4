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

LIMIT_S = 60.0  # a preview of 10,000 takes seconds
REFUSED_FROM = 400
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

    def _said(self, verb: str, path: str, **more: Any) -> Any:
        try:
            answer = self._http.request(verb, path, **more)
        except httpx.HTTPError as error:
            raise Misconfigured(
                f"Operations does not answer at {self._http.base_url} ({error}): `make status` "
                "says whether it runs; --at names another address."
            ) from None
        if answer.status_code >= REFUSED_FROM:
            raise Misconfigured(_why(answer))
        return answer.json()


@contextmanager
def calling(address: str, keys: Path, who: str = OPERATOR) -> Iterator[Api]:
    """Call as somebody whose key stands in a clients.json.  Raises `Misconfigured`."""
    headers = {"authorization": f"Bearer {_key(keys, who)}"}
    with httpx.Client(base_url=address, headers=headers, timeout=LIMIT_S) as http:
        yield Api(http)


def where(at: str, keys: Path | None) -> tuple[str, Path]:
    """Return an address and the file with the key for it; of the local system, if none is named."""
    settings = Settings()
    address = at or f"http://{HOST}:{settings.operations_port}"
    return address, keys or home_in_use(settings) / "secrets" / CLIENTS_FILE


def _key(path: Path, who: str) -> str:
    try:
        return str(json.loads(path.read_text())["api_keys"][who])
    except (OSError, ValueError, KeyError):
        raise Misconfigured(
            f"{path} has no key of {who}: give the clients.json of a system as --keys."
        ) from None


def _why(answer: httpx.Response) -> str:
    try:
        said = answer.json()
        problems = "; ".join(f"{p['field']}: {p['remedy_en']}" for p in said.get("problems", ()))
        return f"{said['detail']}{' ' if problems else ''}{problems}"
    except (ValueError, KeyError):
        return f"Operations answers {answer.status_code}: look at its log."
