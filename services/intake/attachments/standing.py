"""How an upload stands, and where that is kept."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple

import msgspec

from shared.store import Row, Table

State = Literal["receiving", "checking", "stored", "refused"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a portal says of the file that it is about to send; empty: it does not say."""

    length: int
    procedure: str = ""
    media_type: str = ""
    sha256: str = ""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way; its id begins with the time it expires."""

    id: str
    portal: str
    wanted: Wanted
    expires_at: datetime

    @classmethod
    def of(cls, row: Row) -> "Upload":
        """Return the upload of a row."""
        return cls(
            id=row["_id"],
            portal=row["portal"],
            wanted=Wanted(**row["wanted"]),
            expires_at=row["expires_at"].astimezone(UTC),
        )

    def row(self) -> Row:
        """Return it as a row."""
        return {
            "_id": self.id,
            "portal": self.portal,
            "wanted": msgspec.structs.asdict(self.wanted),
            "expires_at": self.expires_at,
        }


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an upload; `code` says why it was refused, `ended` that it was taken back."""

    state: Literal["stored", "refused", "ended"]
    sha256: str = ""
    media_type: str = ""
    scan: str = ""
    code: str = ""

    @classmethod
    def of(cls, row: Row) -> "Outcome":
        """Return the outcome of a row."""
        return cls(**{f: row[f] for f in cls.__struct_fields__})

    def row(self, upload: str) -> Row:
        """Return it as a row."""
        return {"_id": upload, **msgspec.structs.asdict(self)}


def stamp(at: datetime) -> str:
    """Return a time as the ids of uploads begin, so that they are ordered by it."""
    return f"{at:%Y%m%dT%H%M%S}"


class Standing(NamedTuple):
    """How far an upload got."""

    upload: Upload
    offset: int
    outcome: Outcome | None

    @property
    def state(self) -> State:
        """Return it in one word."""
        if self.outcome and self.outcome.state != "ended":
            return self.outcome.state
        return "checking" if self.offset == self.upload.wanted.length else "receiving"


class Tables(NamedTuple):
    """Where uploads stand."""

    uploads: Table
    parts: Table
    waiting: Table  # all is there, and there is no outcome yet
    outcomes: Table
