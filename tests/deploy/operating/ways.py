"""What of the console is which route of the API, and which words of `motcua`."""

from collections.abc import Sequence
from typing import NamedTuple

ID = "0193-made-up"
PLACE = "payment.events/3/1042"
BREAK = "sen-vang.2026-11-20.amount.77"
WHY = ("--reason", "The rule was mended")


class Way(NamedTuple):
    """How something of the console is asked for over HTTP, and of `motcua`; `reads`: the command
    reads what is kept itself, and asks no service; `ends`: with 1 where the answer is not well.
    """

    api: str
    command: Sequence[str]
    reads: bool = False
    ends: int = 0


def _round(verb: str) -> Way:
    return Way(f"POST /v1/rounds/{{round_id}}/{verb}", ("round", ID, verb, *WHY))


def _dead(verb: str) -> dict[str, Way]:
    one, all_ = "{topic}/{partition}/{offset}", "{group}"
    return {
        f"POST /console/dead/{where}/{verb}": Way(
            f"POST /v1/dead/{where}/{verb}", ("dead", what, verb, *WHY, "--yes")
        )
        for where, what in ((one, PLACE), (all_, ID))
    }


def _edit(verb: str) -> Way:
    path = f"/v1/dead/{{topic}}/{{partition}}/{{offset}}/edits/{{number}}/{verb}"
    return Way(f"POST {path}", ("dead", PLACE, verb, *WHY, "--yes"))


