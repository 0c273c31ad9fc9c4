"""Who is refused as a second person, and what they are told."""

from shared.access import Caller
from shared.principals import may_answer
from shared.problems import Refusal


def refusal_of(asked: str, caller: Caller, *, agrees: bool = True) -> Refusal | None:
    """Return why a caller may not answer what this principal asked for; None: they may."""
    is_fit = may_answer(asked, caller.principal, agrees=agrees)
    return None if is_fit else unfit(asked, caller)


def unfit(asked: str, caller: Caller) -> Refusal:
    """Return what is told to a caller who is no second person to this principal."""
    if asked and asked == caller.principal:
        detail = "You asked for it yourself: let another look at it, or take it back."
        return Refusal(409, "same-person", detail)
    whose = "Your key or account" if not caller.principal else "What it was asked with"
    return Refusal(
        409,
        "not-told-apart",
        f"{whose} does not say which human it is, or another issuer does, so nobody can be sure"
        " that you are two: name the `person` in the secrets, and their `subject` at the provider.",
    )
