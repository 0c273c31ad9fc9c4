"""Who is refused as a second person, and what they are told."""

from shared.access import Caller
from shared.principals import is_another
from shared.problems import Refusal


def refusal_of(asked: str, caller: Caller) -> Refusal | None:
    """Return why a caller is no second person to what this principal asked for; None: it is one."""
    if is_another(asked, caller.principal):
        return None
    if asked and asked == caller.principal:
        detail = "You asked for it yourself: let another look at it, or take it back."
        return Refusal(409, "same-person", detail)
    whose = "Your key or account" if not caller.principal else "What it was asked with"
    return Refusal(
        409,
        "not-told-apart",
        f"{whose} does not say which human it is, so nobody can be sure that you are another:"
        " name the `person` in the secrets, or have it asked for and agreed to at one provider.",
    )
