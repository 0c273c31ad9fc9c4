"""Errors named by what to do next."""


class Unknown(Exception):
    """It may or may not have happened: forget what you believed, read again, repeat."""


class Refused(Exception):
    """A row with this id stands already: somebody else was there first."""


class Fenced(Exception):
    """These lanes belong to another process now: stop, forget, wait for an assignment."""


class DeadLetter(Exception):
    """An external message that cannot be read, ever: keep it aside with the reason."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


class Misconfigured(Exception):
    """The operator's to mend before a start can succeed; the sentence says how."""
