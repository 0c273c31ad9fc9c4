"""What intake's process is told besides what every service is."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.intake.domain.receipt import CONTACTS
from shared.catalogue.forms import FORMS


class IntakeSettings(BaseSettings):
    """`MOTCUA_STATUS_PAGE`: the address of the citizens' page, before the token: operations' own,
    or a portal's that asks `POST /v1/status` there.

    `MOTCUA_DUPLICATES_REFUSED`: procedures, as a JSON list, of which a likely duplicate is refused
    and not only pointed at.

    `MOTCUA_FORMS`, `MOTCUA_CONTACTS`: the folder of forms and the file of how units are reached, in
    the place of those that are shipped.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    status_page: str = "http://127.0.0.1:8105/status"
    duplicates_refused: frozenset[str] = frozenset()
    forms: Path = FORMS
    contacts: Path = CONTACTS
