"""The check digit of our order numbers."""


def check_digit(digits: str) -> int:
    """Return the Luhn digit: it tells one wrong digit, and most swaps."""
    doubled = (int(d) * (2 - place % 2) for place, d in enumerate(reversed(digits)))
    return -sum(d - 9 if d > 9 else d for d in doubled) % 10
