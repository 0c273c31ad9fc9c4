"""What was passed on and waits for routing's answer, as an application's state keeps it."""

import msgspec

from shared.events.data import Problem


class Correcting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A correction that routing has not answered yet; what it changes is sealed."""

    message_id: str
    content_hash: str
    fields: tuple[str, ...]
    sealed: str
    contact: str
    warnings: tuple[Problem, ...] = ()
    catalogue_version: str = ""
    forms_version: str = ""


class Brought(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A supplement that was passed on: it counts unless routing rejects it.

    `before` is what had been supplied until then; `marked` counts its documents of which more is
    said.
    """

    message_id: str
    content_hash: str
    before: str = ""
    marked: int = 0
