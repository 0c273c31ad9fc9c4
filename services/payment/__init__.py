"""Payment: what is to be paid, by which order, with which money, exactly once.

Reads `routing.events` and `payment.inbox` (callbacks, answers to queries, timers); writes
`payment.events`.

Reading order: `domain/fees` (what is to be paid), `domain/state` and `domain/orders` (the table of
legal moves), `references`, `lane`, `gateways/` (a bank's words, one file each), `api` (callbacks),
`effects` (asking a silent bank).
"""
