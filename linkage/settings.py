"""The method's knobs: typed, frozen, unknown keys refused. Values and reasons live under ``conf/``."""

from __future__ import annotations

from datetime import date
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


class ComparisonSettings(Settings):
    """One comparison of two records: its kind gives the levels."""

    name: str = Field(pattern=r"^[a-z_]+$")
    kind: Literal["equality", "gap", "delay", "place", "offence", "counts", "pv_key", "persons"]
    columns: tuple[str, ...] = Field(min_length=1)
    bounds: tuple[int, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    why: str


class EstimationSettings(Settings):
    """How the model's parameters are learnt."""

    max_pairs: int = Field(ge=1000)
    seed: int
    why: str


class ScoredPairsSettings(Settings):
    """``conf/method/scored_pairs.toml``."""

    weight_floor: float = Field(ge=-50, le=50)
    why_weight_floor: str
    estimation: EstimationSettings
    comparisons: tuple[ComparisonSettings, ...] = Field(min_length=1)


class PvKeySettings(Settings):
    """How the key of a PV is read."""

    two_digit_year_pivot: int = Field(ge=0, le=99)
    why: str


class CsnsSettings(Settings):
    """When a code statistique non signifiant is one."""

    min_length: int = Field(ge=1)
    why: str


class PlaceholderDays(Settings):
    """Days that a software writes for "unknown"."""

    naissance: tuple[date, ...]
    faits: tuple[date, ...]
    why: str


class StandardisedSettings(Settings):
    """``conf/method/standardised.toml``."""

    pv_key: PvKeySettings
    csns: CsnsSettings
    placeholder_days: PlaceholderDays


class SourcesSettings(Settings):
    """``conf/method/sources.toml``: what makes a delivered row or date unusable, and when that is too much."""

    max_rejected_share: float = Field(ge=0, le=1)
    why_max_rejected_share: str
    first_date: date
    why_first_date: str
    years_after_vintage: int = Field(ge=0)
    why_years_after_vintage: str
    max_other_vintage_share: float = Field(ge=0, le=1)
    why_max_other_vintage_share: str


class PassSettings(Settings):
    """One pass: the levels a pair must reach, and from which weight it is retained or looked at."""

    name: str
    levels: dict[str, tuple[str, ...]]
    threshold: float = Field(ge=-50, le=100)
    review: float = Field(ge=-50, le=100)
    several_affaires: bool = False
    second_affaire: float = Field(ge=-50, le=100)
    beyond: bool = False
    why: str

    @model_validator(mode="after")
    def _order(self) -> PassSettings:
        if self.review > self.threshold:
            raise ValueError(f"review must not exceed threshold, found {self.review} and {self.threshold}")
        return self


class LinksSettings(Settings):
    """``conf/method/links.toml``."""

    margin: float = Field(ge=0, le=50)
    why_margin: str
    rounds: int = Field(ge=1, le=10)
    why_rounds: str
    max_dossier: int = Field(ge=2)
    why_max_dossier: str
    passes: tuple[PassSettings, ...] = Field(min_length=1)
