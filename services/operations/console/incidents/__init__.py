"""Incidents: those that are open, one of them, opening one by hand, what may belong to it."""
