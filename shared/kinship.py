"""Parents and children: whose child an application is can be read off its id.

A portal makes UUIDs of version 7.  The n-th child of such a one has the same digits but for the
version, which is 8 + n: so the id of a child is the same whoever works it out, needs no look-up,
and cannot be that of another portal's application.  Version 8 is there to be made as one likes; 9
to f are not in use.
"""

CHILDREN_LIMIT = 8

_LENGTH = 36
_AT = 14  # where the version stands
_PARENT = "7"
_CHILDREN = "89abcdef"


def child_id(parent: str, number: int) -> str:
    """Return the id of a parent's child; the first has the number 0."""
    if parent[_AT] != _PARENT:
        raise ValueError("only a UUIDv7 has children")
    return f"{parent[:_AT]}{_CHILDREN[number]}{parent[_AT + 1 :]}"


def children(parent: str) -> tuple[str, ...]:
    """Return the ids that a parent's children may have; none of what can be no parent."""
    if parent[_AT] != _PARENT:
        return ()
    return tuple(child_id(parent, number) for number in range(CHILDREN_LIMIT))


def is_child(application: str) -> bool:
    """Whether this is the id of a child; a text that is no id is none."""
    return len(application) == _LENGTH and application[_AT] in _CHILDREN


def parent_of(application: str) -> str:
    """Return the id of a child's parent; that of any other application as it is."""
    if not is_child(application):
        return application
    return f"{application[:_AT]}{_PARENT}{application[_AT + 1 :]}"
