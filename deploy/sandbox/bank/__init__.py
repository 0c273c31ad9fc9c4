"""A bank that moves no money: VNPAY 2.1.0 from the other side, with a signature code of its own.

It knows orders from signed pay links only, calls back until it is heard (GET, at most ten times),
answers queries, gives money back some time later, and keeps a statement of all it moved, for others
to match.  In memory, bounded.

Reading order: `signing`, `books` (orders and money), `behaviours` (how citizens pay), `bank`,
`http` (the API), `page`, `exported` (a day, for reconciling); `deploy.sandbox.till` takes money.
"""
