"""What a partner may see of its own orders' events, read again from where they stand.

Reading order: `outline` (which events, which of their fields), `places` (where one is on the log,
in words), `log` (pages of them, and one by its id).
"""
