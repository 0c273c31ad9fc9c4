"""Rows of the table of actions, by the service that carries them out; `shape` is what a row is."""
