"""Payment: what is to be paid, by which order, with which money, exactly once.

Reads `routing.events` and `payment.inbox` (callbacks, orders made, answers to queries, citizens'
choices, refunds and allowances asked for and checked, what statements say, timers), and what
operators say of breaks on `payment.reconciliation`; writes `payment.events`, and
`payment.reconciliation` when a person closes a break.

Reading order: `domain/` (fees, state, the table of legal moves), `references` (our order numbers),
`receipt_numbers`, `lane`, `gateways/` (a bank's words, a folder per family), `callbacks` and `api`
(the edge), `paying` and `orders_api` (how a citizen pays), `reassessments_api`, `receipts_api` and
`paper/` (receipts as PDF, and how they are checked), `effects` (having orders made, asking a silent
bank), `refunding` and `refunds_api` (how money goes back), `disbursing`, `disbursements_api` and
`allowances` (how it is paid out), `asking`, `partner_receipts_api` and `accounts_api` (what a
partner is asked at once, for somebody who waits), `settings`; then `statements/` (what a partner
says it moved), `domain/matching`, `breaks` and `breaks_api` (what of that does not match);
`replay/` and `partner_api` (what a bank reads again), `webhooks/` and `webhooks_api` (what it is
told of by itself); `references_api` (whose a number is), `refunds_waiting` and `waiting_api` (what
waits for operators).
"""
