"""Which human somebody is, whichever way they come: who vouches for them, and as whom.

Names are for reading: an account, a key and an identity provider may call one human by three, or
three humans by one.  A principal is what tells them apart, and the rule of the second person asks
for nothing else.
"""

from collections.abc import Mapping
from typing import NamedTuple

from shared.errors import Misconfigured

LOCAL = "local"  # who vouches for those whom `people` of the secrets names: no provider's address
MARK = "#"  # an issuer has none (OpenID Connect Discovery 3)
SUBJECT_LIMIT = 255  # characters (OpenID Connect Core 2)


class Principal(NamedTuple):
    """A human, as an issuer knows them; `text` is what is kept and said of one."""

    issuer: str
    subject: str

    @property
    def text(self) -> str:
        """Return it as one word, which no other has."""
        return f"{self.issuer}{MARK}{self.subject}"


def is_another(asked: str, agrees: str) -> bool:
    """Tell whether who agrees is for sure another human than who asked; both are texts.

    An issuer tells its humans apart; two issuers know nothing of each other, and of a key that
    names nobody (an empty text) nothing can be said.
    """
    one, other = (text.partition(MARK) for text in (asked, agrees))
    return bool(one[2] and other[2]) and one[0] == other[0] and one[2] != other[2]


def may_answer(asked: str, answers: str, *, agrees: bool) -> bool:
    """Tell whether somebody may agree to what this principal asked for, or turn it down: for which
    it is enough to be somebody, where nobody knows who asked.
    """
    if asked or agrees:
        return is_another(asked, answers)
    return bool(answers)


class People:
    """The humans whom accounts and keys may name: name → `subject`, as whom the identity provider
    knows them, where it does.  Raises `Misconfigured` for a table that makes two of one.
    """

    def __init__(self, rows: Mapping[str, Mapping[str, str]], issuer: str = "") -> None:
        subjects = [row["subject"] for row in rows.values() if row.get("subject")]
        for name, row in rows.items():
            if not name or len(name) > SUBJECT_LIMIT or set(row) - {"subject"}:
                raise Misconfigured(f"people: {name!r} has a name, and `subject` or nothing")
        if subjects and not issuer:
            raise Misconfigured("people: a `subject` needs the provider that knows it, as `oidc`")
        if twice := sorted({s for s in subjects if subjects.count(s) > 1}):
            raise Misconfigured(f"people: two have the subject {', '.join(twice)}: make them one")
        self._texts = {
            name: Principal(issuer, sub).text
            if (sub := row.get("subject"))
            else Principal(LOCAL, name).text
            for name, row in rows.items()
        }

    def text_of(self, row: Mapping[str, str]) -> str:
        """Return the principal of an account or key, empty where it names no `person`.

        Raises `Misconfigured` for a person whom nobody knows.
        """
        person = row.get("person", "")
        if person and person not in self._texts:
            raise Misconfigured(
                f"`people` of the secrets has no {person}, whom a key or account names"
            )
        return self._texts[person] if person else ""
