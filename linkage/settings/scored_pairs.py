"""``conf/method/scored_pairs.toml``: how pairs are compared, and how the models are learnt."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from linkage.platform.settings import Settings

CASES, JONCTIONS, PERSONS = MODELS = ("cases", "jonctions", "persons")
"""The models of ``conf/method/scored_pairs.toml``. Their places are in agreement patterns: add none before the last."""


class ComparisonSettings(Settings):
    """One comparison of two records: its kind gives the levels."""

    name: str = Field(pattern=r"^[a-z_]+$")
    kind: Literal[
        "equality",
        "gap",
        "delay",
        "place",
        "offence",
        "rarity",
        "counts",
        "pv_key",
        "persons",
        "text",
        "swapped",
        "day",
        "birthplace",
        "free",
        "joined_offences",
        "joined_facts",
        "joined_persons",
    ]
    columns: tuple[str, ...] = Field(min_length=1)
    bounds: tuple[int, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    why: str


class EstimationSettings(Settings):
    """How the model's parameters are learnt."""

    max_pairs: int = Field(ge=1000)
    seed: int
    least: float = Field(default=0.0, ge=0, lt=0.5)
    """No m or u below: what no pair of a bounded sample reached is rare, not impossible."""
    least_pairs: int = Field(default=0, ge=0)
    """With fewer pairs nothing is learnt, and the model proposes none."""
    why: str


class ModelSettings(Settings):
    """One model: how two records are compared, how its parameters are learnt, which pairs are kept."""

    model: ClassVar[str] = CASES

    weight_floor: float = Field(ge=-50, le=50)
    why_weight_floor: str
    scorer: Literal["projection", "predict"] = "projection"
    estimation: EstimationSettings
    comparisons: tuple[ComparisonSettings, ...] = Field(min_length=1)

    @property
    def compared(self) -> list[str]:
        """Return the columns that comparisons look at, each once."""
        return list(dict.fromkeys(column for comparison in self.comparisons for column in comparison.columns))


class PersonsSettings(ModelSettings):
    """The model of persons, and the cases whose persons it compares."""

    model: ClassVar[str] = PERSONS

    case_weight: float = Field(ge=-50, le=50)
    why_case_weight: str
    learnt_from: tuple[str, ...] = Field(min_length=1)
    why_learnt_from: str


class JonctionsSettings(ModelSettings):
    """The model of procedures joined to an affair, and the blocking rules whose pairs it scores."""

    model: ClassVar[str] = JONCTIONS

    rules: tuple[str, ...] = Field(min_length=1)


class ScoredPairsSettings(ModelSettings):
    """``conf/method/scored_pairs.toml``: the models of cases, of jonctions and of persons."""

    jonctions: JonctionsSettings
    persons: PersonsSettings

    @model_validator(mode="before")
    @classmethod
    def _one_scorer(cls, declared: Any) -> Any:
        """Give the other models the scorer of cases, unless they name their own."""
        if isinstance(declared, dict) and "scorer" in declared:
            for name in ("jonctions", "persons"):
                if isinstance(declared.get(name), dict):
                    declared = {**declared, name: {"scorer": declared["scorer"], **declared[name]}}
        return declared
