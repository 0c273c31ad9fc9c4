"""Routing: which unit receives, decides and hands out; the dossier's state machine and its clocks.

Reads `intake.events`, `payment.events` and `routing.inbox` (officers, timers, releases); writes
`routing.events`.

Reading order: `domain.states` (the table), `domain.moves`, `domain.rules`, `lane` (event type to
decision), `api` (officers' edge), `__main__` (wiring).
"""
