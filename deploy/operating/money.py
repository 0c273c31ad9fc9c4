"""`motcua money`: what of partners' days does not match."""

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console

from deploy.operating import money_shown as shown
from deploy.operating.asking import OPERATOR, calling, where
from deploy.operating.command import As, AsJson, At, Keys, say_json
from shared.clock import system_clock
from shared.errors import Misconfigured

PAGE = 200
PARTS = 3  # of a break's id beside its hash: a partner, a day, a kind

console = Console(highlight=False)

SETTLEMENT = "settlement"

Of = Annotated[
    str, typer.Argument(help="a partner, or a break; settlement: of the partner that follows")
]
Day = Annotated[str, typer.Argument(help="one of its days: 2026-11-20")]
When = Annotated[str, typer.Argument(help="of a settlement: a month, 2026-11, or a day")]
Closed = Annotated[bool, typer.Option("--closed", help="those that were closed instead")]
Close = Annotated[str, typer.Option("--close", help="say that this break is settled, and how")]
Agree = Annotated[str, typer.Option("--approve", help="agree, as a second person, and why")]
Reject = Annotated[str, typer.Option("--reject", help="do not agree, and why not")]
Fare = Annotated[bool, typer.Option("--partners", help="how partners fare, instead")]
Rows = Annotated[int, typer.Option("--rows", min=1, max=PAGE, help="breaks shown")]


def money(
    of: Of = "",
    day: Day = "",
    when: When = "",
    closed: Closed = False,
    partners: Fare = False,
    close: Close = "",
    approve: Agree = "",
    reject: Reject = "",
    who: As = OPERATOR,
    rows: Rows = 20,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show what of partners' statements does not match: all of it, a partner's, a day's, one.

    With `settlement PARTNER 2026-11`: what moved in a month or a day, and what has to be equal;
    ends with 1 where something is not.  With --partners: what orders and calls came to with each,
    in the last hour and day.  With --close, --approve or --reject: says so of one break.
    """
    if of == SETTLEMENT:
        _settlement(day, when, where(at, keys), who, as_json=as_json)
        return
    said = _said(of, day, close, approve, reject)
    now = system_clock()
    with calling(*where(at, keys), who) as api:
        if partners:
            found = api.get("/v1/money/partners")
            found["partners"] = [p for p in found["partners"] if of in ("", p["partner"])]
            say_json(found) if as_json else shown.partners(console, found, now)
            return
        if not of:
            found = api.get("/v1/money")
            say_json(found) if as_json else shown.overview(console, found)
            return
        for word, why in said:
            body = {"reason": why} | ({"approved": bool(approve)} if word == "check" else {})
            api.post(f"/v1/money/breaks/{of}/{word}", body, f"cli-{uuid4().hex}")
            if not as_json:
                console.print("It was said.  What comes of it stands below in some seconds.")
        if of.count(".") == PARTS:
            found = api.get(f"/v1/money/breaks/{of}")
            say_json(found) if as_json else shown.one(console, found, now)
            return
        wanted = {"partner": of, "state": "closed" if closed else "open", "limit": rows}
        found = api.get("/v1/money/breaks", **wanted | ({"day": day} if day else {}))
        stated = api.get(f"/v1/money/statements/{of}/{day}") if day else {"items": []}
    if as_json:
        say_json({**found, "statements": stated["items"]})
    else:
        shown.statements(console, stated["items"])
        shown.breaks(console, found, now)


def _said(of: str, day: str, close: str, approve: str, reject: str) -> list[tuple[str, str]]:
    """Return what is to be said of a break, and why; at most one.  Raises `Misconfigured`."""
    said = [(word, why) for word, why in (("close", close), ("check", approve or reject)) if why]
    if len(said) > 1 or (approve and reject):
        raise Misconfigured("Say one thing: --close, --approve or --reject.")
    if said and of.count(".") != PARTS:
        raise Misconfigured("Name the break before it: `motcua money PARTNER` lists them.")
    if day and not of:
        raise Misconfigured("Name the partner whose day it is before it.")
    return said


def _settlement(
    partner: str, when: str, at: tuple[str, Path | None], who: str, *, as_json: bool
) -> None:
    """Show a report.  Raises `Misconfigured`, and `typer.Exit` 1 where something is not equal."""
    if not partner or not when:
        raise Misconfigured("Name partner and period: `motcua money settlement sen-vang 2026-11`.")
    with calling(*at, who) as api:
        found = api.get(f"/v1/money/settlements/{partner}", period=when)
    say_json(found) if as_json else shown.settlement(console, found)
    raise typer.Exit(1 if found["outcome"] == "differs" else 0)
