"""How units do: the map of the provinces, and each unit with those below it."""
