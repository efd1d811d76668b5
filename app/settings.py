"""Settings from the environment or `.env`, prefix `SWITCHBOARD_`. A wrong value stops the start and is named."""

import contextlib
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from channels.signature import key_of
from core.errors import ConfigurationError

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?")

Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Rates are per minute. What is not set works on one machine without any server."""

    model_config = SettingsConfigDict(env_prefix="SWITCHBOARD_", env_file=".env", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str = ""
    data: Path = Path("data")
    pack: str = "telecom"
    timezone: str = "Asia/Shanghai"
    secret_key: str = ""
    database_url: str = ""
    redis_url: str = ""
    qdrant_url: str = ""
    understanding: Literal["native"] = "native"
    engine: Literal["flows"] = "flows"
    admin_password: str = ""
    widget_secret: str = ""
    hook_secret: str = ""
    allowed_origins: Names = ()
    assist_origins: Names = ()
    trusted_proxies: Names = ()
    rate_limit_address: Annotated[int, Field(ge=1)] = 6000
    rate_limit_conversation: Annotated[int, Field(ge=1)] = 600
    file_limit_mb: Annotated[int, Field(ge=0, le=100)] = 10
    files_per_conversation: Annotated[int, Field(ge=1)] = 100
    anchor_url: str = ""
    min_free_mb: Annotated[int, Field(ge=0)] = 100
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("allowed_origins", "assist_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("assist_origins")
    @classmethod
    def _plain_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError("an origin is a scheme and a host, such as https://crm.example.com")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("no such time zone; use a name such as Asia/Shanghai")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgres://", "postgresql+asyncpg://", "sqlite:///")):
            raise ValueError("use postgresql://… or sqlite:///FILE, or leave it out for SQLite in the data folder")
        return value

    @field_validator("hook_secret")
    @classmethod
    def _readable_secret(cls, value: str) -> str:
        key_of(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("use redis://HOST:PORT/0")
        return value

    @field_validator("qdrant_url")
    @classmethod
    def _no_server_yet(cls, value: str) -> str:
        if value:
            raise ValueError("this version keeps its own index in the data folder; leave it out")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of opening hours and of dates that people say."""
        return ZoneInfo(self.timezone)

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file, or None with PostgreSQL."""
        if not self.database_url:
            return self.data / "switchboard.db"
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///"))
        return None

    def secret(self) -> str:
        """The key that signs tokens: the setting, else a random one kept in the data folder."""
        if self.secret_key:
            if len(self.secret_key) < 32:
                raise ConfigurationError("SWITCHBOARD_SECRET_KEY is too short: use at least 32 characters.")
            return self.secret_key
        path = self.data / "secret_key"
        if not path.exists():
            temporary = path.with_suffix(f".{os.getpid()}")
            temporary.touch(mode=0o600)
            temporary.write_text(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)  # whoever is first decides; the others read it
            temporary.unlink()
        return path.read_text().strip()


def load(**values: object) -> Settings:
    """Reads the settings. Raises ConfigurationError with one line that names the wrong one."""
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "SWITCHBOARD_" + str(first["loc"][0]).upper()
        raise ConfigurationError(f"{name}: {first['msg'].removeprefix('Value error, ')} (got {first['input']!r})") from None


def prepare(settings: Settings) -> None:
    """Makes the data folder. Raises ConfigurationError when it cannot be written."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe = settings.data / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {settings.data} cannot be written ({error.strerror}). "
            "Mend its rights or set SWITCHBOARD_DATA."
        ) from None
