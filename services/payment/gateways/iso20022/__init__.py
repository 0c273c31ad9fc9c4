"""ISO 20022 between a bank and us.

Reading order: `gateway` (what a bank sends is to us), `speaking` and `outcomes` (how its
answers are read), `sent` (what we send), `openapi`.
"""
