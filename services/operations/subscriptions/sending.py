"""One attempt to send a form to a target: a signed call, or a mail with the form as a file.

The id is the same in each attempt for a period, so whoever gets it twice can tell.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import httpx
import msgspec

from services.operations.delivery import PROBLEM_LIMIT, Mail, Webhook, call, write
from services.operations.domain.subscriptions import Subscription
from services.operations.form_files import COUNTED, FILES, Statistics, name_of

SUBJECT = {"vi": "Thống kê thủ tục hành chính: {}", "en": "Statistics of procedures: {}"}
SUMS = {
    "vi": "Tiếp nhận {received} = đã giải quyết {settled} + đang giải quyết {in_process}"
    " + tạm dừng {suspended} + không tiếp nhận {not_accepted}.",
    "en": "Received {received} = settled {settled} + in process {in_process}"
    " + suspended {suspended} + not accepted {not_accepted}.",
}


class Sending:
    """Sends forms to targets."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def send(
        self,
        target: Webhook | Mail,
        subscription: Subscription,
        form: Statistics,
        content: bytes,
        at: datetime,
    ) -> str:
        """Send it once; return what was wrong, nothing if the target has it."""
        try:
            if isinstance(target, Mail):
                return await write(target, letter(target, subscription, form, content, at))
            id_ = f"{subscription.id}_{form.last}"
            said = json.dumps(payload(subscription, form, content, at)).encode()
            return await call(self._http, target, id_, said, at)
        except Exception as error:  # whatever it was, a target is to end nothing
            return f"{type(error).__name__}: {error}"[:PROBLEM_LIMIT]


def payload(
    subscription: Subscription, form: Statistics, content: bytes, at: datetime
) -> dict[str, object]:
    """Return what a webhook has: the total, and the form as a file."""
    return {
        "type": "statistics.form",
        "timestamp": at.astimezone(UTC).isoformat(),
        "data": {
            "subscription": subscription.id,
            "unit": form.unit,
            "name": form.name,
            "view": form.view,
            "from": form.first.isoformat(),
            "to": form.last.isoformat(),
            "total": msgspec.to_builtins(form.total),
            "file": {
                "name": f"{name_of(form)}.{subscription.kind}",
                "media_type": media_type(subscription),
                "base64": b64encode(content).decode(),
            },
        },
    }


def letter(
    target: Mail, subscription: Subscription, form: Statistics, content: bytes, at: datetime
) -> EmailMessage:
    """Return a mail with the form."""
    mail, domain = EmailMessage(), target.sender.rpartition("@")[2]
    counted = COUNTED[form.view]
    about = f"{form.name}, {form.first:%d/%m/%Y} – {form.last:%d/%m/%Y}"
    mail["Subject"] = SUBJECT[target.language].format(about)
    mail["From"], mail["To"] = target.sender, target.to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{subscription.id}.{form.last}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    sums = SUMS[target.language].format(**msgspec.structs.asdict(form.total))
    way = counted.en if target.language == "en" else counted.vi
    mail.set_content(f"{about}\n{way}\n\n{sums}\n")
    main, _, sub = media_type(subscription).partition("/")
    name = f"{name_of(form)}.{subscription.kind}"
    params = {"charset": "utf-8"} if main == "text" else {}
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name, params=params)
    return mail


def media_type(subscription: Subscription) -> str:
    """Return what kind of file is sent."""
    if subscription.kind == "json":
        return "application/json"
    return FILES[subscription.kind][0].partition(";")[0]
