"""Alarms: what stands, one of them with what may be done about it, and runbooks."""
