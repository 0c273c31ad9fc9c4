"""Runs the mail server and the HTTP side; receipts and reports go to notify's edge."""

import asyncio
import sys
import time
from pathlib import Path

import httpx
import msgspec
import uvicorn
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.inbox import mail
from deploy.sandbox.inbox.faults import Faults
from deploy.sandbox.inbox.inbox import Inbox, Tell
from deploy.sandbox.inbox.push import Push, create_app


class Settings(BaseSettings):
    """`MOTCUA_…` variables, as the launcher sets them; the providers by their names with us."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8203
    inbox_smtp_port: int = 8204
    inbox_mail_provider: str = "inbox-mail"
    inbox_push_provider: str = "inbox-app"
    clients: Path = Path(".local/secrets/clients.json")
    notify_url: str = ""  # empty: neither receipts nor reports


def telling(client: httpx.AsyncClient, settings: Settings) -> Tell:
    """Return how notify is told."""
    kinds = {
        "receipt": (f"/v1/receipts/{settings.inbox_push_provider}", "application/json"),
        "report": (f"/v1/bounces/{settings.inbox_mail_provider}", "message/rfc822"),
    }

    async def tell(kind: str, content: bytes) -> bool:
        path, media_type = kinds[kind]
        try:
            answer = await client.post(path, content=content, headers={"content-type": media_type})
        except httpx.HTTPError:
            return False
        return answer.status_code < 500

    return tell


def main() -> None:
    """Run until told to stop."""
    settings = Settings()
    try:
        clients = msgspec.json.decode(settings.clients.read_bytes())
        key, partner_key = clients["inbox"]["key"], clients["api_keys"]["partner"]
    except (OSError, ValueError, LookupError) as error:
        sys.exit(f"{settings.clients} is not a clients file ({error!r}): `motcua up` makes one.")
    asyncio.run(_run(settings, key, partner_key))


async def _run(settings: Settings, key: str, partner_key: str) -> None:
    inbox = Inbox(Faults(), time.monotonic)
    server = await mail.serve(inbox, settings.host, settings.inbox_smtp_port)
    headers = {"authorization": f"Bearer {partner_key}"}
    async with server, httpx.AsyncClient(base_url=settings.notify_url, headers=headers) as client:
        tell = telling(client, settings) if settings.notify_url else None
        app = create_app(Push(inbox, key), tell)
        config = uvicorn.Config(
            app, settings.host, settings.port, access_log=False, log_level="warning"
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    main()
