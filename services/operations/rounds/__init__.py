"""Rounds: one action on many applications, previewed, throttled, and checked afterwards."""
