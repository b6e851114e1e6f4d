"""The method's knobs: typed, frozen, unknown keys refused. Values and reasons live under ``conf/``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Settings(BaseModel):
    """A group of settings; a key that is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Environment(Settings):
    """One place where jobs run: ``conf/env/<name>.toml``."""

    spark: str
    """The properties file under ``conf/spark/``, without ``.conf``."""
    key_file: str | None = None
    """The pseudonymisation key, where ``--key`` is not given; outside the lake."""


class Window(Settings):
    """``low <= right - left <= high`` between a column of the procedure and one of the reference."""

    left: str
    right: str
    low: int
    high: int

    @model_validator(mode="after")
    def _bounds(self) -> Window:
        if self.low > self.high:
            raise ValueError(f"low must not exceed high, found {self.low} and {self.high}")
        return self


class BlockingRule(Settings):
    """What two records must have in common to be compared."""

    name: str
    agree: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    references: Literal["all", "unsettled", "beyond"]
    why: str

    @model_validator(mode="after")
    def _equality(self) -> BlockingRule:
        if not (self.agree or self.share):
            raise ValueError("a rule needs agree or share: a window alone would compare everything with everything")
        return self


class SettledSettings(Settings):
    """When a reference's key settles it."""

    days: int = Field(ge=0)
    agreements: int = Field(ge=0, le=4)
    why: str


class CandidatePairsSettings(Settings):
    """``conf/method/candidate_pairs.toml``."""

    settled: SettledSettings
    rules: tuple[BlockingRule, ...] = Field(min_length=1)
