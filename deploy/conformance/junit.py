"""A run as JUnit XML, in the form that Ant's tools and continuous integration read."""

import re
from datetime import datetime
from xml.etree import ElementTree as Xml

from deploy.conformance.cases import CASES, Exchange, Outcome, Played, seen

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(played: Played) -> bytes:
    """Return a run as one suite; what does not apply is skipped."""
    whole = Xml.Element("testsuites")
    suite = Xml.SubElement(
        whole,
        "testsuite",
        {
            "name": f"{played.partner}, {played.side}",
            "package": f"motcua.conformance.{played.family}",
            "id": "0",
            "timestamp": datetime.fromisoformat(played.began).strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": "localhost",
            "tests": str(len(played.outcomes)),
            "failures": str(played.count("failed")),
            "errors": "0",
            "time": _seconds(sum(outcome.took_s for outcome in played.outcomes)),
        },
    )
    properties = Xml.SubElement(suite, "properties")
    for name in ("partner", "family", "side", "against"):
        Xml.SubElement(properties, "property", name=name, value=_plain(getattr(played, name)))
    for outcome in played.outcomes:
        _add_case(suite, played, outcome)
    Xml.SubElement(suite, "system-out").text = _plain(
        "\n\n".join(_told(played, outcome) for outcome in played.outcomes)
    )
    Xml.SubElement(suite, "system-err")
    Xml.indent(whole)
    written: bytes = Xml.tostring(whole, "utf-8", xml_declaration=True)
    return written


def _add_case(suite: Xml.Element, played: Played, outcome: Outcome) -> None:
    case = Xml.SubElement(
        suite,
        "testcase",
        name=outcome.case,
        classname=f"motcua.conformance.{played.family}.{played.side}",
        time=_seconds(outcome.took_s),
    )
    if outcome.became == "not_applicable":
        Xml.SubElement(case, "skipped")
    if outcome.became == "failed":
        wrong = next(e for e in outcome.exchanges if not e.is_right)
        message = _plain(f"{wrong.does}: expected {wrong.expected}; got {wrong.got}")
        failure = Xml.SubElement(case, "failure", type=outcome.case, message=message)
        failure.text = _plain(_told(played, outcome))


def _told(played: Played, outcome: Outcome) -> str:
    """Return all of a case as text."""
    began = f"{CASES[outcome.case].en}: {outcome.became}. {seen(played.side, outcome.case)}"
    lines = [began, f"Rests on: {outcome.clause}"]
    for exchange in outcome.exchanges:
        lines += _lines(exchange)
    return "\n".join(lines)


def _lines(exchange: Exchange) -> list[str]:
    mark = "" if exchange.is_right else "  <-- not as expected"
    return [
        f"- {exchange.does}",
        f"  sent: {exchange.sent}",
        f"  expected: {exchange.expected}",
        f"  got: {exchange.got}{mark}",
    ]


def _plain(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return _NOT_XML.sub("?", text)


def _seconds(took_s: float) -> str:
    return f"{took_s:.3f}"
