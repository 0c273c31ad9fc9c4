"""What the edge of statuses answers, as an example: all of it made up."""

from datetime import UTC, date, datetime

from services.operations.domain.citizen.due import DEPENDS, DUE, Due
from services.operations.domain.citizen.forms import FORMS, Form
from services.operations.domain.citizen.happenings import TOLD, Happening
from services.operations.domain.citizen.money import KINDS, RECEIPTS, Money, Receipt
from services.operations.domain.citizen.notices import ABOUT, BY, STANDINGS, TO, Rating, Sent
from services.operations.domain.citizen.sentences import ROLES, STAGES, STATES
from services.operations.domain.citizen.sentences import STANDINGS as AT_STAGE
from services.operations.domain.citizen.tasks import TASKS, Task
from services.operations.domain.citizen.units import Unit
from services.operations.domain.citizen.view import CitizenStatus, StageTold, StateTold
from services.operations.domain.citizen.words import Quote, Words
from shared.events import routing

LOOK = {"dossier_code": "H29.1-20261120-0000001", "code": "7D2K-0MXQ-94ZA"}

_ASKED_AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
_STATE = STATES["supplement_requested"]
_MISSING = Quote("Thiếu trang hai của tờ khai", "vi")
STATUS = CitizenStatus(
    dossier_code=LOOK["dossier_code"],
    procedure_code="2.000635",
    procedure=Words(
        "Cấp bản sao trích lục hộ tịch, bản sao Giấy khai sinh",
        "Copy of civil-status extract / birth certificate",
    ),
    as_of=_ASKED_AT,
    state=StateTold(
        state="supplement_requested",
        national_code=5,
        name=_STATE.name,
        sentence=_STATE.sentence,
        said=_MISSING,
    ),
    stages=(
        StageTold(
            stage="processing",
            name=STAGES["processing"],
            standing="waiting",
            sentence=AT_STAGE["waiting"],
        ),
    ),
    due=Due(
        of="result",
        at=None,
        is_paused=True,
        is_late=False,
        sentence=DUE["result_paused"].told(due=date(2026, 11, 25)),
        depends_on=(DEPENDS["supplement_requested"],),
    ),
    tasks=(Task(kind="bring", sentence=TASKS["bring"], said=_MISSING),),
    parts=(),
    money=Money(
        owed_vnd=0,
        to_pay_vnd=0,
        pay_by=None,
        is_expired=False,
        is_waived=False,
        owes_first=False,
        paid_vnd=16_000,
        to_give_back_vnd=0,
        given_back_vnd=0,
        paid_out_vnd=0,
        receipts=(
            Receipt(
                number="L26 0000012",
                kind=KINDS["charge"],
                amount_vnd=16_000,
                on=date(2026, 11, 20),
                standing="counts",
                sentence=RECEIPTS["counts"],
            ),
        ),
    ),
    happened=(Happening(at=_ASKED_AT, sentence=TOLD[routing.SupplementRequested], said=_MISSING),),
    sent=(
        Sent(
            milestone="supplement_requested",
            about=ABOUT["supplement_requested"],
            channel="sms",
            by=BY["sms"],
            to=TO["citizen"],
            at=_ASKED_AT,
            standing="arrived",
            sentence=STANDINGS["arrived"],
        ),
    ),
    units=(
        Unit(
            code="26737",
            name="Phường Tân Định",
            province="Thành phố Hồ Chí Minh",
            does=(ROLES["receiving"], ROLES["competent"], ROLES["returning"]),
        ),
    ),
    rating=Rating(
        milestone="supplement_requested",
        about=ABOUT["supplement_requested"],
        score=0,
        answers=0,
    ),
    forms=tuple(
        Form(form=brought.name, title=brought.title)
        for brought in (FORMS[routing.Accepted], FORMS[routing.SupplementRequested])
    ),
)
