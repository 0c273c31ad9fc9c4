"""What a target is told of an alarm, as a call or a mail.

The id of what is told is the same in each attempt, so whoever gets it twice can tell.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import httpx
import msgspec

from services.operations.alarms.views import short
from services.operations.delivery import PROBLEM_LIMIT, Mail, Webhook, call, write
from services.operations.domain.alarm_life import Alarm
from services.operations.domain.alarm_telling import What
from services.operations.domain.alarm_words import body, headline


class Sending:
    """Tells targets; `console` is where links lead."""

    def __init__(self, http: httpx.AsyncClient, console: str) -> None:
        self._http, self._console = http, console

    async def send(self, target: Webhook | Mail, alarm: Alarm, what: What, at: datetime) -> str:
        """Tell a target once; return what was wrong, nothing if it has it."""
        try:
            if isinstance(target, Webhook):
                said = json.dumps(payload(target, alarm, what, at, self._console)).encode()
                return await call(self._http, target, f"{alarm.id}_{what}", said, at)
            return await write(target, letter(target, alarm, what, at, self._console))
        except Exception as error:  # whatever it was, a target is to end nothing
            return f"{type(error).__name__}: {error}"[:PROBLEM_LIMIT]


def payload(
    target: Webhook, alarm: Alarm, what: What, at: datetime, console: str
) -> Mapping[str, Any]:
    """Return what a webhook has: type, instant, and the alarm as the API shows it."""
    shown = msgspec.to_builtins(short(alarm, None, (), at))
    return {
        "type": f"alarm.{what}",
        "timestamp": at.astimezone(UTC).isoformat(),
        "data": {
            **shown,
            "title": headline(alarm, what, target.language),
            "text": body(alarm, what, target.language, console),
        },
    }


def letter(target: Mail, alarm: Alarm, what: What, at: datetime, console: str) -> EmailMessage:
    """Return a mail; that an alarm ended answers the one that it fired."""
    mail, domain = EmailMessage(), target.sender.rpartition("@")[2]
    first = f"<{alarm.id}.fired.{target.name}@{domain}>"
    mail["Subject"] = headline(alarm, what, target.language)
    mail["From"], mail["To"] = target.sender, target.to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{alarm.id}.{what}.{target.name}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if what == "ended":
        mail["In-Reply-To"] = mail["References"] = first
    if alarm.severity == "critical" and what == "fired":
        mail["Importance"] = "high"
    mail.set_content(body(alarm, what, target.language, console))
    return mail
