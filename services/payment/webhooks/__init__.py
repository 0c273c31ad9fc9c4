"""Standard Webhooks: what becomes of a partner's orders, told to addresses that it names.

Beside the lanes: a group of its own reads `payment.events`, and nothing waits for it.

Reading order: `signing` and `schedule` (the protocol), `guard` (which addresses are called),
`endpoints` (who wants to be told), `deliveries` (what is to be told, and what came of it),
`calling`, `telling` (one attempt), `courier` (the loop), `desk` and `views` (what partners do and
see), `settings`.
"""
