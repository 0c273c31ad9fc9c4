"""An amount in Vietnamese words, as it stands on a receipt beside its figures."""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ", "nghìn tỷ", "triệu tỷ")


def in_words(amount_vnd: int) -> str:
    """Return an amount in words: `Mười sáu nghìn đồng`."""
    groups, rest = [], amount_vnd
    while rest:
        rest, group = divmod(rest, 1_000)
        groups.append(group)
    said = [
        f"{_hundreds(group, is_first=place == len(groups) - 1)} {_GROUPS[place]}".strip()
        for place, group in reversed(list(enumerate(groups)))
        if group
    ]
    text = " ".join(said or [_DIGITS[0]])
    return f"{text[0].upper()}{text[1:]} đồng"


def _hundreds(group: int, *, is_first: bool) -> str:
    hundred, ten, one = group // 100, group // 10 % 10, group % 10
    words = [] if is_first and not hundred else [_DIGITS[hundred], "trăm"]
    if ten > 1:
        words += [_DIGITS[ten], "mươi"]
    elif ten:
        words.append("mười")
    elif one and words:
        words.append("linh")
    if one == 1 and ten > 1:
        words.append("mốt")
    elif one == 5 and ten:
        words.append("lăm")
    elif one:
        words.append(_DIGITS[one])
    return " ".join(words)
