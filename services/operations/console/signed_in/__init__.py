"""Who is signed in: oneself, and for an administrator everybody."""
