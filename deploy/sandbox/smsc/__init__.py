"""A message centre that speaks SMPP 3.4 and sends nothing: what notify's binds are tried against.

It behaves as such centres do: it knows no reference of the sender's, takes every submit_sm for a
new message, delivers receipts on whichever bind is there, again until they are answered for, and
loses connections.  `centre` has the handsets and `behaviour` the faults, `link` is one connection,
`http` a look at what the handsets got.
"""
