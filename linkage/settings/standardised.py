"""``conf/method/standardised.toml``: how delivered values are read."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from linkage.platform.settings import Settings


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


class SharedValues(Settings):
    """When a code or a birth is borne by too many persons to be anybody's own."""

    csns_least: int = Field(ge=2)
    csns_agreeing: float = Field(gt=0, le=1)
    naissance_least: int = Field(ge=2)
    naissance_share: float = Field(gt=0, le=1)
    why: str


class StandardisedSettings(Settings):
    """``conf/method/standardised.toml``."""

    pv_key: PvKeySettings
    csns: CsnsSettings
    placeholder_days: PlaceholderDays
    shared_values: SharedValues
