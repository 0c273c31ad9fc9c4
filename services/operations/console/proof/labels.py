"""The words of the proof pages; what is proven has its own in `domain.proof.words`."""

from collections.abc import Mapping

from services.operations.domain.citizen.words import Words

PROOF: Mapping[str, Words] = {
    "proof": Words("Chứng minh", "Prove it"),
    "proof_lead": Words(
        "Từ nhật ký: mọi hồ sơ tạo trong một kỳ đều được trả lời, mọi khoản tiền đều có nơi, mọi"
        " thông báo đều có kết cục. Kết quả là một báo cáo có chữ ký số.",
        "From the log alone: every application of a period was answered, every đồng is somewhere,"
        " every notice came to an end. What comes of it is a signed report.",
    ),
    "proof_from": Words("Từ ngày", "From"),
    "proof_to": Words("Đến hết ngày", "To the end of"),
    "proof_do": Words("Chứng minh", "Prove it"),
    "proof_takes": Words(
        "Khoảng một nghìn hồ sơ mỗi giây: một triệu hồ sơ mất chừng 20 phút. Việc chạy nền,"
        " đóng trang này cũng được; mỗi lúc nhiều nhất {limit} kỳ, mỗi kỳ nhiều nhất {days} ngày.",
        "About a thousand applications a second: a million take some 20 minutes. It goes on"
        " without this page; {limit} periods at a time, of {days} days at most.",
    ),
    "proof_latest": Words("Các lần gần đây", "The latest"),
    "proof_none": Words("Chưa có lần nào.", "There are none yet."),
    "proof_period": Words("Kỳ", "Period"),
    "proof_stands": Words("Kết quả", "What came of it"),
    "proof_by": Words("Người yêu cầu", "Asked for by"),
    "proof_at": Words("Lúc", "At"),
    "proof_of": Words("Từ {since} đến {until}", "From {since} to {until}"),
    "proof_holds": Words("Đúng và đủ: không có ngoại lệ", "Everything holds: nothing is excepted"),
    "proof_excepted": Words(
        "Không đúng: {count} ngoại lệ, nêu từng mục", "It does not hold: {count} exceptions"
    ),
    "proof_differs": Words("Không đúng: có cân đối không khớp", "It does not hold: sums differ"),
    "proof_waiting": Words(
        "Đang chờ đọc hết nhật ký", "Waits until the log is read to where it ends now"
    ),
    "proof_proving": Words("Đang xem: {share} % của kỳ", "Under way: {share} % of the period"),
    "refused_too-many-uploads": Words(
        "Hệ thống chỉ đọc vài báo cáo cùng lúc: hãy gửi lại sau ít phút.",
        "Reports are read a few at a time: send it again in a moment.",
    ),
    "proof_failed": Words(
        "Không chứng minh được: {because}. Khi đã khắc phục, hãy bắt đầu lại.",
        "It could not be proven: {because}. Once that is mended, begin another.",
    ),
    "proof_aborted": Words("Đã dừng bởi {by}", "Aborted by {by}"),
    "proof_left": Words("còn khoảng {left}", "about {left} left"),
    "proof_looked": Words("Đã xem {count} hồ sơ.", "{count} applications were looked at."),
    "proof_so_far": Words("Mới xem một phần kỳ.", "It is of a part of the period so far."),
    "proof_look_again": Words("Xem lại", "Look again"),
    "proof_abort": Words("Dừng", "Abort"),
    "proof_equations": Words("Cân đối", "What must be equal"),
    "proof_of_what": Words("Khoản", "Of"),
    "proof_total": Words("Tổng", "Total"),
    "proof_is": Words("Gồm", "Is"),
    "proof_right": Words("khớp", "holds"),
    "proof_wrong": Words("không khớp", "does not hold"),
    "proof_exceptions": Words("Ngoại lệ", "Excepted"),
    "proof_waits": Words("Đang chờ, không phải ngoại lệ", "Waited for, and no exception"),
    "proof_reference": Words("Mã tham chiếu", "Reference"),
    "proof_application": Words("Hồ sơ", "Application"),
    "proof_detail": Words("Chi tiết", "Detail"),
    "proof_more": Words(
        "Còn {count} mục nữa: báo cáo có 1.000 mục đầu của mỗi loại.",
        "{count} more: the report has the first 1,000 of each kind.",
    ),
    "proof_report": Words("Báo cáo có chữ ký", "The signed report"),
    "proof_json": Words("JSON, có chữ ký", "JSON, signed"),
    "proof_html": Words("Trang để in", "A page to print"),
    "proof_verify": Words("Kiểm tra một báo cáo", "Verify a report"),
    "proof_verify_lead": Words(
        "Chọn tệp JSON, hoặc dán nội dung. Chỉ đọc, không lưu lại gì.",
        "Choose its JSON file, or paste what is in it. It is read, and nothing is kept.",
    ),
    "proof_file": Words("Tệp báo cáo", "The file"),
    "proof_text": Words("Hoặc nội dung", "Or what is in it"),
    "proof_verify_do": Words("Kiểm tra", "Verify"),
    "proof_signed": Words(
        "Có chữ ký của hệ thống này, không thay đổi từ {at}.",
        "Signed by this system, and unchanged since {at}.",
    ),
    "proof_not_signed": Words(
        "Không phải như đã ký, hoặc do khóa khác ký: đừng dựa vào báo cáo này.",
        "It is not as it was signed, or another key signed it: do not rely on it.",
    ),
    "proof_no_report": Words(
        "Đây không phải là báo cáo có chữ ký. Hãy chọn tệp JSON mà trang này cho tải về.",
        "That is no signed report. Choose the JSON file that this page offers.",
    ),
    "refused_too-many-proofs": Words(
        "Đã có nhiều kỳ đang chạy. Hãy đợi xong một kỳ, hoặc dừng bớt.",
        "As many are under way as may be. Wait for one, or abort it.",
    ),
    "refused_no-period": Words(
        "Kỳ này không hợp lệ: ngày đầu không sau ngày cuối, và không quá 366 ngày.",
        "This is no period: it begins before it ends, and has 366 days at most.",
    ),
    "refused_no-key": Words(
        "Hệ thống chưa có khóa ký báo cáo: chạy `motcua secrets` rồi khởi động lại.",
        "There is no key to sign with: run `motcua secrets`, and start operations again.",
    ),
    "refused_unknown-proof": Words(
        "Không có lần chứng minh này, hoặc đã quá cũ.",
        "There is no such proof, or it was forgotten.",
    ),
    "refused_no-report": Words("Chưa có báo cáo.", "There is no report of it."),
}
