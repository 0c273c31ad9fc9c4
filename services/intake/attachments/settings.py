"""What intake is told of attachments."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class AttachmentSettings(BaseSettings):
    """`MOTCUA_ATTACHMENTS_…`; contents are in GridFS unless an S3 address is given."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_ATTACHMENTS_", frozen=True)

    elsewhere: frozenset[str] = frozenset()  # portals whose files lie elsewhere; `*`: all
    limits: Path | None = None  # a file of limits in place of ours
    open_uploads: int = Field(default=200, ge=1)  # of one portal, on their way at once
    open_bytes: int = Field(default=2 << 30, ge=1)  # the same, all together
    clamd: str = ""  # tcp://host:port or unix:///path; empty: files are `not_scanned`
    sweep_every_s: float = Field(default=30.0, gt=0)
    bucket_url: str = ""
    bucket_name: str = ""
    bucket_region: str = "us-east-1"
    bucket_key: Path | None = None  # a JSON file with `access_key` and `secret_key`

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.bucket_url and not (self.bucket_name and self.bucket_key):
            raise ValueError(
                "MOTCUA_ATTACHMENTS_BUCKET_URL needs …_BUCKET_NAME and …_BUCKET_KEY beside it"
            )
        return self
