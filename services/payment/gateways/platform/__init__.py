"""The national Payment Platform 1.0.6, and KeyPay 3.0 beside it.

Reading order: `piped` (what both sign), `bill` (what a receipt says), `gateway` with `wire`,
`keypay`, `openapi`.
"""
