"""Secrets of a local system: made at the first start, kept in an ignored folder, owner only.

`secrets.json` is what services read; API keys stand in it as hashes.  `clients.json` is the other
side's copy, for sandbox partners: API keys in the clear (`partner:<name>`: a bank's own, whose row
has its name as `units`; `operator:second`: who checks what the operator asks for), the public keys
of intake and of what is proven, what the bank and whoever carries notices share with us, and the
console's accounts with their passwords.
"""

import hashlib
import json
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, OKPKey

from services.operations.console.accounts import hashed
from services.payment.partners import SANDBOX, read
from shared.errors import Misconfigured

Made = tuple[dict[str, Any], dict[str, Any]]  # our side, and theirs

ROLES = ("portal", "officer", "operator", "partner")
SERVICES_FILE = "secrets.json"
CLIENTS_FILE = "clients.json"
FOR_EVER = "2025-07-01T00:00:00Z"
KEY_EACH_WAY = frozenset({"zalopay", "keypay", "neutral", "iso20022"})
# who sits at the console: role, and what else is said of them
ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "viewer": {"role": "viewer"},
    "officer": {"role": "unit_officer", "units": "79"},
    "operator": {"role": "operator"},
    "checker": {"role": "checker"},
    "sen-vang": {"role": "partner", "units": "sen-vang"},
    "admin": {"role": "admin"},
}
# whose a key is, by the name of who calls; portals' and banks' systems are nobody in particular
PERSONS: Mapping[str, str] = {
    "sandbox-officer": "officer",
    "sandbox-operator": "operator",
    "sandbox-second-operator": "second-operator",
    "sandbox-checker": "checker",
    "sandbox-admin": "admin",
}
SECRET_ID = {"payos": "api_key", "momo": "access_key"}  # beside the keys, by family


