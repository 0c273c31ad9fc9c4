"""What an SMSC answers to a submit_sm (SMPP 3.4, 5.1.3), and our word for it.

    handed      it has the message
    rejected    it will never take this message to this number: trying again is no use
    absent      it did not take it, and a later attempt may go: it is full, or what it refuses is
                ours to mend (a sender not registered, a password), not the citizen's
    unknown     it failed while it worked on it, or says something SMPP does not know

What is unknown is never sent again.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Word = Literal["handed", "rejected", "absent", "unknown"]

OK = 0x00
INVALID_COMMAND = 0x03
THROTTLED = frozenset({0x14, 0x58})  # slow down
OURS_TO_REPEAT = 0x64  # of a receipt: not kept now, send it again
OURS_TO_REFUSE = 0x65  # of a receipt: not ours or not to be read, do not send it again


class Status(NamedTuple):
    """A command_status: its name without the prefix, and what it means for a message."""

    name: str
    word: Word


STATUSES: Mapping[int, Status] = {
    0x00: Status("ok", "handed"),
    0x01: Status("invalid_message_length", "rejected"),
    0x02: Status("invalid_command_length", "absent"),
    0x03: Status("invalid_command", "absent"),
    0x04: Status("invalid_bind_status", "absent"),
    0x05: Status("already_bound", "absent"),
    0x06: Status("invalid_priority", "absent"),
    0x07: Status("invalid_registered_delivery", "absent"),
    0x08: Status("system_error", "unknown"),
    0x0A: Status("invalid_sender", "absent"),
    0x0B: Status("invalid_number", "rejected"),
    0x0C: Status("invalid_message_id", "absent"),
    0x0D: Status("bind_failed", "absent"),
    0x0E: Status("invalid_password", "absent"),
    0x0F: Status("invalid_system_id", "absent"),
    0x11: Status("cancel_failed", "absent"),
    0x13: Status("replace_failed", "absent"),
    0x14: Status("queue_full", "absent"),
    0x15: Status("invalid_service_type", "absent"),
    0x33: Status("invalid_destinations", "absent"),
    0x34: Status("invalid_distribution_list", "absent"),
    0x40: Status("invalid_destination_flag", "absent"),
    0x42: Status("invalid_replace_request", "absent"),
    0x43: Status("invalid_esm_class", "absent"),
    0x44: Status("distribution_list_refused", "absent"),
    0x45: Status("submit_failed", "absent"),
    0x48: Status("invalid_sender_ton", "absent"),
    0x49: Status("invalid_sender_npi", "absent"),
    0x50: Status("invalid_number_ton", "absent"),
    0x51: Status("invalid_number_npi", "absent"),
    0x53: Status("invalid_system_type", "absent"),
    0x54: Status("invalid_replace_flag", "absent"),
    0x55: Status("invalid_message_count", "absent"),
    0x58: Status("throttled", "absent"),
    0x61: Status("invalid_schedule", "absent"),
    0x62: Status("invalid_validity", "absent"),
    0x63: Status("invalid_canned_message", "absent"),
    0x64: Status("temporary_error", "absent"),
    0x65: Status("permanent_error", "rejected"),
    0x66: Status("refused_by_receiver", "rejected"),
    0x67: Status("query_failed", "absent"),
    0xC0: Status("invalid_optional_part", "absent"),
    0xC1: Status("optional_not_allowed", "absent"),
    0xC2: Status("invalid_parameter_length", "absent"),
    0xC3: Status("optional_missing", "absent"),
    0xC4: Status("invalid_optional_value", "absent"),
    0xFE: Status("delivery_failed", "rejected"),
    0xFF: Status("unknown_error", "unknown"),
}


def status(code: int) -> Status:
    """Return what a command_status means; a vendor's own, and a reserved one, mean nothing."""
    return STATUSES.get(code) or Status(f"status_{code:#010x}", "unknown")
