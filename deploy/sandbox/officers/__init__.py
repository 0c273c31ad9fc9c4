"""Sandbox officers: they follow `routing.events` and act over HTTP, as a unit's staff would.

What they do with an application is drawn from a seed and its id, so that a run repeats.  An
action's key comes from the event that led to it: reading the log again repeats nothing.

Reading order: `habits` (what is done about an event), `books` (what is looked up for it), `desk`
(doing it), `office` (the log).
"""
