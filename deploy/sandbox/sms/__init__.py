"""A bulk SMS gateway that sends nothing: what notify is tried against.

It behaves as such gateways do: it takes many messages in one call, each with the sender's
reference, does not notice a reference that it has seen before, can be asked by reference, and
pushes delivery receipts.  `gateway` is its API, `behaviour` the rest.
"""
