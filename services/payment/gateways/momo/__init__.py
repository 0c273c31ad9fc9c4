"""MoMo v2.

Reading order: `gateway` (its words, ours), `signing`, `openapi`.
"""
