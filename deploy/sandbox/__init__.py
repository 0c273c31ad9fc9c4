"""Simulated partners: what the system is tried against, on this machine only."""
