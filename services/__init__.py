"""The five services; they share contracts, never a call or a database."""
