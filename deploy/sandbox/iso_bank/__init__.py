"""A bank that moves no money: ISO 20022 from the other side, with templates of its own.

It takes requests to pay and transfers, tells of what it booked (camt.054) until it is heard,
answers what was booked (camt.052), and has a statement (camt.053).  In memory, bounded.

Reading order: `messages` (what is read and written), `bank` (what it does), `signing`, `http`.
"""
