"""`motcua stuck`, `motcua release` and `motcua round`."""

import json
import time
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating import shown
from deploy.operating.asking import OPERATOR, Api, calling, where
from services.operations.domain.actions import possible
from services.operations.domain.remedies import REMEDIES
from shared.clock import system_clock
from shared.errors import Misconfigured

PAGE = 200
LOOK_EVERY_S = 0.5
OVER = ("done", "aborted", "rejected", "expired")
VERBS = ("start", "approve", "reject", "pause", "resume", "abort")

console = Console(highlight=False)

Stage = Annotated[str, typer.Argument(help="as the board names it: payment, say")]
Cause = Annotated[str, typer.Argument(help="as the board names it: held, say")]
At = Annotated[str, typer.Option("--at", help="operations' address; left out: the local one")]
Keys = Annotated[Path | None, typer.Option("--keys", help="a system's clients.json")]
Rows = Annotated[int, typer.Option("--rows", min=0, max=PAGE, help="applications shown")]
AsJson = Annotated[bool, typer.Option("--json", help="say it as one line of JSON")]
All = Annotated[bool, typer.Option("--all", help="also what waits as it should")]
Why = Annotated[str, typer.Option("--reason", help="why, for the timelines")]
Unit = Annotated[str, typer.Option("--unit", help="those of this unit alone")]
Partner = Annotated[str, typer.Option("--partner", help="those of this partner alone")]
Named = Annotated[
    list[str] | None, typer.Option("--application", help="these alone; may be repeated")
]
OfDead = Annotated[str, typer.Option("--group", help="of what was set aside, this: motcua dead")]
Since = Annotated[str, typer.Option("--since", help="what began to wait then, with an offset")]
Until = Annotated[str, typer.Option("--until", help="what began to wait before, with an offset")]
ActionName = Annotated[str, typer.Option("--action", help="left out: the only one for the cause")]
Only = Annotated[
    str, typer.Option("--only", help="applications of which this came: still_there, refused, say")
]
As = Annotated[str, typer.Option("--as", help="whose key of it: operator:second, who agrees, say")]
ToUnit = Annotated[str, typer.Option("--to-unit", help="reassign_unit: which is to decide it")]
WorkingDays = Annotated[
    int, typer.Option("--working-days", min=0, help="extend_deadline: by how many, from now on")
]
Sure = Annotated[bool, typer.Option("--yes", help="do it; without it, only previewed")]


