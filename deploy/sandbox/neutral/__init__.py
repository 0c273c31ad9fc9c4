"""A bank that speaks motcua's own protocol, from docs/contracts/bank.yaml, with code of its own.

It takes payments, tells of them until it is heard, answers after them, gives receipts, names
accounts, gives money back, pays out, and writes the file of a day.  In memory, bounded.

Reading order: `signing`, `bank` (the functions), `file` (of a day), `http` (the API);
`deploy.sandbox.till` lets citizens pay.
"""
