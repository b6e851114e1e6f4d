"""What every settings file has in common: typed, frozen, unknown keys refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A group of settings; a key that is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Environment(Settings):
    """One place where jobs run: ``conf/env/<name>.toml``."""

    spark: str
    """The properties file under ``conf/spark/``, without ``.conf``."""
    key_file: str | None = None
    """The pseudonymisation key, where ``--key`` is not given; outside the lake."""
