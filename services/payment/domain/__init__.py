"""The rules of payment, pure.

Reading order: `fees` (what is to be paid), `state` (what is remembered), `orders` (the table of
legal moves, and what leads to them), `moves` and `attempts` (what each does), `refunds` and
`giving_back` (the same of money that goes back), `draft`, `terms` (what partners take).
"""
