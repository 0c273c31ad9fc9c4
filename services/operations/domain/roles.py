"""Who may do what at operations: one table, which the API and the console ask alike.

A row is an act; whoever has one of its roles may do it, with a key or a session.  That somebody
sees or does it for his own units or partner alone is said where that is worked out.
"""

from collections.abc import Mapping
from typing import Literal

Act = Literal[
    "read",  # what is of any unit and partner
    "read_of_units",  # applications and forms: an officer, those of his units
    "read_of_partner",  # a bank, what is its own
    "tabulate",  # the national form, also by a key of an office
    "operate",  # whatever changes something, or asks for it where that takes two
    "agree",  # as a second person, or turn it down
    "prove",  # have periods proven and forms sent
    "find_person",  # by a personal number, with a reason
    "unseal",  # what is personal, with a reason: who changes nothing of it (docs/adr/0024)
    "audit",  # who was shown whose data
    "end_sessions",  # see who is signed in, and sign somebody out
    "own_sessions",  # the same of oneself
    "answer_citizens",  # a portal, how an application stands
]
MAY: Mapping[Act, tuple[str, ...]] = {
    "read": ("viewer", "operator", "checker", "admin"),
    "read_of_units": ("viewer", "operator", "checker", "admin", "unit_officer"),
    "read_of_partner": ("partner",),
    "tabulate": ("viewer", "operator", "checker", "admin", "unit_officer", "officer"),
    "operate": ("operator",),
    "agree": ("operator", "checker"),
    "prove": ("operator", "checker", "admin"),
    "find_person": ("operator", "unit_officer"),
    "unseal": ("admin",),
    "audit": ("admin", "checker"),
    "end_sessions": ("admin",),
    "own_sessions": ("viewer", "operator", "checker", "admin", "unit_officer", "partner"),
    "answer_citizens": ("portal",),
}
