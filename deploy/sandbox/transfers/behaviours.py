"""How citizens transfer: each behaviour is a list of steps."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

Behaviour = Literal["pay", "twice", "wrong_amount_first", "silent", "late", "mangled", "textless"]


class Step(NamedTuple):
    """Money moved; `calls`: how many times it is told of, `text` what became of the text."""

    off_vnd: int = 0  # from what was asked
    calls: int = 1
    is_late: bool = False
    text: Literal["whole", "mangled", "gone"] = "whole"


STEPS: Mapping[Behaviour, tuple[Step, ...]] = {
    "pay": (Step(),),
    "twice": (Step(calls=2), Step()),  # two transfers, the first told of twice
    "wrong_amount_first": (Step(off_vnd=-1_000), Step()),
    "silent": (Step(calls=0),),
    "late": (Step(is_late=True),),
    "mangled": (Step(text="mangled"),),
    "textless": (Step(text="gone"),),
}


def arrived(text: str, step: Step) -> str:
    """Return what is left of a transfer's text when it arrives."""
    if step.text == "gone":
        return "NGUYEN VAN A chuyen tien"
    if step.text == "mangled":
        broken = " ".join(re.findall(".{1,5}", text.upper()))
        return f"MBVCB.3278907687.{broken}-CT tu 0011000000001 NGUYEN VAN A toi"
    return text