def stuck(
    stage: Stage = "",
    cause: Cause = "",
    everything: All = False,
    rows: Rows = 20,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show what is stuck, by stage and cause; of a stage and a cause, which applications."""
    with calling(*where(at, keys)) as api:
        if not stage:
            found = api.get("/v1/stuck")
            say_json(found) if as_json else shown.board(console, found)
            return
        if not cause:
            raise Misconfigured("Name a cause as well: `motcua stuck` lists them.")
        which = "all" if everything else "stuck"
        found = api.get(f"/v1/stuck/{stage}/{cause}", which=which, limit=max(1, rows))
    if as_json:
        say_json(found)
    else:
        more = found["next"] is not None
        shown.situations(console, found["items"][:rows], system_clock(), more=more)


def release(
    stage: Stage,
    cause: Cause,
    reason: Why,
    action: ActionName = "",
    everything: All = False,
    unit: Unit = "",
    partner: Partner = "",
    group: OfDead = "",
    application: Named = None,
    since: Since = "",
    until: Until = "",
    to_unit: ToUnit = "",
    working_days: WorkingDays = 0,
    yes: Sure = False,
    rows: Rows = 20,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Do what can be done about a cause to all that is stuck of it: previewed first.

    With --yes it is done, and looked at afterwards.  Ends with 0 when the cause is gone of all,
    and with 1 when it is not, or something is refused.
    """
    choice = {
        "stage": stage,
        "cause": cause,
        "action": action or only_action(cause),
        "reason": reason,
        "which": "all" if everything else "stuck",
        "unit": unit,
        "partner": partner,
        "group": group,
        "applications": application or [],
        "since": since or None,
        "until": until or None,
        "to_unit": to_unit,
        "working_days": working_days,
    }
    with calling(*where(at, keys)) as api:
        round_ = api.post("/v1/rounds", choice, f"cli-{uuid4().hex}")
        place = f"/v1/rounds/{round_['id']}"
        if not as_json:
            items = api.get(f"{place}/items", limit=rows)["items"] if rows else []
            shown.preview(console, round_, items, system_clock())
        if yes and round_["items"]:
            api.post(f"{place}/start", {})
            round_ = _follow(api, place, quiet=as_json)
            _tell(api, round_, rows, as_json)
        elif as_json:
            say_json(round_)
        elif round_["items"]:
            say(console, "[bold]Nothing is done yet:[/] the same with --yes does it, or "
                f"`motcua round {round_['id']} start`.")  # fmt: skip
    raise typer.Exit(1 if is_wanting(round_, started=yes) else 0)


def round_(
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="of a round; left out: all")] = "",
    verb: Annotated[str, typer.Argument(help=", ".join(VERBS))] = "",
    reason: Annotated[str, typer.Option("--reason", help="why; who agrees or not says it")] = "",
    only: Only = "",
    who: As = OPERATOR,
    rows: Rows = 20,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show all rounds, or how one stands; start it, agree to it, pause, resume or abort it."""
    if verb and verb not in VERBS:
        raise Misconfigured(f"{verb!r} is none of {', '.join(VERBS)}.")
    said = {"reason": reason} if reason else {}
    with calling(*where(at, keys), who) as api:
        if not id_:
            listed = api.get("/v1/rounds")
            say_json(listed) if as_json else shown.rounds(console, listed["rounds"][:rows])
            return
        place = f"/v1/rounds/{id_}"
        found = api.post(f"{place}/{verb}", said) if verb else api.get(place)
        _tell(api, found, rows, as_json, only)


def _follow(api: Api, place: str, *, quiet: bool) -> Any:
    """Return a round when it is over, or waits for another's agreement; who gives up waiting
    leaves it to go on.
    """
    with Console(quiet=True).status("") if quiet else console.status("Starting") as status:
        while True:
            found = api.get(place)
            if found["status"] in (*OVER, shown.WAITS):
                return found
            done = sum(count for word, count in found["results"].items() if word != "not_yet")
            looked = sum(found["checks"].values())
            status.update(
                f"{found['status']}: {done:,} of {found['items'] + found['refused']:,} done, "
                f"{looked:,} looked at  [dim]it goes on without this terminal; "
                f"motcua round {found['id']} abort[/]"
            )
            time.sleep(LOOK_EVERY_S)


def _tell(api: Api, found: Any, rows: int, as_json: bool, only: str = "") -> None:
    place = f"/v1/rounds/{found['id']}/items"
    if as_json:
        say_json(api.get(place, only=only, limit=PAGE) if only else found)
        return
    items = []
    if only and rows:
        items = api.get(place, only=only, limit=rows)["items"]
    elif found["status"] in OVER and rows:
        page = api.get(place, limit=PAGE)["items"]
        items = [item for item in page if item["check"] != "gone"][:rows]
    shown.outcome(console, found, items, system_clock())


def is_wanting(found: Any, *, started: bool) -> bool:
    """Tell whether something is left to a person."""
    left = found["results"].keys() & ({"refused", "not_sent"} | ({"not_yet"} if started else set()))
    return bool(left or (started and found["checks"].keys() - {"gone"}))


def only_action(cause: str) -> str:
    """Return the action for a cause that has one alone.  Raises `Misconfigured`."""
    names = possible(cause)
    if len(names) != 1:
        if cause in REMEDIES:
            raise Misconfigured(f"No round is about {cause!r}. {REMEDIES[cause].words.en}")
        can = f"one of {', '.join(names)}: name it with --action" if names else "nothing"
        raise Misconfigured(
            f"What can be done about {cause!r} is {can}; `motcua stuck` has causes."
        )
    return names[0]


def say_json(found: Any) -> None:
    """Say what was found as one line."""
    console.print(json.dumps(found, ensure_ascii=False), markup=False, soft_wrap=True)
