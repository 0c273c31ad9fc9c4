"""A message as submit_sm PDUs, as a provider wants them."""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Literal

import smpp34
from msgspec import Meta, Struct

from services.notify.channels import Message
from services.notify.channels.smpp.text import (
    UDH_PRESENT,
    Text,
    Unfit,
    chunks,
    encoded,
    joined_header,
)

RECEIPT_WANTED = 0x01  # registered_delivery: of success and of failure
INTERNATIONAL, ISDN = 1, 1  # ton, npi
ALPHANUMERIC, NETWORK, UNKNOWN = 5, 3, 0

_MOBILE = re.compile(r"(?:\+84|84|0)([35789][0-9]{8})", re.ASCII)
_SENDER = re.compile(r"[A-Za-z0-9 ._-]{1,11}", re.ASCII)
_DIGITS = re.compile(r"\+?([0-9]{3,20})", re.ASCII)
_SHORT_CODE_LIMIT = 8  # digits

_USER_REFERENCE, _MESSAGE_PAYLOAD = 0x0204, 0x0424
_SAR_REFERENCE, _SAR_TOTAL, _SAR_NUMBER = 0x020C, 0x020E, 0x020F

Make = Callable[[int], bytes]  # a PDU, for the sequence number that it gets
Ids = Literal["text", "hex", "decimal"]
Seconds = Annotated[float, Meta(gt=0)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """How a provider wants it: the query of its address, `smpp://host:2775?window=20&long=udh`.

    `rate_per_s`: what was agreed, for one bind.  `window`: messages on their way at once; so many
    may be in doubt when the bind is lost.  `validity_s`: how long it tries, at most.
    `long`: what of a text that needs several parts: one PDU that the SMSC divides (`payload`), or
    one for each part, joined by a user data header (`udh`) or by optional parameters (`sar`).
    `answer_ids` and `receipt_ids`: some write the id of one message in two ways.
    """

    window: Annotated[int, Meta(ge=1, le=1_000)] = 20
    rate_per_s: Annotated[float, Meta(gt=0, le=100_000)] = 100.0
    long: Literal["payload", "udh", "sar"] = "payload"
    validity_s: Annotated[int, Meta(ge=60, le=30 * 86_400)] = 86_400
    system_type: Annotated[str, Meta(max_length=12)] = ""
    source_ton: int | None = None
    source_npi: int | None = None
    enquire_s: Seconds = 30.0
    answer_ids: Ids = "text"
    receipt_ids: Ids = "text"


def reference(key: str) -> int:
    """Return the 16 bits of a key that go out as `user_message_reference`."""
    return int.from_bytes(blake2b(key.encode(), digest_size=2).digest())


def read_id(message_id: str, as_: Ids) -> str:
    """Return a message id in the one form in which it is compared."""
    try:
        return message_id if as_ == "text" else str(int(message_id, 16 if as_ == "hex" else 10))
    except ValueError:
        return message_id


def international(number: str) -> str:
    """Return a Vietnamese mobile number in its international form.  Raises `Unfit`."""
    found = _MOBILE.fullmatch(number)
    if not found:
        raise Unfit("not_a_mobile")
    return f"84{found[1]}"


def source(sender: str, options: Options) -> tuple[int, int, str]:
    """Return ton, npi and address of a name, a short code or a number.  Raises `Unfit`."""
    if digits := _DIGITS.fullmatch(sender):
        is_short = len(digits[1]) <= _SHORT_CODE_LIMIT
        ton, npi = (NETWORK, UNKNOWN) if is_short else (INTERNATIONAL, ISDN)
        address = digits[1]
    elif _SENDER.fullmatch(sender):
        ton, npi, address = ALPHANUMERIC, UNKNOWN, sender
    else:
        raise Unfit("invalid_sender")
    return (
        ton if options.source_ton is None else options.source_ton,
        npi if options.source_npi is None else options.source_npi,
        address,
    )


def relative(seconds: int) -> str:
    """Return a validity period: from now on, as SMPP writes it (7.1.1.2)."""
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    return f"0000{days:02}{h:02}{m:02}{s:02}000R"


def validity_s(message: Message, options: Options, now: datetime) -> int:
    """Return how long the SMSC may try: not after it is too late.  Raises `Unfit`."""
    if message.until is None:
        return options.validity_s
    left_s = int((message.until - now).total_seconds())
    if left_s <= 0:
        raise Unfit("too_late")
    return min(options.validity_s, left_s)


def pieces(message: Message, options: Options, now: datetime) -> list[Make]:
    """Return the PDUs of a message, each of which asks for a receipt.  Raises `Unfit`."""
    if not message.text:
        raise Unfit("no_text")
    valid_s = validity_s(message, options, now)
    text = encoded(message.text)
    # also where the SMSC divides it: it must not be longer than we allow
    shares = chunks(text, is_headed=options.long == "udh")
    if options.long == "payload" or len(shares) == 1:
        return [_piece(message, options, valid_s, text, text.octets)]
    return [
        _piece(message, options, valid_s, text, share, len(shares), number)
        for number, share in enumerate(shares, start=1)
    ]


def _piece(
    message: Message,
    options: Options,
    valid_s: int,
    text: Text,
    share: bytes,
    count: int = 1,
    number: int = 1,
) -> Make:
    ton, npi, sender = source(message.sender, options)
    tag = reference(message.key)
    tlvs, esm_class, body = [smpp34.Tlv(_USER_REFERENCE, tag.to_bytes(2))], 0, share
    if text.is_long and options.long == "payload":
        tlvs.append(smpp34.Tlv(_MESSAGE_PAYLOAD, share))
        body = b""
    elif count > 1 and options.long == "udh":
        esm_class, body = UDH_PRESENT, joined_header(tag, count, number) + share
    elif count > 1:
        tlvs += [
            smpp34.Tlv(_SAR_REFERENCE, tag.to_bytes(2)),
            smpp34.Tlv(_SAR_TOTAL, bytes((count,))),
            smpp34.Tlv(_SAR_NUMBER, bytes((number,))),
        ]
    to = international(message.to)

    def make(sequence: int) -> bytes:
        return smpp34.SubmitSm(
            sender,
            to,
            body,
            source_addr_ton=ton,
            source_addr_npi=npi,
            dest_addr_ton=INTERNATIONAL,
            dest_addr_npi=ISDN,
            esm_class=esm_class,
            priority_flag=int(message.urgent),
            validity_period=relative(valid_s),
            registered_delivery=RECEIPT_WANTED,
            data_coding=text.coding,
            tlvs=tlvs,
            sequence_number=sequence,
        ).encode()

    return make
