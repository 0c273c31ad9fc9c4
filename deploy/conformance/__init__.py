"""Does a partner conform?  Played from either side, case by case, with a report.

As the bank it calls payment's edge in the partner's own protocol, and looks at the answers and at
the payments afterwards.  As us it asks a bank: orders, questions, refunds, and looks at what comes.

Reading order: `cases`, `bank_scripts` and `our_scripts` (what is sent, as data), `answers` and
`clauses` (what that is held to), `voices`, `as_bank`, `as_us`, `wanted`, `command`.
"""
