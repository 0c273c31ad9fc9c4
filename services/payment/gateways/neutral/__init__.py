"""Our own protocol for banks.

Reading order: `functions` (field by field), `gateway` (its words, ours), `openapi`.
"""
