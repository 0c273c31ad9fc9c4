"""Operating: what is stuck, and what is done about many at once, from a terminal.

Thin over operations' API: `asking` (the calls), `shown` (what an operator sees), `command`; of
money likewise `money_shown` and `money`; a module for each other thing that is asked for.
`commands` has all of them.
"""
