"""The national statistics form."""
