"""Routing: which unit receives, decides and hands out; the dossier's state machine and its clocks.

Reads `intake.events`, `payment.events` and `routing.inbox` (officers, timers, releases); writes
`routing.events`.

Reading order: `domain.states` (the table), `domain.moves`, `domain.rule_table` and `domain.rules`
(which unit decides), `lane` (event type to decision), `api` (officers' edge), `rehoming`
(explanations, previews), `__main__` (wiring).
"""
