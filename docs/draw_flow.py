"""Draws `docs/flow.md` from the topic registry: `make docs`."""

from pathlib import Path

from shared.topics import SERVICES, TOPICS, Topic, dead, parked

PAGE = Path(__file__).with_name("flow.md")

HEAD = """\
<!-- Drawn from shared/topics.py by `make docs`; a test fails when it is stale. -->
# What flows where

Everything enters through the log; a lane decides; everything leaves through the log.
"""
FOOT = """\
Operations reads every topic but its own; the picture leaves those arrows out. A service's *edge*
is its HTTP API, its *effects* make the calls to partners, its *timers* say that something is due.

For each topic of kind external or events there are two more, which operations reads: `{dead}` keeps
what nobody can read, `{parked}` tells of what a lane holds until an operator releases it.
"""


def page() -> str:
    """Return the whole page."""
    foot = FOOT.format(dead=dead("<topic>"), parked=parked("<topic>"))
    return "\n".join((HEAD, *picture(), "", *table(), "", foot))


def picture() -> list[str]:
    """Return the graph in Mermaid: services are boxes, topics are pipes."""
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"    {service}[{service}]" for service in SERVICES]
    for topic in TOPICS.values():
        pipe = topic.name.replace(".", "_")
        lines.append(f"    {pipe}([{topic.name}])")
        lines += [f"    {name} --> {pipe}" for name in parts(topic.written_by)]
        lines += [f"    {pipe} --> {name}" for name in parts(topic.read_by) if drawn(topic, name)]
    return [*lines, "```"]


def parts(names: tuple[str, ...]) -> list[str]:
    """Return the processes behind these writers or readers, each once, in order."""
    return list(dict.fromkeys(name.split()[0] for name in names))


def drawn(topic: Topic, reader: str) -> bool:
    """Tell whether an arrow to this reader says more than that operations reads everything."""
    return reader != "operations" or not topic.is_laned


def table() -> list[str]:
    """Return one row per topic."""
    lines = ["| Topic | Kind | Written by | Read by | What it carries |", "|---|---|---|---|---|"]
    for topic in TOPICS.values():
        writers, readers = ", ".join(topic.written_by), ", ".join(topic.read_by)
        lines.append(f"| `{topic.name}` | {topic.kind} | {writers} | {readers} | {topic.purpose} |")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page())
