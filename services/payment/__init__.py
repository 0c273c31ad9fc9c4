"""Payment: what is to be paid, by which order, with which money, exactly once.

Reads `routing.events` and `payment.inbox` (callbacks, answers to queries, timers); writes
`payment.events`.

Reading order: `domain/` (fees, state, the table of legal moves), `references` (our order numbers),
`lane`, `gateways/` (a bank's words, one file each), `callbacks` and `api` (the edge), `effects`
(asking a silent bank), `settings`.
"""
