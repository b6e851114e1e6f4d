"""The method's knobs: typed, frozen, unknown keys refused. Values and reasons live under ``conf/``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A group of settings; a key that is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
