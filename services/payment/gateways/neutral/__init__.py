"""Our own protocol for banks.

Reading order: `functions` (field by field), `messages` (how any is asked), `questions`, `gateway`
(its words, ours), `openapi`.
"""