def ensure(folder: Path) -> Path:
    """Make the secrets if there are none yet; return the folder they stand in."""
    own, theirs = folder / SERVICES_FILE, folder / CLIENTS_FILE
    if own.exists() and theirs.exists():
        _check_partners(own)
        _give_missing(own, theirs, "providers", _providers)
        _give_missing(own, theirs, "accounts", _accounts)
        _give_missing(own, theirs, "proof_jwk", _proof_key)
        _give_keys(own, theirs)
        _name_people(own)
        _name_banks(own)
        _give_own_key(own)
        return folder
    if own.exists():
        raise Misconfigured(
            f"{theirs} is missing beside {own}: put it back, or remove {folder} and the data "
            f"folder beside it, which nobody can read without these secrets."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for_services, for_clients = generate()
    _write(theirs, for_clients)
    _write(own, for_services)  # last: it says that both are whole
    return folder


def _check_partners(own: Path) -> None:
    stand = json.loads(own.read_text())["partners"]
    if new := [row.name for row in read(SANDBOX) if row.name not in stand]:
        raise Misconfigured(
            f"{own} has no keys of {', '.join(new)}, which came since: remove {own.parent} and the "
            f"data folder beside it to begin anew, or give them keys in both files."
        )


def _give_missing(own: Path, theirs: Path, part: str, made: Callable[[], Made]) -> None:
    """Give a part to files from before there was any."""
    ours, clients = json.loads(own.read_text()), json.loads(theirs.read_text())
    if part in ours and part in clients:
        return
    for_services, for_clients = made()
    _write(theirs, clients | for_clients)
    _write(own, ours | for_services)


def _give_keys(own: Path, theirs: Path) -> None:
    """Give files from before the keys that came since, and those of which one side has no more."""
    ours, clients = json.loads(own.read_text()), json.loads(theirs.read_text())
    known = clients["api_keys"]
    callers = {
        name: row
        for name, row in _callers(ours["partners"]).items()
        if name not in known or _hash(known[name]) not in ours["api_keys"]
    }
    if callers:
        rows, keys = _keys(callers)
        _write(theirs, clients | {"api_keys": known | keys})
        _write(own, ours | {"api_keys": ours["api_keys"] | rows})


def _callers(partners: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return whose keys there are, by what a clients.json calls them."""
    rows = {role: {"name": f"sandbox-{role}", "role": role} for role in ROLES}
    # who checks what the operator asks for
    rows["operator:second"] = {"name": "sandbox-second-operator", "role": "operator"}
    rows |= {role: {"name": f"sandbox-{role}", "role": role} for role in ("checker", "admin")}
    return rows | {f"partner:{name}": {"name": name, "role": "partner"} for name in partners}


def _keys(callers: Mapping[str, Mapping[str, str]]) -> Made:
    """Return new keys: rows by hash for our side, in the clear for theirs."""
    keys = {name: f"{row['role']}_{secrets.token_urlsafe(32)}" for name, row in callers.items()}
    return {_hash(keys[name]): row for name, row in callers.items()}, dict(keys)


def _name_people(own: Path) -> None:
    """Say in a file from before whose its keys and accounts are."""
    ours = json.loads(own.read_text())
    if (named := ours | _with_people(ours)) != ours:
        _write(own, named)


def _with_people(ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return the humans, and keys and accounts with whose they are, where nothing else is said."""
    names = sorted({*ACCOUNTS, *PERSONS.values()})
    return {
        "people": {name: {} for name in names} | ours.get("people", {}),
        "api_keys": {
            key: ({"person": PERSONS[row["name"]]} if row["name"] in PERSONS else {}) | row
            for key, row in ours["api_keys"].items()
        },
        "accounts": {
            name: ({"person": name} if name in ACCOUNTS else {}) | row
            for name, row in ours["accounts"].items()
        },
    }


def _name_banks(own: Path) -> None:
    """Say in a file from before which bank its keys and accounts of partners see."""
    ours = json.loads(own.read_text())
    if (named := ours | _with_banks(ours)) != ours:
        _write(own, named)


def _with_banks(ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return keys and accounts; those that are called like a bank name it as their `units`."""

    def named(name: str, row: Mapping[str, str]) -> dict[str, str]:
        is_bank = row["role"] == "partner" and name in ours["partners"]
        return ({"units": name} if is_bank else {}) | {**row}

    return {
        "api_keys": {key: named(row["name"], row) for key, row in ours["api_keys"].items()},
        "accounts": {name: named(name, row) for name, row in ours["accounts"].items()},
    }


def _give_own_key(own: Path) -> None:
    """Give a file from before there was any what operations shows intake."""
    ours = json.loads(own.read_text())
    if "intake_key" not in ours:
        made = _own_key()
        _write(own, ours | made | {"api_keys": ours["api_keys"] | made["api_keys"]})


def _own_key() -> dict[str, Any]:
    """Return a new key of operations at intake: no partner has it."""
    key = f"operations_{secrets.token_urlsafe(32)}"
    row = {"name": "operations", "role": "operator"}
    return {"intake_key": key, "api_keys": {_hash(key): row}}


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _proof_key() -> Made:
    """Return a new key that proofs are signed with, and what they are verified with."""
    said = {"use": "sig", "alg": "Ed25519", "kid": f"proof-{secrets.token_hex(4)}"}
    key = OKPKey.generate_key("Ed25519")
    ours, theirs = (key.as_dict(private, **said) for private in (True, False))
    return {"proof_jwk": ours}, {"proof_jwk": theirs}


def _accounts() -> Made:
    """Return new accounts of the console: hashed for our side, passwords for theirs."""
    passwords = {name: secrets.token_urlsafe(12) for name in ACCOUNTS}
    ours = {name: {**row, "password": hashed(passwords[name])} for name, row in ACCOUNTS.items()}
    return {"accounts": ours}, {"accounts": passwords}


def _providers() -> Made:
    """Return new keys of who carries notices but the SMS gateway: our side and theirs."""
    app = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
    smsc = {"system_id": "motcua", "password": secrets.token_hex(4)}  # SMPP has room for 8
    ours = {"inbox-mail": {}, "inbox-app": {"keys": [app]}, "smsc": smsc}
    return {"providers": ours}, {"inbox": {"key": app}, "providers": {"smsc": smsc}}


def account(clients: Path) -> tuple[str, str]:
    """Return the name and the password of who may do most at the console by himself."""
    name = "operator"
    return name, str(json.loads(clients.read_text())["accounts"][name])


def generate() -> Made:
    """Return new secrets: the services' side and the clients' side."""
    intake = ECKey.generate_key("P-256", {"use": "enc", "kid": f"intake-{secrets.token_hex(4)}"})
    partners = {row.name: _partner(row.family) for row in read(SANDBOX)}
    rows, keys = _keys(_callers(partners))
    sms = {"key": f"sms_{secrets.token_urlsafe(32)}"}
    carry_for_services, carry_for_clients = _providers()
    accounts_for_services, accounts_for_clients = _accounts()
    proof_for_services, proof_for_clients = _proof_key()
    own = _own_key()
    for_services = {
        "master_key": b64encode(secrets.token_bytes(32)).decode(),
        "intake_jwk": intake.as_dict(private=True),
        "intake_key": own["intake_key"],
        "api_keys": rows | own["api_keys"],
        "partners": partners,
        "sms": sms,
        **carry_for_services,
        **accounts_for_services,
        **proof_for_services,
    }
    for_services |= _with_people(for_services)
    for_services |= _with_banks(for_services)
    for_clients = {
        "api_keys": keys,
        "intake_jwk": intake.as_dict(private=False),
        "partners": partners,
        "sms": sms,
        **carry_for_clients,
        **accounts_for_clients,
        **proof_for_clients,
    }
    return for_services, for_clients


def _partner(family: str) -> dict[str, Any]:
    """Return new keys, the same in both directions unless the family has two; secret ids too."""
    outgoing = {"secret": secrets.token_hex(16).upper(), "valid_from": FOR_EVER}
    incoming = {"secret": secrets.token_hex(16).upper(), "valid_from": FOR_EVER}
    ids = {SECRET_ID[family]: secrets.token_hex(16)} if family in SECRET_ID else {}
    return {
        "merchant": f"MC{secrets.token_hex(3).upper()}",
        "ids": ids,
        "outgoing": [outgoing],
        "incoming": [incoming if family in KEY_EACH_WAY else outgoing],
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.rename(path)
