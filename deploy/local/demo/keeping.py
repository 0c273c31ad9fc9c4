"""What to try next with a system that was left running: addresses, keys, calls that work."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from deploy.local import processes, secrets
from deploy.local.demo.devices import Device
from deploy.local.demo.planted import Case
from deploy.local.demo.scene import Scene
from deploy.local.demo.tables import titled
from deploy.local.fitted import print_whole
from deploy.local.journey_view import FAINT
from deploy.local.settings import ROOT

# what one asks for, another agrees to; a bank has pages of its own
WHO = ("operator", "checker", "sen-vang")
# what is planted is called, by the cause that it shows as
PLANTED: Mapping[str, str] = {
    "wrong_amount": "a wrong amount was paid",
    "needs_choice": "a unit was split",
    "poison_event": "a message nobody can read",
}


def tell(
    console: Console,
    scene: Scene,
    application: str,
    open_: str,
    devices: Sequence[Device] = (),
    cases: Sequence[Case] = (),
) -> None:
    """Print addresses, where the keys stand, and what to try; `application` is an example, with its
    people's `devices`, `open_` one on which an officer can still act, empty if there is none;
    `cases` are to be found and released.
    """
    keys = short(processes.secret(scene.settings, secrets.CLIENTS_FILE))
    rows = [("Kafka", scene.stack.kafka_url), ("MongoDB", scene.stack.mongo_url)]
    for row in processes.TABLE:
        where = scene.url(row.name)
        rows.append((row.name, f"{where}/openapi.json" if row.kind == "service" else where))
    rows += [
        ("console", f"{scene.url('operations')}/console"),
        *((f"sign in as {name}", scene.clients()["accounts"][name]) for name in WHO),
    ]
    rows += [(f"page of {device.way}", device.url) for device in devices]
    console.print(titled("It is left running"))
    print_whole(console, [*rows, ("keys", keys)], margin=2)
    if cases:
        console.print(titled("To find on the stuck board, and to release there"))
        print_whole(
            console, [(PLANTED[c.cause], f"{c.name}  {_group(scene, c)}") for c in cases], 2
        )
    console.print(titled("Try"))
    for line in calls(scene, keys, application or "<id>", open_):  # whole lines, to be copied
        style = FAINT if line.startswith("#") else None
        console.print(line, style=style, markup=False, soft_wrap=True)


def _group(scene: Scene, case: Case) -> str:
    return f"{scene.url('operations')}/console/stuck/{case.stage}/{case.cause}"


def calls(scene: Scene, keys: str, application: str, open_: str) -> list[str]:
    """Return lines for a shell, each within 80 columns where the keys stand near."""
    operations, routing = scene.url("operations"), scene.url("routing")
    lines = [
        "key() { python3 -c 'import json, sys; told = json.load(open(sys.argv[1]))",
        f'print(told["api_keys"][sys.argv[2]])\' {keys} $1; }}',
        'ask() { curl -sS -H "Authorization: Bearer $(key $1)" $2 |',
        "  python3 -m json.tool --no-ensure-ascii; }",
        "# exact counts; one application, by its id, dossier code or payment reference",
        f"ask operator {operations}/v1/counts",
        f"ID={application}",
        f"ask operator {operations}/v1/journeys/$ID",
    ]
    if open_:
        lines += [
            "# what an officer may do with it now",
            f"ID={open_}",
            f"ask officer {routing}/v1/applications/$ID",
        ]
    return [
        *lines,
        "# one more application: README.md, with these keys; act as its officer yourself",
        "# what can go wrong, here or at /console/sandbox; each shows on the board",
        ".venv/bin/motcua fault; .venv/bin/motcua fault bank-down on",
        "make status; make logs NAME=payment; make down",
    ]


def short(path: Path) -> str:
    """Return a path as it is typed in this folder."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
