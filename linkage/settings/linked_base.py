"""``conf/method/linked_base.toml``: how much analysts see of each fact."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from linkage.platform.settings import Settings

Grain = Literal["jour", "mois", "annee"]
SeveralAffaires = Literal["recognised", "all"]
"""Which affairs speak for a victim who has several: those in which she is recognised if there are any, or all."""


class DatesGrain(Settings):
    """How precise dates are in the analysts' base: one grain for all of them."""

    grain: Grain
    why: str
    why_delays: str


class Known(Settings):
    """What somebody may know of a person: the job says how many persons are alone on it."""

    name: str
    columns: tuple[str, ...] = Field(min_length=1)
    why: str


class AgesGrain(Settings):
    """Ages in place of births."""

    most: int = Field(ge=18, le=120)
    why: str


class CommunesGrain(Settings):
    """Which communes are named; the others are known by their département."""

    smallest_population_faits: int = Field(ge=0)
    smallest_population_residence: int = Field(ge=0)
    why: str


class PaysGrain(Settings):
    """Countries in three groups: France, the rest of the European Union (``conf/nomenclatures``), the rest."""

    why: str


class PersonnesGrain(Settings):
    """What is kept of a person."""

    same_person: bool
    why_same_person: str
    profession_digits: int = Field(ge=0, le=2)
    why_profession_digits: str
    most_children: int = Field(ge=1)
    why_most_children: str


class WordsKept(Settings):
    """Words that pass; any other could be free text."""

    situation_familiale: tuple[str, ...]
    evenement: tuple[str, ...]
    why: str


class SuitesSettings(Settings):
    """Whose course a person has who is in several affairs."""

    several_affaires: SeveralAffaires
    why: str


class LinkedBaseSettings(Settings):
    """``conf/method/linked_base.toml``: one profile, what it sees of each fact."""

    profile: str
    dates: DatesGrain
    unicite: tuple[Known, ...] = Field(min_length=1)
    ages: AgesGrain
    communes: CommunesGrain
    pays: PaysGrain
    personnes: PersonnesGrain
    words: WordsKept
    suites: SuitesSettings
