"""Keys, read from one file that only the service's account may read."""

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

from shared.errors import Misconfigured
from shared.principals import People


class Secrets(NamedTuple):
    """`api_keys` maps the SHA-256 of a key, in hex, to its owner's name and role, and the `person`
    among `people` whom it belongs to, if it is one's.

    `partners` maps a bank's or intermediary's name to who we are there and our keys, by direction;
    `providers` the name of who carries notices to our keys there: the SMS gateway's stand in `sms`.
    `accounts` maps the name of somebody at the console to role, units, person, hashed password,
    `alarms` the name of who is told of alarms to their address there (`docs/alarms.md`).
    `proof_jwk` signs reports of proven periods; `oidc` is an identity provider of the console
    (`docs/operators.md`).
    `reports` are rows like those of `alarms`, for whom forms are sent to.
    `intake_key` is what operations shows intake, as an operator there.
    """

    master_key: bytes
    intake_jwk: dict[str, Any]
    api_keys: dict[str, dict[str, str]]
    partners: dict[str, Any]
    sms: dict[str, str]
    providers: dict[str, Any]
    accounts: dict[str, dict[str, str]]
    alarms: dict[str, dict[str, str]]
    proof_jwk: dict[str, Any]
    oidc: dict[str, Any]
    reports: dict[str, dict[str, str]]
    people: dict[str, dict[str, str]]
    intake_key: str

    @property
    def known(self) -> People:
        """Return the humans whom keys and accounts name.  Raises `Misconfigured`."""
        return People(self.people, str(self.oidc.get("issuer", "")))


def read(path: Path) -> Secrets:
    """Read the file.  Raises `Misconfigured`."""
    try:
        text = json.loads(path.read_text())
        return Secrets(
            base64.b64decode(text["master_key"], validate=True),
            text["intake_jwk"],
            text["api_keys"],
            text["partners"],
            text["sms"],
            {"sms": text["sms"]} | text.get("providers", {}),
            text.get("accounts", {}),
            text.get("alarms", {}),
            text.get("proof_jwk", {}),
            text.get("oidc", {}),
            text.get("reports", {}),
            text.get("people", {}),
            text.get("intake_key", ""),
        )
    except FileNotFoundError:
        raise Misconfigured(f"no secrets at {path}: `motcua up` makes local ones") from None
    except (ValueError, KeyError) as error:
        raise Misconfigured(f"{path} is not a secrets file: {error!r}") from error
