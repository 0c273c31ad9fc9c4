"""What was decided, by type."""


def types(events):
    return [type(e) for e in events]
