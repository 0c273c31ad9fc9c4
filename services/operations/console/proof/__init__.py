"""That nothing of a period was lost, doubled or forgotten."""
