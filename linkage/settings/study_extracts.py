"""The method's knobs: typed, frozen, unknown keys refused. Values and reasons live under ``conf/``."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from linkage.platform.settings import Settings
from linkage.settings.linked_base import SeveralAffaires

StudyUnit = Literal["victime", "procedure", "mis_en_cause"]
StudyGrouping = Literal[
    "genre",
    "formes",
    "natinf",
    "sexe",
    "tranche_age",
    "lien_auteur",
    "deja_victime",
    "force",
    "millesime",
    "code_departement",
    "region",
    "code_tj",
    "petit_x",
]
StudyIndicator = Literal["orientation", "famille_motif", "motif", "mode", "decision", "culpabilite", "mois_fin"]
StudyDelay = Literal["enregistrement_arrivee", "arrivee_orientation", "orientation_decision", "enregistrement_fin"]
TRAITS_OF_VICTIMS = ("lien_auteur", "deja_victime")
TRAITS_OF_PERSONS = ("sexe", "tranche_age", *TRAITS_OF_VICTIMS)
Reason = Annotated[str, Field(exclude=True)]
"""Why a choice was made. It is no part of the declaration's imprint: a reason reworded moves no pseudonym."""

Wording = Annotated[str, Field(exclude=True)]
"""How readers are told, in French: no part of the imprint either."""


class StudyPopulation(Settings):
    """Whom a study is about: age, years of recording, offences, and tie of the victim with the author."""

    first_year: int = Field(ge=1990, le=2100)
    last_year: int = Field(ge=1990, le=2100)
    smallest_age: int = Field(ge=0, le=90)
    offences: Wording
    est_conjugal: bool
    natinf: tuple[str, ...]
    why_natinf: Reason
    lien_auteur: tuple[str, ...]
    unknown_tie: bool
    why_lien_auteur: Reason
    why: Reason

    @model_validator(mode="after")
    def _some(self) -> StudyPopulation:
        if self.first_year > self.last_year:
            raise ValueError(f"first_year must not exceed last_year, found {self.first_year} and {self.last_year}")
        if not (self.est_conjugal or self.natinf):
            raise ValueError("est_conjugal or natinf must name the offences of the study")
        return self


class StudyCounting(Settings):
    """What counts once, and which affairs speak for a victim who has several; of their authors, the furthest does."""

    once_per: Literal["procedure", "dossier"]
    several_affaires: SeveralAffaires
    why: Reason


class StudyAges(Settings):
    """Lower bounds of the age bands."""

    bounds: tuple[int, ...] = Field(min_length=1)
    why: Reason

    @model_validator(mode="after")
    def _increasing(self) -> StudyAges:
        if list(self.bounds) != sorted(set(self.bounds)):
            raise ValueError(f"bounds must increase, found {list(self.bounds)}")
        return self


class StudyKind(Settings):
    """A kind of offence: a person with several kinds is in a category of their own."""

    name: str = Field(pattern=r"^[a-z_]+$")
    label: str
    natinf: tuple[str, ...] = Field(min_length=1)


class StudyTable(Settings):
    """One table: an indicator's categories in columns, a grouping's in rows."""

    name: str = Field(pattern=r"^[a-z_]+$")
    title: str
    unit: StudyUnit
    by: StudyGrouping
    indicator: StudyIndicator

    @model_validator(mode="after")
    def _of_unit(self) -> StudyTable:
        if self.unit == "procedure" and self.by in TRAITS_OF_PERSONS:
            raise ValueError(f"a procedure has no {self.by}; group procedures by another variable or count persons")
        if self.unit == "mis_en_cause" and self.by in TRAITS_OF_VICTIMS:
            raise ValueError(f"a mis en cause has no {self.by}; group them by another variable or count victims")
        return self


class StudyDelays(Settings):
    """Delays between steps, by cohort."""

    by: StudyGrouping
    steps: tuple[StudyDelay, ...] = Field(min_length=1)
    why: Reason


