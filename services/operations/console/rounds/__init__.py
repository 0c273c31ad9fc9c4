"""Rounds: what can be done about many, previewed, followed and looked at afterwards."""
