"""What a citizen reads: milestone × wording, and which wording a channel takes in which language.

SMS takes Vietnamese without accents: with one accented letter a message has 70 characters, not 160.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from shared.clock import VIETNAM

Wording = Literal["vi", "plain", "en"]

CHANNELS: dict[str, dict[str, Wording]] = {
    "sms": {"vi": "plain", "en": "en"},
    "portal": {"vi": "vi", "en": "en"},  # shown beside the dossier; handed to nobody
}

TEXTS: dict[str, dict[Wording, str]] = {
    "registered": {
        "vi": "Hồ sơ {dossier_code} đã nộp thành công lúc {submitted_at}. "
        "Dùng mã này để tra cứu trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code} da nop thanh cong luc {submitted_at}. "
        "Dung ma nay de tra cuu tren Cong Dich vu cong.",
        "en": "Application {dossier_code} was submitted at {submitted_at}. "
        "Follow it with this code on the Public Service Portal.",
    },
    "refused": {
        "vi": "Hồ sơ vừa nộp chưa được ghi nhận vì còn sai sót. "
        "Vui lòng xem lý do và nộp lại trên Cổng Dịch vụ công.",
        "plain": "Ho so vua nop chua duoc ghi nhan vi con sai sot. "
        "Vui long xem ly do va nop lai tren Cong Dich vu cong.",
        "en": "The application you just sent could not be registered. "
        "See why and send it again on the Public Service Portal.",
    },
    "payment_requested": {
        "vi": "Hồ sơ {dossier_code}: vui lòng nộp {amount_vnd} trước {expires_at} "
        "trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code}: vui long nop {amount_vnd} truoc {expires_at} "
        "tren Cong Dich vu cong.",
        "en": "Application {dossier_code}: please pay {amount_vnd} before {expires_at} "
        "on the Public Service Portal.",
    },
    "payment_settled": {
        "vi": "Hồ sơ {dossier_code}: đã nhận {amount_vnd}. Biên lai có trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code}: da nhan {amount_vnd}. Bien lai co tren Cong Dich vu cong.",
        "en": "Application {dossier_code}: {amount_vnd} received. "
        "The receipt is on the Public Service Portal.",
    },
    "accepted": {
        "vi": "Hồ sơ {dossier_code} đã được tiếp nhận. Ngày hẹn trả kết quả: {due}.",
        "plain": "Ho so {dossier_code} da duoc tiep nhan. Ngay hen tra ket qua: {due}.",
        "en": "Application {dossier_code} was accepted. The result is due on {due}.",
    },
    "not_accepted": {
        "vi": "Hồ sơ {dossier_code} không được tiếp nhận. "
        "Vui lòng xem lý do trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code} khong duoc tiep nhan. "
        "Vui long xem ly do tren Cong Dich vu cong.",
        "en": "Application {dossier_code} was not accepted. See why on the Public Service Portal.",
    },
    "supplement_requested": {
        "vi": "Hồ sơ {dossier_code} cần bổ sung. Vui lòng xem yêu cầu trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code} can bo sung. Vui long xem yeu cau tren Cong Dich vu cong.",
        "en": "Application {dossier_code} needs a supplement. "
        "See what on the Public Service Portal.",
    },
    "apologised": {
        "vi": "Hồ sơ {dossier_code} bị chậm, cơ quan giải quyết xin lỗi. "
        "Ngày hẹn trả kết quả mới: {due}.",
        "plain": "Ho so {dossier_code} bi cham, co quan giai quyet xin loi. "
        "Ngay hen tra ket qua moi: {due}.",
        "en": "We are sorry: application {dossier_code} is delayed. "
        "The result is now due on {due}.",
    },
    "transferred": {
        "vi": "Hồ sơ {dossier_code} được chuyển sang đơn vị khác giải quyết. "
        "Xem đơn vị nào trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code} duoc chuyen sang don vi khac giai quyet. "
        "Xem don vi nao tren Cong Dich vu cong.",
        "en": "Application {dossier_code} was sent to another unit. "
        "See which on the Public Service Portal.",
    },
    "result_ready": {
        "vi": "Hồ sơ {dossier_code} đã có kết quả. Cách nhận có trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code} da co ket qua. Cach nhan co tren Cong Dich vu cong.",
        "en": "Application {dossier_code} has its result. "
        "See how to get it on the Public Service Portal.",
    },
    "returned": {
        "vi": "Hồ sơ {dossier_code}: kết quả đã được trả. Cảm ơn bạn đã dùng Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code}: ket qua da duoc tra. Cam on ban da dung Cong Dich vu cong.",
        "en": "Application {dossier_code}: the result was handed out. "
        "Thank you for using the Public Service Portal.",
    },
    "withdrawn": {
        "vi": "Hồ sơ {dossier_code} đã được rút theo yêu cầu của bạn. "
        "Xem chi tiết trên Cổng Dịch vụ công.",
        "plain": "Ho so {dossier_code} da duoc rut theo yeu cau cua ban. "
        "Xem chi tiet tren Cong Dich vu cong.",
        "en": "Application {dossier_code} was withdrawn, as you asked. "
        "See the details on the Public Service Portal.",
    },
    "interlinked_registered": {
        "vi": "Hồ sơ liên thông {dossier_code} đã nộp thành công lúc {submitted_at}. "
        "Dùng mã này để theo dõi cả các hồ sơ thành phần.",
        "plain": "Ho so lien thong {dossier_code} da nop thanh cong luc {submitted_at}. "
        "Dung ma nay de theo doi ca cac ho so thanh phan.",
        "en": "Application {dossier_code} to several agencies was submitted at {submitted_at}. "
        "Follow all its parts with this code.",
    },
    "interlinked_ended": {
        "vi": "Hồ sơ liên thông {dossier_code} đã kết thúc. "
        "Xem kết quả từng phần trên Cổng Dịch vụ công.",
        "plain": "Ho so lien thong {dossier_code} da ket thuc. "
        "Xem ket qua tung phan tren Cong Dich vu cong.",
        "en": "Application {dossier_code} to several agencies has ended. "
        "See what came of each part on the Public Service Portal.",
    },
}


def _as_it_is(value: str, _: Wording) -> str:
    return value


def _amount(value: str, wording: Wording) -> str:
    if wording == "en":
        return f"{int(value):,} VND"
    return f"{int(value):,} {'đồng' if wording == 'vi' else 'dong'}".replace(",", ".")


def _moment(value: str, _: Wording) -> str:
    return f"{datetime.fromisoformat(value).astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def _day(value: str, _: Wording) -> str:
    return f"{datetime.fromisoformat(value).astimezone(VIETNAM):%d/%m/%Y}"


# Everything that a notice may ever say of an application, and how it is written.
SHOWN: dict[str, Callable[[str, Wording], str]] = {
    "dossier_code": _as_it_is,
    "submitted_at": _moment,
    "amount_vnd": _amount,
    "expires_at": _moment,
    "due": _day,
}


_TEMPLATES = {f"{m}.{w}": (w, text) for m, texts in TEXTS.items() for w, text in texts.items()}


def template(milestone: str, channel: str, language: str) -> str:
    """Return the name of a template; an unknown language reads Vietnamese."""
    wordings = CHANNELS[channel]
    return f"{milestone}.{wordings.get(language, wordings['vi'])}"


def render(name: str, params: Mapping[str, str]) -> str:
    """Return the text of a notice."""
    wording, text = _TEMPLATES[name]
    return text.format_map({p: SHOWN[p](value, wording) for p, value in params.items()})
