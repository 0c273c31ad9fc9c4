"""SMPP 3.4 below the channel: a bind, what goes over it, and what comes back.

`smpp34` reads and writes submit_sm, deliver_sm and their optional parameters.  Its own sessions are
not used: they acknowledge a receipt before anybody kept it, and say the same of a message that was
never written, refused, or lost with the connection, which must be told apart here.

Reading order: `statuses`, `wire`, `text`, `told`, `session`, `pace`, `begun`, `sent`,
`asking`, `figures`; `sms_smpp` beside this folder is the channel.
"""
