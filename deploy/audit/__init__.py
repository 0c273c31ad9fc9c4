"""The audit: what must always hold, checked from outside, by reading topics, journals and partners.

`evidence` gathers, `invariants` checks (pure), each with what it counted and what it found wrong.
"""
