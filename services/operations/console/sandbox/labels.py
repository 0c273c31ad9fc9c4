"""The words of the sandbox's page."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

SANDBOX: Mapping[str, Words] = {
    "sandbox": Words("Sự cố thử", "Faults to try"),
    "sandbox_says": Words(
        "Chỉ có trong bản chạy thử. Khi một sự cố được bật, người dân thử nộp hồ sơ liên tục; sau "
        "khoảng {within} giây, sự cố hiện ở đúng nguyên nhân trong trang Hồ sơ ùn tắc.",
        "In a demonstration alone. While a fault is on, made-up citizens keep handing in; within "
        "about {within} seconds it shows under its own cause on the stuck board.",
    ),
    "sandbox_shows": Words("Hiện ở", "Shows as"),
    "sandbox_ends": Words("Cách gỡ", "How it goes"),
    "sandbox_on": Words("đang bật", "on"),
    "sandbox_off": Words("đang tắt", "off"),
    "sandbox_gone": Words("không trả lời", "does not answer"),
    "sandbox_turn_on": Words("Bật", "Turn on"),
    "sandbox_turn_off": Words("Tắt", "Turn off"),
    "refused_unknown-switch": Words("Không có công tắc này.", "There is no such switch."),
}
