"""ISO 20022 between a bank and us.

Reading order: `gateway` (what a bank sends is to us), `sent` (what we send), `openapi`.
"""
