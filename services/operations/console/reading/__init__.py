"""Find, and the journey of one application."""
