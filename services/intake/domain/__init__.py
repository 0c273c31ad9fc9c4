"""Intake's rules: pure, no I/O."""
