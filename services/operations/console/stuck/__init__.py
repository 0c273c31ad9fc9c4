"""The stuck board and its groups."""