RELEASE = ("release", "payment", "held", *WHY)
FORM = ("stats", "79", "2026-10-01", "2026-10-31")
PROOF = ("proofs", "--from", "2026-11-01", "--to", "2026-11-30")
WAYS = {
    "GET /console/find": Way("GET /v1/find", ("find", "77")),
    "POST /console/find": Way("GET /v1/find", ("find", "77")),
    "POST /console/find/person": Way("POST /v1/find", ("find", "--person", *WHY)),
    "GET /console/journeys/{name}": Way("GET /v1/journeys/{name}", ("journey", "77")),
    "GET /console/journeys/{name}/messages/{topic}/{partition}/{offset}": Way(
        "GET /v1/journeys/{name}/messages/{topic}/{partition}/{offset}",
        ("journey", "77", "--message", PLACE),
    ),
    "POST /console/journeys/{name}/unsealing": Way(
        "POST /v1/journeys/{name}/unsealing", ("unseal", "77", *WHY)
    ),
    "GET /console/stuck": Way("GET /v1/stuck", ("stuck",)),
    "GET /console/stuck/{stage}/{cause}": Way(
        "GET /v1/stuck/{stage}/{cause}", ("stuck", "payment", "held")
    ),
    "GET /console/flow": Way("GET /v1/flow", ("flow",)),
    "GET /console/statistics": Way("GET /v1/statistics", FORM, reads=True),
    "GET /console/statistics/file": Way(
        "GET /v1/statistics", (*FORM, "--out", "form.xlsx"), reads=True
    ),
    "GET /console/statistics/subscriptions": Way(
        "GET /v1/statistics/subscriptions", ("subscriptions",)
    ),
    "POST /console/statistics/subscriptions": Way(
        "POST /v1/statistics/subscriptions", ("subscribe", "79", "--to", "office")
    ),
    "POST /console/statistics/subscriptions/{subscription_id}/end": Way(
        "POST /v1/statistics/subscriptions/{subscription_id}/end", ("subscriptions", "--end", ID)
    ),
    "GET /console/proof": Way("GET /v1/proofs", ("proofs",)),
    "POST /console/proof": Way("POST /v1/proofs", PROOF),
    "POST /console/proof/verify": Way("POST /v1/proofs/verifications", ("proofs", "--verify", "@")),
    "GET /console/proof/{proof_id}": Way("GET /v1/proofs/{proof_id}", ("proofs", ID)),
    "POST /console/proof/{proof_id}/abort": Way(
        "POST /v1/proofs/{proof_id}/abort", ("proofs", ID, "abort")
    ),
    "GET /console/proof/{proof_id}/report.json": Way(
        "GET /v1/proofs/{proof_id}/report", ("proofs", ID, "report")
    ),
    "GET /console/proof/{proof_id}/report.html": Way(
        "GET /v1/proofs/{proof_id}/report", ("proofs", ID, "report", "--html", "@.html")
    ),
    "POST /console/rounds": Way("POST /v1/rounds", RELEASE),
    "GET /console/rounds": Way("GET /v1/rounds", ("round",)),
    "GET /console/rounds/{round_id}": Way("GET /v1/rounds/{round_id}", ("round", ID)),
    **{
        f"POST /console/rounds/{{round_id}}/{verb}": _round(verb)
        for verb in ("start", "approve", "reject", "pause", "resume", "abort")
    },
    "GET /console/money": Way("GET /v1/money", ("money",)),
    "GET /console/money/days/{partner}/{day}": Way(
        "GET /v1/money/statements/{partner}/{day}", ("money", "sen-vang", "2026-11-20")
    ),
    "GET /console/money/breaks": Way("GET /v1/money/breaks", ("money", "sen-vang")),
    "GET /console/money/breaks/{break_id}": Way(
        "GET /v1/money/breaks/{break_id}", ("money", BREAK)
    ),
    "POST /console/money/breaks/{break_id}/close": Way(
        "POST /v1/money/breaks/{break_id}/close", ("money", BREAK, "--close", "It was sent back")
    ),
    "POST /console/money/breaks/{break_id}/check": Way(
        "POST /v1/money/breaks/{break_id}/check", ("money", BREAK, "--approve", "As it was said")
    ),
    **{
        f"GET /console/money/settlements/{{partner}}{file}": Way(
            "GET /v1/money/settlements/{partner}", ("money", "settlement", "sen-vang", "2026-11")
        )
        for file in ("", "/file")
    },
    **{
        f"GET /console/partner/settlements{file}": Way(
            "GET /v1/partner/settlements", ("partner", "sen-vang", "--settlement", "2026-11")
        )
        for file in ("", "/file")
    },
    "GET /console/incidents": Way("GET /v1/incidents", ("incidents",)),
    "GET /console/incidents/new": Way(
        "POST /v1/incidents/preview", ("incidents", "--preview", "--stage", "payment")
    ),
    "POST /console/incidents": Way(
        "POST /v1/incidents", ("incidents", "--open", "Late", "--stage", "payment")
    ),
    "GET /console/incidents/{incident_id}": Way(
        "GET /v1/incidents/{incident_id}", ("incidents", ID)
    ),
    "GET /console/incidents/{incident_id}/export": Way(
        "GET /v1/incidents/{incident_id}/export", ("incidents", ID, "--export", "@.json")
    ),
    "GET /console/incidents/{incident_id}/links": Way(
        "GET /v1/incidents/{incident_id}/offers", ("incidents", ID, "offers")
    ),
    **{
        f"POST /console/incidents/{{incident_id}}/{path}": Way(
            f"POST /v1/incidents/{{incident_id}}/{path}", ("incidents", ID, verb, "It is noon")
        )
        for path, verb in {
            **{"own": "own", "freeze": "freeze", "close": "close"},
            **{"notes": "note", "links": "round"},
        }.items()
    },
    "GET /console/partner/overview": Way("GET /v1/partner", ("partner", "sen-vang")),
    "GET /console/partner/breaks": Way(
        "GET /v1/partner/breaks", ("partner", "sen-vang", "--breaks")
    ),
    "GET /console/partner/days/{day}": Way(
        "GET /v1/partner/days/{day}", ("partner", "sen-vang", "--day", "2026-11-20")
    ),
    "GET /console/partner/calls": Way(
        "GET /v1/partner/calls", ("partner", "sen-vang", "--calls", "DVC1")
    ),
    "GET /console/partner/refused": Way(
        "GET /v1/partner/refused", ("partner", "sen-vang", "--refused")
    ),
    "GET /console/dead": Way("GET /v1/dead", ("dead",)),
    "GET /console/dead/{group}": Way("GET /v1/dead/{group}", ("dead", ID)),
    "GET /console/dead/{topic}/{partition}/{offset}": Way(
        "GET /v1/dead/{topic}/{partition}/{offset}", ("dead", PLACE)
    ),
    **_dead("redrive"),
    **_dead("dismiss"),
    **{
        f"POST /console/dead/{{group}}/{verb}": Way(
            f"POST /v1/dead/{{group}}/{verb}", ("dead", ID, verb, *WHY, "--yes")
        )
        for verb in ("accept", "reject")
    },
    "POST /console/dead/{topic}/{partition}/{offset}/edits": Way(
        "POST /v1/dead/{topic}/{partition}/{offset}/edits",
        ("dead", PLACE, "edit", "--set", "$.data.copies=2", *WHY, "--yes"),
    ),
    **{
        f"POST /console/dead/{{topic}}/{{partition}}/{{offset}}/edits/{{number}}/{verb}": _edit(
            verb
        )
        for verb in ("accept", "reject")
    },
    "GET /console/alarms": Way("GET /v1/alarms", ("alarms",), ends=1),
    "GET /console/alarms/runbooks": Way("GET /v1/alarms/rules", ("alarms", "--rules")),
    "GET /console/alarms/runbooks/{rule}": Way("GET /v1/alarms/rules", ("alarms", "--rules")),
    "GET /console/alarms/{alarm_id}": Way("GET /v1/alarms/{alarm_id}", ("alarms", ID)),
    **{
        f"POST /console/alarms/{{alarm_id}}/{verb}": Way(
            f"POST /v1/alarms/{{alarm_id}}/{verb}", ("alarms", ID, verb, *WHY)
        )
        for verb in ("own", "silence", "unsilence")
    },
    "GET /console/indicators": Way("GET /v1/indicators", ("indicators",)),
    "GET /console/indicators/{unit}": Way("GET /v1/indicators", ("indicators", "79")),
    "GET /console/indicators/{unit}/index": Way(
        "GET /v1/indicators/index", ("index", "79", "2026-10-01", "2026-10-31")
    ),
    "GET /console/indicators/{unit}/{indicator}/{part}": Way(
        "GET /v1/indicators/evidence",
        ("indicators", "79", "--evidence", "on_time/denominator"),
    ),
    "GET /console/reads": Way("GET /v1/reads", ("reads", "77", "--from", "2026-11-20")),
    "GET /console/sessions": Way("GET /v1/sessions/own", ("sessions", "--own")),
    "POST /console/sessions/end": Way("POST /v1/sessions/own/end", ("sessions", "--own", "--end")),
    "GET /console/sessions/everybody": Way("GET /v1/sessions", ("sessions",)),
    "POST /console/sessions/everybody/end": Way(
        "POST /v1/sessions/end", ("sessions", "local#an.nguyen", "--end", *WHY)
    ),
    "GET /console/sync": Way("GET /v1/sync", ("sync", "79", "--day", "2026-11-20"), ends=1),
    "GET /console/readiness/{unit}": Way("GET /v1/readiness/{unit}", ("readiness", "26737")),
    "POST /console/readiness/{unit}/{point}": Way(
        "POST /v1/readiness/{unit}/{point}",
        ("readiness", "26737", "seals", "met", "--note", "Seen on the spot"),
    ),
}
# what is of a browser alone, or leads to something above; and why
ELSEWHERE = {
    "GET /console": "leads to the first page",
    "GET /console/sign-in": "keys stand for who calls",
    "POST /console/sign-in": "keys stand for who calls",
    "POST /console/sign-out": "keys stand for who calls",
    "GET /console/oidc": "keys stand for who calls",
    "GET /console/oidc/back": "keys stand for who calls",
    "GET /console/static/{name}": "a file of the pages",
    "GET /console/find/person": "an empty form of POST /console/find/person",
    "GET /console/journeys/{name}/unsealing": "an empty form of the POST to the same place",
    "GET /console/rounds/new/{action}": "an empty form of POST /console/rounds",
    "GET /console/proof/verify": "an empty form of POST /console/proof/verify",
    "GET /console/statistics/units": "a list of the form: `motcua catalogue units`",
    "GET /console/sandbox": "the sandbox's own programs answer, `motcua fault` asks them",
    "POST /console/sandbox/{name}": "the sandbox's own programs answer, `motcua fault` asks them",
}
