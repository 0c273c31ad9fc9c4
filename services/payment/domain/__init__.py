"""The rules of payment, pure.

Reading order: `fees` and `assessing` (what is to be paid, and on what that rests), `state` (what is
remembered), `orders` (the table of legal moves, and what leads to them), `moves` and `attempts`
(what each does), `queries` (a partner asked because an operator says so), `leaving` (the same table
of money that leaves), `refunds` and `giving_back` (what goes back), `disbursements` and
`paying_out` (what is paid out), `draft`, `receipts` (what is issued, and what becomes of it),
`reassessing` (a fee assessed again), `terms` (what partners take).
"""
