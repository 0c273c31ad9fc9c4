import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from deploy.local import secrets
from services.operations.console.accounts import Accounts
from shared import secrets as services_side
from shared.access import CONSOLE_ROLES, ROLES, Access
from shared.errors import Misconfigured
from shared.principals import People, is_another


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    folder = secrets.ensure(tmp_path / "secrets")
    first = {path.name: path.read_text() for path in folder.iterdir()}
    secrets.ensure(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first
    assert set(first) == {secrets.SERVICES_FILE, secrets.CLIENTS_FILE}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert (modes, stat.S_IMODE(folder.stat().st_mode)) == ({0o600}, 0o700)


def test_services_read_what_was_made(tmp_path: Path) -> None:
    folder = secrets.ensure(tmp_path / "secrets")
    found = services_side.read(folder / secrets.SERVICES_FILE)
    assert len(found.master_key) == 32
    assert found.partners == read(folder / secrets.CLIENTS_FILE)["partners"]


@pytest.mark.parametrize("role", ROLES)
def test_a_clients_key_opens_the_edge_in_its_role(role: str) -> None:
    for_services, for_clients = secrets.generate()
    access = Access(for_services["api_keys"], People(for_services["people"]))
    caller = access.caller(f"Bearer {for_clients['api_keys'][role]}")
    assert caller.role == role


def test_there_is_a_second_operator_who_can_look_at_what_the_first_asks_for() -> None:
    for_services, for_clients = secrets.generate()
    access = Access(for_services["api_keys"], People(for_services["people"]))
    keys = for_clients["api_keys"]
    one, other = (access.caller(f"Bearer {keys[n]}") for n in ("operator", "operator:second"))
    assert one.role == other.role == "operator"
    assert one.name != other.name
    assert is_another(one.principal, other.principal)


def test_the_operators_account_and_key_are_one_human() -> None:
    for_services, for_clients = secrets.generate()
    people = People(for_services["people"])
    keyed = Access(for_services["api_keys"], people).caller(
        f"Bearer {for_clients['api_keys']['operator']}"
    )
    signed_in = Accounts(for_services["accounts"], people).caller(
        "operator", for_clients["accounts"]["operator"]
    )
    assert signed_in is not None
    assert keyed.name != signed_in.name
    assert keyed.principal == signed_in.principal != ""


def test_files_from_before_say_whose_their_keys_are_once_they_are_used(tmp_path: Path) -> None:
    folder = secrets.ensure(tmp_path / "secrets")
    own = folder / secrets.SERVICES_FILE
    whole = read(own)
    before = {name: part for name, part in whole.items() if name != "people"}
    for part in ("api_keys", "accounts"):
        before[part] = {
            key: {n: v for n, v in row.items() if n != "person"} for key, row in whole[part].items()
        }
    own.write_text(json.dumps(before))

    secrets.ensure(folder)

    assert read(own) == whole


@pytest.mark.parametrize("who", ["checker", "operator:second"])
def test_who_agrees_in_a_terminal_is_another_human_than_the_operator(who: str) -> None:
    for_services, for_clients = secrets.generate()
    access = Access(for_services["api_keys"], People(for_services["people"]))
    keys = for_clients["api_keys"]
    asked, agrees = (access.caller(f"Bearer {keys[name]}").principal for name in ("operator", who))
    assert is_another(asked, agrees)


def test_files_from_before_are_given_the_keys_that_came_since_once(tmp_path: Path) -> None:
    folder = secrets.ensure(tmp_path / "secrets")
    own, theirs = (folder / name for name in (secrets.SERVICES_FILE, secrets.CLIENTS_FILE))
    ours, clients = read(own), read(theirs)
    for who in ("checker", "admin"):
        del ours["api_keys"][hashlib.sha256(clients["api_keys"][who].encode()).hexdigest()]
    del clients["api_keys"]["checker"]  # that of the admin is lost on one side alone
    for file, part in ((own, ours), (theirs, clients)):
        file.write_text(json.dumps(part))

    secrets.ensure(folder)

    ours, found = read(own), read(theirs)
    access = Access(ours["api_keys"], People(ours["people"]))
    for who in ("checker", "admin"):
        caller = access.caller(f"Bearer {found['api_keys'][who]}")
        assert (caller.role, caller.principal) == (who, f"local#{who}")
    assert found["api_keys"]["operator"] == clients["api_keys"]["operator"]
    secrets.ensure(folder)
    assert (read(own), read(theirs)) == (ours, found)


def test_whoever_asks_for_a_bank_is_of_the_one_that_its_row_names() -> None:
    for_services, _ = secrets.generate()
    rows = [*for_services["api_keys"].values(), for_services["accounts"]["sen-vang"]]
    seen = [row["units"] for row in rows if row["role"] == "partner" and "units" in row]
    assert sorted(seen) == sorted([*for_services["partners"], "sen-vang"])


def test_files_from_before_say_which_bank_a_partners_key_and_account_are_of(
    tmp_path: Path,
) -> None:
    own = secrets.ensure(tmp_path / "secrets") / secrets.SERVICES_FILE
    whole = read(own)
    before = dict(whole)
    for part in ("api_keys", "accounts"):
        before[part] = {
            key: {n: v for n, v in row.items() if n != "units" or row["role"] != "partner"}
            for key, row in whole[part].items()
        }
    assert before != whole
    own.write_text(json.dumps(before))

    secrets.ensure(own.parent)

    assert read(own) == whole


def test_services_hold_api_keys_as_hashes_only() -> None:
    for_services, for_clients = secrets.generate()
    text = json.dumps(for_services)
    for key in for_clients["api_keys"].values():
        assert key not in text
        assert hashlib.sha256(key.encode()).hexdigest() in text


def test_clients_hold_no_private_key_of_intake() -> None:
    for_services, for_clients = secrets.generate()
    assert "d" in for_services["intake_jwk"]
    assert "d" not in for_clients["intake_jwk"]
    assert for_clients["intake_jwk"]["kid"] == for_services["intake_jwk"]["kid"]


def test_two_systems_share_no_secret() -> None:
    (one, _), (other, _) = secrets.generate(), secrets.generate()
    assert one["master_key"] != other["master_key"]
    assert one["partners"]["sen-vang"]["outgoing"] != other["partners"]["sen-vang"]["outgoing"]
    assert not set(one["api_keys"]) & set(other["api_keys"])


def test_a_lost_clients_file_is_said_rather_than_made_anew(tmp_path: Path) -> None:
    folder = secrets.ensure(tmp_path / "secrets")
    (folder / secrets.CLIENTS_FILE).unlink()
    with pytest.raises(Misconfigured, match=r"clients\.json is missing beside .*: put it back"):
        secrets.ensure(folder)


def test_partners_that_came_since_are_said_by_name(tmp_path: Path) -> None:
    own = secrets.ensure(tmp_path / "secrets") / secrets.SERVICES_FILE
    stands = read(own)
    del stands["partners"]["tre-xanh"], stands["partners"]["que-lua"]
    own.write_text(json.dumps(stands))
    with pytest.raises(Misconfigured, match=r"no keys of tre-xanh, que-lua, .*: remove .* anew"):
        secrets.ensure(own.parent)


def test_carriers_that_came_since_are_given_keys_that_both_sides_know(tmp_path: Path) -> None:
    folder = secrets.ensure(tmp_path / "secrets")
    files = [folder / name for name in (secrets.SERVICES_FILE, secrets.CLIENTS_FILE)]
    for file in files:
        stands = read(file)
        del stands["providers"]
        file.write_text(json.dumps(stands))
    secrets.ensure(folder)
    ours, theirs = map(read, files)
    assert ours["providers"]["inbox-app"]["keys"] == [theirs["inbox"]["key"]]
    assert ours["providers"]["smsc"] == theirs["providers"]["smsc"]
    assert len(services_side.read(files[0]).master_key) == 32


def test_a_direction_has_a_key_of_its_own_where_the_protocol_has() -> None:
    partners = secrets.generate()[0]["partners"]
    for name, is_apart in (("sen-vang", False), ("bau-troi", True), ("song-hong", True)):
        assert (partners[name]["outgoing"] != partners[name]["incoming"]) is is_apart
    assert set(partners["hoa-dao"]["ids"]) == {"access_key"}
    assert set(partners["may-trang"]["ids"]) == {"api_key"}


def test_accounts_of_the_console_have_passwords_that_services_hold_as_hashes_only() -> None:
    for_services, for_clients = secrets.generate()
    people = People(for_services["people"])
    accounts, passwords = Accounts(for_services["accounts"], people), for_clients["accounts"]
    roles = {
        name: (c := accounts.caller(name, word)) and c.role for name, word in passwords.items()
    }
    assert roles == {name: row["role"] for name, row in secrets.ACCOUNTS.items()}
    assert set(roles.values()) == set(CONSOLE_ROLES)
    assert not any(word in json.dumps(for_services) for word in passwords.values())


def test_files_from_before_there_was_a_console_are_given_accounts(tmp_path: Path) -> None:
    folder = secrets.ensure(tmp_path / "secrets")
    for name in (secrets.SERVICES_FILE, secrets.CLIENTS_FILE):
        old = read(folder / name)
        del old["accounts"]
        (folder / name).write_text(json.dumps(old))
    assert services_side.read(folder / secrets.SERVICES_FILE).accounts == {}
    secrets.ensure(folder)
    assert (
        services_side.read(folder / secrets.SERVICES_FILE).accounts.keys()
        == secrets.ACCOUNTS.keys()
    )
