"""VNPAY 2.1.0.

Reading order: `gateway` (its words, ours), `signing`, `refunds`, `openapi`.
"""
