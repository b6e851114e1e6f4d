"""``conf/method/quality.toml``: how a version is judged."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from linkage.platform.settings import Settings

Status = Literal["retenu", "a_revoir", "ecarte"]


class ReviewSettings(Settings):
    """The sample for clerical review: how many pairs, in which strata, on which guesses."""

    pairs: int = Field(ge=1, le=5000)
    why_pairs: str
    minimum: int = Field(ge=1)
    why_minimum: str
    bounds: tuple[float, ...] = Field(min_length=1)
    why_bounds: str
    true_share: dict[Status, tuple[float, ...]]
    why_true_share: str
    seed: int

    @model_validator(mode="after")
    def _bands(self) -> ReviewSettings:
        if list(self.bounds) != sorted(set(self.bounds)):
            raise ValueError(f"bounds must increase, found {list(self.bounds)}")
        if missing := set(get_args(Status)) - self.true_share.keys():
            raise ValueError(f"true_share lacks {', '.join(sorted(missing))}")
        for status, shares in self.true_share.items():
            if len(shares) != len(self.bounds) + 1 or not all(0 < share < 1 for share in shares):
                raise ValueError(
                    f"true_share.{status} takes {len(self.bounds) + 1} shares between 0 and 1, one per band,"
                    f" found {list(shares)}"
                )
        return self


class SubgroupsSettings(Settings):
    """For whom the links are less sure: groups, intervals, what is protected and what is named."""

    confidence: float = Field(gt=0, lt=1)
    smallest: int = Field(ge=1)
    why_smallest: str
    age_bounds: tuple[int, ...] = Field(min_length=1)
    why_age_bounds: str
    group_spread: float = Field(ge=0)
    why_group_spread: str
    named_above: int = Field(ge=0)
    named_gap: float = Field(ge=0, le=1)
    named_gap_estimated: float = Field(ge=0, le=1)
    why_named: str


class WeightsSettings(Settings):
    """The cells in which linked procedures stand for those that are not."""

    variables: tuple[Literal["avec_mis_en_cause", "famille", "force", "millesime", "code_departement"], ...]
    why_variables: str
    smallest_cell: int = Field(ge=1)
    smallest_linked: int = Field(ge=1)
    why_smallest_cell: str
    largest_unweighted: float = Field(ge=0, le=1)
    why_largest_unweighted: str


class ReportSettings(Settings):
    """How much the report shows."""

    most_rows: int = Field(ge=1)
    why_most_rows: str
    bin_bits: float = Field(gt=0)
    base: int = Field(ge=1)
    why_base: str


class EstimatesSettings(Settings):
    """Error rates without truth: how many sure keys are hidden, and how unsure the methods are together."""

    hidden: int = Field(ge=100)
    hidden_share: float = Field(gt=0, le=1)
    seed: int
    why_hidden: str
    unseen_precision: float = Field(ge=0, le=1)
    unseen_recall: float = Field(ge=0, le=1)
    why_unseen: str


class WidthsSettings(Settings):
    """What blocking rules would bring with other windows: which widths are tried, on how many references."""

    factors: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1)
    why_factors: str
    references: int = Field(ge=1)
    why_references: str
    seed: int


class QualitySettings(Settings):
    """``conf/method/quality.toml``: how a version is judged; it makes no link."""

    review: ReviewSettings
    subgroups: SubgroupsSettings
    weights: WeightsSettings
    report: ReportSettings
    estimates: EstimatesSettings
    widths: WidthsSettings
