"""``conf/method/sources.toml``: which delivered rows are refused."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from linkage.platform.settings import Settings


class SourcesSettings(Settings):
    """``conf/method/sources.toml``: what makes a delivered row or date unusable, and when that is too much."""

    max_rejected_share: float = Field(ge=0, le=1)
    why_max_rejected_share: str
    max_blanked_share: float = Field(ge=0, le=1)
    why_max_blanked_share: str
    first_date: date
    why_first_date: str
    years_after_vintage: int = Field(ge=0)
    why_years_after_vintage: str
    max_other_vintage_share: float = Field(ge=0, le=1)
    why_max_other_vintage_share: str
