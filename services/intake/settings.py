"""What intake's process is told besides what every service is."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class IntakeSettings(BaseSettings):
    """`MOTCUA_STATUS_PAGE`: the address of the citizens' page, before the token.

    `MOTCUA_DUPLICATES_REFUSED`: procedures, as a JSON list, of which a likely duplicate is refused
    and not only pointed at.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    status_page: str = "/status"
    duplicates_refused: frozenset[str] = frozenset()
