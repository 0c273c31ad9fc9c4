"""Routing: which unit receives, decides and hands out; the dossier's state machine and its clocks.

Reads `intake.events`, `payment.events` and `routing.inbox` (officers, timers, releases); writes
`routing.events`.

Reading order: `domain.states` and `domain.edges` (the table), `domain.moves` and `domain.handover`,
`domain.rule_table` and `domain.rules` (which unit decides), `domain.workflow` (its steps), `lane`
(event type to decision), `api` (officers' edge), `inbox` (what lies at a unit), `rehoming`
(explanations, previews) with `proposals`, `recounts_api` (due dates and the calendar), `forms` (the
control slip), `__main__` (wiring).
"""
