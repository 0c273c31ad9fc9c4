"""Operating: what is stuck, and what is done about many at once, from a terminal.

Thin over operations' API: `asking` (the calls), `shown` (what an operator sees), `command`; of
money likewise `money_shown` and `money`, of alarms `alarms`, of
what is set aside `letters`, how units do `indicators`, of who was shown what `reads`, what flows
`flow`.
"""
