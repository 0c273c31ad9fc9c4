"""Incidents: whom something concerns, what was done about it, and whom to tell."""
