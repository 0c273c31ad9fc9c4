"""The words of the console's frame and door, and with them those of all its pages."""

from collections.abc import Mapping

from services.operations.console.alarms.labels import ALARMS
from services.operations.console.dead.labels import DEAD
from services.operations.console.flow.labels import FLOW
from services.operations.console.incidents.labels import INCIDENTS
from services.operations.console.indicators.labels import INDICATOR_WORDS
from services.operations.console.money.labels import MONEY
from services.operations.console.money.settlement_labels import SETTLEMENT
from services.operations.console.partner.labels import PARTNER
from services.operations.console.persons.labels import PERSONS
from services.operations.console.proof.labels import PROOF
from services.operations.console.readiness.labels import READINESS
from services.operations.console.reading.labels import READING
from services.operations.console.reads.labels import READS
from services.operations.console.rounds.labels import ROUNDS
from services.operations.console.sandbox.labels import SANDBOX
from services.operations.console.signed_in.labels import SIGNED_IN
from services.operations.console.statistics.labels import STATISTICS
from services.operations.console.stuck.labels import STUCK
from services.operations.console.sync.labels import SYNC
from services.operations.domain.citizen.words import Words

FRAME: Mapping[str, Words] = {
    "site": Words("Một cửa · Vận hành", "One door · Operations"),
    "skip": Words("Đến nội dung chính", "Skip to the content"),
    "navigation": Words("Các trang", "Pages"),
    "search": Words(
        "Tìm theo mã hồ sơ, mã lệnh, mã giao dịch, đơn vị, đối tác, ngày",
        "Find by code, order, transaction, unit, partner, day",
    ),
    "search_hint": Words("Mã, giao dịch, đơn vị, ngày…", "Code, transaction, unit, day…"),
    "search_do": Words("Tìm", "Find"),
    "wrong": Words("Chưa xem được", "There is a problem"),
    # who is there
    "sign_in": Words("Đăng nhập", "Sign in"),
    "sign_out": Words("Đăng xuất", "Sign out"),
    "account": Words("Tài khoản", "Account"),
    "password": Words("Mật khẩu", "Password"),
    "accounts_are": Words(
        "Tài khoản nằm trong tệp bí mật của hệ thống; bản chạy thử in ra khi khởi động.",
        "Accounts stand in the system's secrets; a demonstration prints them as it starts.",
    ),
    "wrong_account": Words(
        "Tài khoản hoặc mật khẩu không đúng.", "The account or the password is wrong."
    ),
    "oidc_sign_in": Words("Đăng nhập bằng tài khoản cơ quan", "Sign in with your organisation"),
    "oidc_refused": Words(
        "Không đăng nhập được: lần đăng nhập đã hết hạn, hoặc tài khoản chưa có vai trò ở đây. Hãy "
        "thử lại, rồi hỏi người quản trị.",
        "You were not signed in: that try is over, or the account has no role here. Try again, "
        "then ask an administrator.",
    ),
    "oidc_units": Words(
        "Không đăng nhập được: tài khoản chưa nêu đơn vị, hoặc đúng một ngân hàng, mà nó được xem. "
        "Hãy báo người quản trị tài khoản của cơ quan, ngân hàng bạn.",
        "You were not signed in: the account does not say which units, or which one bank, it may "
        "see. Tell whoever keeps the accounts of your office or bank.",
    ),
    "form_old": Words(
        "Trang này đã cũ. Hãy thử lại; trình duyệt phải nhận cookie.",
        "This page was too old. Try again; the browser has to take cookies.",
    ),
    "too_many": Words(
        "Đã thử quá nhiều lần. Hãy đợi {minutes} phút rồi thử lại.",
        "That was tried too often. Wait {minutes} minutes and try again.",
    ),
    "role_viewer": Words("người xem", "viewer"),
    "role_unit_officer": Words("cán bộ đơn vị", "unit officer"),
    "role_operator": Words("người vận hành", "operator"),
    "role_checker": Words("người kiểm tra", "checker"),
    "role_partner": Words("đối tác ngân hàng", "bank partner"),
    "role_admin": Words("quản trị", "administrator"),
    # what is refused
    "not_readable": Words(
        "Địa chỉ này không đọc được: hãy tìm lại từ ô tìm kiếm.",
        "This address cannot be read: find it again with the search box.",
    ),
    "unreachable": Words(
        "Cơ sở dữ liệu chưa trả lời. Hãy thử lại sau ít phút.",
        "The database does not answer just now. Try again in a few minutes.",
    ),
    "refused_unknown-application": Words(
        "Chưa có bản ghi nào của hồ sơ này. Hồ sơ vừa nộp có thể cần vài giây; hãy kiểm tra mã.",
        "No message of it is in the log. One submitted just now may need seconds; check the code.",
    ),
    "refused_not-found": Words("Không có trang này.", "There is no such page."),
    "refused_reason-missing": Words(
        "Hãy nêu lý do, từ 3 đến 500 ký tự.", "Say why, in 3 to 500 characters."
    ),
    "refused_nothing-sealed": Words(
        "Hồ sơ này không có trường nào niêm phong.", "Nothing of this application is sealed."
    ),
    "refused_erased": Words(
        "Khóa của hồ sơ đã bị hủy: dữ liệu cá nhân đã xóa, không ai mở lại được.",
        "Its key was destroyed: the personal data are erased, nobody can open them again.",
    ),
    "refused_shown-already": Words(
        "Đã hiện một lần. Muốn xem lại, hãy về hồ sơ và nêu lý do lần nữa.",
        "This was shown once already. To see it again, go back to the journey and say why again.",
    ),
    "refused_too-many-calls": Words(
        "Đã mở hoặc gửi quá nhiều lần. Hãy đợi {seconds} giây rồi thử lại.",
        "That was opened or sent too often. Wait {seconds} seconds, then try again.",
    ),
    "refused_not-yours": Words(
        "Hồ sơ này không thuộc đơn vị của tài khoản này.",
        "This application is not with the units of this account.",
    ),
    "refused_not-a-partner": Words(
        "Tài khoản chưa nêu đúng một ngân hàng mà nó được xem: hãy đăng nhập lại, hoặc báo người "
        "quản trị.",
        "This account does not say which one bank it may see: sign in again, or tell an "
        "administrator.",
    ),
    "refused_wrong-role": Words(
        "Vai trò của tài khoản này không có trang này.",
        "The role of this account has no such page.",
    ),
    "refused_same-person": Words(
        "Bạn là người đề nghị: hãy để người khác duyệt, hoặc rút lại.",
        "You asked for it yourself: let another look at it, or take it back.",
    ),
    "refused_not-told-apart": Words(
        "Không chắc bạn là người khác với người đề nghị: tài khoản hoặc khóa chưa nói là của ai, "
        "hoặc hai người đăng nhập theo hai cách. Hãy nhờ người quản trị ghi rõ trong cấu hình.",
        "Nobody can be sure that you are another than who asked: an account or key does not say "
        "whose it is, or the two of you sign in in two ways. Have it said in the secrets.",
    ),
    "refused_wrong-form": Words(
        "Biểu mẫu đã cũ, chưa có gì thay đổi. Hãy mở lại trang rồi gửi lại.",
        "The form was too old and nothing has changed. Open the page again and send it anew.",
    ),
}
PAGES = (  # no label stands in two of them
    FRAME,
    SIGNED_IN,
    READING,
    PERSONS,
    STUCK,
    FLOW,
    ROUNDS,
    DEAD,
    MONEY,
    INCIDENTS,
    SETTLEMENT,
    ALARMS,
    INDICATOR_WORDS,
    READINESS,
    SYNC,
    STATISTICS,
    PROOF,
    READS,
    PARTNER,
    SANDBOX,
)
LABELS: Mapping[str, Words] = {name: words for page in PAGES for name, words in page.items()}
