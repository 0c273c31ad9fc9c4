"""ISO 20022: messages to banks and from them, nothing but bytes in and values out.

Reading order: words (theirs and ours); schema, strict and nodes (every message is held to its
published XSD while it is read); written (how ours look); transfers (pain.001), requests (pain.013),
statuses (pain.002, pain.014), reports (camt.052, camt.053, camt.054).
"""
