"""``conf/method/candidate_pairs.toml``: which pairs are compared, and how many at most."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from linkage.platform.settings import Settings


class Window(Settings):
    """``low <= right - left <= high`` between a column of the procedure and one of the reference."""

    left: str
    right: str
    low: int
    high: int
    unknown: bool = False
    """Whether a pair with no value on one side passes; the first window of a rule, the bucket of its join, cannot."""

    @model_validator(mode="after")
    def _bounds(self) -> Window:
        if self.low > self.high:
            raise ValueError(f"low must not exceed high, found {self.low} and {self.high}")
        return self


class FinerKey(Settings):
    """What the pairs of a block above the budget must agree on besides: equal columns, near days, all known."""

    agree: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()

    @model_validator(mode="after")
    def _finer(self) -> FinerKey:
        if not (self.agree or self.windows):
            raise ValueError("a finer key needs agree or windows")
        if any(window.unknown for window in self.windows):
            raise ValueError("the windows of a finer key are buckets of the join: they cannot let unknown values pass")
        return self


class BlockingRule(Settings):
    """What two records must have in common to be compared."""

    name: str
    agree: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    finer: tuple[FinerKey, ...] = ()
    """For blocks above the budget, one after the other, each besides those before it."""
    procedures: Literal["all", "unsettled"] = "all"
    references: Literal["all", "unsettled", "beyond"]
    why: str

    @property
    def pool(self) -> tuple[str, str]:
        """Return which procedures and which references the rule looks at."""
        return self.procedures, self.references

    @model_validator(mode="after")
    def _equality(self) -> BlockingRule:
        if not (self.agree or self.share):
            raise ValueError("a rule needs agree or share: a window alone would compare everything with everything")
        if self.windows and self.windows[0].unknown:
            raise ValueError("the first window is the bucket of the join: it cannot let unknown values pass")
        return self


class SettledSettings(Settings):
    """When a reference's key settles it."""

    days: int = Field(ge=0)
    agreements: int = Field(ge=0, le=4)
    why: str


class BudgetSettings(Settings):
    """How many pairs may be compared: in one block, and per procedure in all."""

    pairs_per_block: int = Field(ge=1)
    why_pairs_per_block: str
    pairs_per_procedure: int = Field(ge=1)
    why_pairs_per_procedure: str


class CandidatePairsSettings(Settings):
    """``conf/method/candidate_pairs.toml``. Without ``settled``, the first rule settles nothing.

    Without ``budget``, nothing is forecast and every block is compared.
    """

    settled: SettledSettings | None = None
    budget: BudgetSettings | None = None
    rules: tuple[BlockingRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _pools(self) -> CandidatePairsSettings:
        names = [rule.name for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"rules: {', '.join(twice)}: one name for several rules")
        for looks_at in ("procedures", "references"):
            pools = [getattr(rule, looks_at) for rule in self.rules]
            if pools[0] != "all":
                raise ValueError(f"the first rule says what is settled: {pools[0]!r} {looks_at} found, 'all' expected")
            if self.settled is None and "unsettled" in pools:
                raise ValueError(f"rules that look at unsettled {looks_at} need a group settled")
        return self