class StudySensitivity(Settings):
    """Link weights from which the headline is computed again."""

    match_weights: tuple[float, ...] = Field(min_length=1)
    why: Reason


class DisclosureSettings(Settings):
    """What may be shown of counts; the floor of the threshold is 10.

    A count is perturbed to one of the two multiples of ``base`` around it: a value that is shown stands for the
    ``2 * base - 1`` counts less than ``base`` away from it, and for fewer beside the threshold.
    """

    threshold: int = Field(ge=10)
    blur: int = Field(ge=1, le=5)
    base: Literal[5, 10]
    certainty: float = Field(gt=0, lt=1)
    """The greatest chance that an attacker may have of guessing right a count from 1 to the threshold."""
    median_base: int = Field(ge=1)
    rounds: int = Field(ge=1, le=200)
    why: Reason


class LadderStep(Settings):
    """One way to make a column coarser: categories that are not named become ``*``."""

    column: StudyGrouping
    to: dict[str, str]


class MicrodataSettings(Settings):
    """What an extract holds of each person, and how alike persons must be."""

    columns: tuple[StudyGrouping | StudyIndicator | Literal["mois_orientation", "mois_fin"], ...] = Field(min_length=1)
    quasi_identifiers: tuple[StudyGrouping, ...] = Field(min_length=1)
    trajectory: tuple[Literal["mois_orientation", "mois_fin"], ...]
    sensitive: StudyIndicator
    k: int = Field(ge=3)
    l: int = Field(ge=2)  # noqa: E741
    t: float = Field(gt=0, le=1)
    sample: float = Field(gt=0, lt=1)
    most_suppressed: float = Field(ge=0, lt=1)
    ladder: tuple[LadderStep, ...]
    why: Reason

    @model_validator(mode="after")
    def _declared(self) -> MicrodataSettings:
        named_columns = {
            *self.quasi_identifiers,
            *self.trajectory,
            self.sensitive,
            *(step.column for step in self.ladder),
        }
        if missing := sorted(named_columns - set(self.columns)):
            raise ValueError(f"{', '.join(missing)}: not among columns ({', '.join(self.columns)})")
        traits = set(get_args(StudyGrouping)) & set(self.columns)
        if left := sorted(traits - set(self.quasi_identifiers)):
            raise ValueError(f"{', '.join(left)}: what others may know of a person belongs in quasi_identifiers")
        return self


class StudySettings(Settings):
    """``conf/studies/<study>.toml``: one study, whole."""

    study: str = Field(pattern=r"^[a-z_]+$")
    title: str
    population: StudyPopulation
    counting: StudyCounting
    ages: StudyAges
    kinds: tuple[StudyKind, ...] = Field(min_length=1)
    tables: tuple[StudyTable, ...] = Field(min_length=1)
    delays: StudyDelays
    sensitivity: StudySensitivity
    disclosure: DisclosureSettings
    microdata: MicrodataSettings

    @property
    def described_by(self) -> set[str]:
        """Return the groupings and the indicators that the study names: what it does not name is not computed."""
        return {
            self.delays.by,
            *(name for table in self.tables for name in (table.by, table.indicator)),
            *self.microdata.columns,
        }

    @model_validator(mode="after")
    def _names(self) -> StudySettings:
        for what, names in (("tables", [one.name for one in self.tables]), ("kinds", [one.name for one in self.kinds])):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what}: {', '.join(twice)} declared twice")
        # Those that a study makes itself are told apart by their names.
        reserved_names = [
            one.name for one in self.tables if one.name.startswith("liaison_") or one.name.endswith("sensibilite")
        ]
        if reserved_names:
            raise ValueError(
                f"tables: {', '.join(reserved_names)}: names that start with liaison_ or end with sensibilite are kept"
            )
        codes = [code for kind in self.kinds for code in {*kind.natinf}]
        if several := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"kinds: natinf {', '.join(several)} declared in several; each offence is of one kind")
        return self
