"""Does a partner conform?  Played from either side, case by case, with a report.

As the bank it calls payment's edge in the partner's own protocol, and looks at the answers and at
the payments afterwards.  As us it asks a bank: orders, questions, refunds, and looks at what comes.
"""
