"""The rules of payment, pure.

Reading order: `fees` (what is to be paid), `state` (what is remembered), `orders` (the table of
legal moves, and what leads to them), `moves` and `attempts` (what each does), `draft`, `terms`
(what partners take).
"""
