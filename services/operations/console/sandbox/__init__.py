"""The switches of a demonstration's sandbox: what can be made to go wrong, and where it shows."""
