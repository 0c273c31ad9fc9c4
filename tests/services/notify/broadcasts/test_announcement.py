"""The words of a broadcast: checked, counted, and there when a notice goes out."""

import msgspec
import pytest
from msgspec.structs import replace

from services.notify.broadcasts.views import DRAFT
from services.notify.broadcasts.wordbook import Wordbook
from services.notify.contacts import Contacts
from services.notify.domain.announcement import problems, segments
from services.notify.domain.templates import load
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events import notify
from shared.events.intake import Contact
from shared.vault import seal
from tests.services.notify.broadcasts.office import application


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("vi", "Hồ sơ của {name}", "unknown-variable"),
        ("subject_en", "{amount_vnd}", "unknown-variable"),
        ("en", "{dossier_code", "unknown-variable"),
        ("vi", " ", "no-words"),
        ("vi", "Công dân 001099000001 nhận kết quả", "personal-number"),
        ("en", "Ask 123456789", "personal-number"),
        ("plain", "Thanh toán chậm", "not-gsm"),
        ("en", "Payments are late 🙂", "not-gsm"),
        ("plain", "x" * 440 + "{dossier_code}", "too-long"),
    ],
)
def test_words_are_checked_like_templates(field, text, code):
    [problem] = problems(replace(DRAFT.words, **{field: text}))
    assert (problem.field, problem.code) == (f"/words/{field}", code)


def test_words_with_a_hotline_are_right():
    assert problems(replace(DRAFT.words, vi="Gọi 19001234 hoặc 0243 826 7890.")) == ()


def test_an_sms_counts_by_how_long_its_own_code_is():
    words = replace(DRAFT.words, plain="x" * 140 + "{dossier_code}")
    assert segments(words, "vi", "H29.1-20261120-0000001") == 2
    assert segments(words, "vi", "H29.1") == 1
    assert segments(words, "en", "H29.1-20261120-0000001") == 1


# ---- when it goes out


async def test_a_notice_is_put_into_the_words_of_its_broadcast(edge, vault):
    await edge.office.register(1)
    id_ = await edge.drafted()
    templates = load()
    contacts = Contacts(vault, templates, learn_words=Wordbook(edge.office.rows, templates).learn)
    notice = await request_of(vault, id_)
    [message] = await contacts.messages([(application(1), notice)])
    assert message.text == DRAFT.words.plain.format(dossier_code="H29.1")
    [lost] = await contacts.messages(
        [(application(1), await request_of(vault, "20261120-0000000000"))]
    )
    assert lost.reason == "template_unknown"


async def test_words_that_nobody_can_read_now_are_waited_for(edge, vault):
    async def learn(_):
        raise Unknown("the database does not answer")

    contacts = Contacts(vault, load(), learn_words=learn)
    with pytest.raises(NotCalled):
        await contacts.messages([(application(1), await request_of(vault, await edge.drafted()))])


async def request_of(vault, id_: str) -> notify.NoticeRequested:
    contact = msgspec.json.encode(Contact(phone="0912000001"))
    keys = await vault.keys([application(1)], create=True)
    return notify.NoticeRequested(
        key=f"{application(1)}/broadcast-{id_}/sms/1",
        milestone=f"broadcast-{id_}",
        channel="sms",
        template=f"broadcast-{id_}.plain",
        language="vi",
        contact=seal(keys[application(1)], contact, application(1)),
        params={"dossier_code": "H29.1"},
        bulk=True,
    )
