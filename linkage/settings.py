"""The method's knobs: typed, frozen, unknown keys refused. Values and reasons live under ``conf/``."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

CASES, JONCTIONS, PERSONS = MODELS = ("cases", "jonctions", "persons")
"""The models of ``conf/method/scored_pairs.toml``. Their places are in agreement patterns: add none before the last."""


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
        """Which procedures and which references the rule looks at."""
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
            found = [getattr(rule, looks_at) for rule in self.rules]
            if found[0] != "all":
                raise ValueError(f"the first rule says what is settled: {found[0]!r} {looks_at} found, 'all' expected")
            if self.settled is None and "unsettled" in found:
                raise ValueError(f"rules that look at unsettled {looks_at} need a group settled")
        return self


class ComparisonSettings(Settings):
    """One comparison of two records: its kind gives the levels."""

    name: str = Field(pattern=r"^[a-z_]+$")
    kind: Literal[
        "equality",
        "gap",
        "delay",
        "place",
        "offence",
        "counts",
        "pv_key",
        "persons",
        "text",
        "swapped",
        "day",
        "birthplace",
        "free",
        "joined_offences",
        "joined_counts",
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
        """The columns that comparisons look at, each once."""
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
        """The scorer of cases is that of the other models, unless they name their own."""
        if isinstance(declared, dict) and "scorer" in declared:
            for name in ("jonctions", "persons"):
                if isinstance(declared.get(name), dict):
                    declared = {**declared, name: {"scorer": declared["scorer"], **declared[name]}}
        return declared


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
    beyond: bool = False
    why: str

    @model_validator(mode="after")
    def _order(self) -> PassSettings:
        if self.review > self.threshold:
            raise ValueError(f"review must not exceed threshold, found {self.review} and {self.threshold}")
        return self


class SecondAffaireSettings(Settings):
    """When an affair left with nothing takes a procedure that already has another: levels reached, and a weight."""

    name: str
    levels: dict[str, tuple[str, ...]]
    threshold: float = Field(ge=-50, le=100)
    why: str


class PersonLinksSettings(Settings):
    """When two persons of a retained link are the same."""

    threshold: float = Field(gt=0, le=100)
    role_change_threshold: float = Field(gt=0, le=100)
    max_assigned: int = Field(ge=1)
    why: str

    @model_validator(mode="after")
    def _order(self) -> PersonLinksSettings:
        if self.threshold > self.role_change_threshold:
            raise ValueError("role_change_threshold must not be below threshold")
        return self


class PersonsFeedbackSettings(Settings):
    """How the persons move the weight of their case; the labels are those of the case model's comparison."""

    comparison: str
    nobody: tuple[str, ...]
    one_birth: tuple[str, ...]
    sure: float = Field(ge=-50, le=100)
    gain: float = Field(ge=0, le=20)
    chance: float = Field(ge=-50, le=100)
    loss: float = Field(ge=0, le=20)
    why: str


class LinksSettings(Settings):
    """``conf/method/links.toml``. Without ``persons``, records are linked and nobody in them."""

    margin: float = Field(ge=0, le=50)
    why_margin: str
    rounds: int = Field(ge=1, le=10)
    why_rounds: str
    max_dossier: int = Field(ge=2)
    why_max_dossier: str
    passes: tuple[PassSettings, ...] = Field(min_length=1)
    second_affaire: tuple[SecondAffaireSettings, ...] = ()
    persons: PersonLinksSettings | None = None
    persons_feedback: PersonsFeedbackSettings | None = None


class ReviewSettings(Settings):
    """The sample for clerical review: how many pairs, in which strata, on which guesses."""

    pairs: int = Field(ge=1, le=5000)
    why_pairs: str
    minimum: int = Field(ge=1)
    why_minimum: str
    bounds: tuple[float, ...] = Field(min_length=1)
    why_bounds: str
    true_share: dict[Literal["retenu", "a_revoir", "ecarte"], tuple[float, ...]]
    why_true_share: str
    seed: int

    @model_validator(mode="after")
    def _bands(self) -> ReviewSettings:
        if list(self.bounds) != sorted(set(self.bounds)):
            raise ValueError(f"bounds must increase, found {list(self.bounds)}")
        if missing := {"retenu", "a_revoir", "ecarte"} - self.true_share.keys():
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
    union_europeenne: tuple[str, ...]
    named_above: int = Field(ge=0)
    named_gap: float = Field(ge=0, le=1)
    why_named: str


class WeightsSettings(Settings):
    """The cells in which linked procedures stand for those that are not."""

    variables: tuple[Literal["avec_mis_en_cause", "famille", "force", "millesime", "code_departement"], ...]
    why_variables: str
    smallest_cell: int = Field(ge=1)
    smallest_linked: int = Field(ge=1)
    why_smallest_cell: str


class ReportSettings(Settings):
    """How much the report shows."""

    most_rows: int = Field(ge=1)
    why_most_rows: str
    bin_bits: float = Field(gt=0)


class EstimatesSettings(Settings):
    """Error rates without truth: how many sure keys are hidden, and how unsure the methods are together."""

    hidden: int = Field(ge=100)
    hidden_share: float = Field(gt=0, le=1)
    seed: int
    why_hidden: str
    unseen_precision: float = Field(ge=0, le=1)
    unseen_recall: float = Field(ge=0, le=1)
    why_unseen: str


class QualitySettings(Settings):
    """``conf/method/quality.toml``: how a version is judged; it makes no link."""

    review: ReviewSettings
    subgroups: SubgroupsSettings
    weights: WeightsSettings
    report: ReportSettings
    estimates: EstimatesSettings


Grain = Literal["jour", "mois", "annee"]


class DatesGrain(Settings):
    """How precise dates are in the analysts' base; a coarser date is the first day of its month or year."""

    procedure: Grain
    why_procedure: str
    faits: Grain
    why_faits: str


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
    """Countries in three groups: France, the rest of the European Union, the rest."""

    union_europeenne: tuple[str, ...]
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


class LinkedBaseSettings(Settings):
    """``conf/method/linked_base.toml``: one profile, what it sees of each fact."""

    profile: str
    dates: DatesGrain
    ages: AgesGrain
    communes: CommunesGrain
    pays: PaysGrain
    personnes: PersonnesGrain
    words: WordsKept


StudyUnit = Literal["victime", "procedure", "mis_en_cause"]
StudyGrouping = Literal["genre", "natinf", "sexe", "tranche_age", "force", "millesime", "code_departement", "region"]
StudyIndicator = Literal["orientation", "famille_motif", "motif", "mode", "decision"]
StudyDelay = Literal["enregistrement_arrivee", "arrivee_orientation", "orientation_decision", "enregistrement_fin"]
TRAITS_OF_PERSONS = ("sexe", "tranche_age")


class StudyPopulation(Settings):
    """Whom a study is about: age, years of recording, offences, and tie of the victim with the author."""

    first_year: int = Field(ge=1990, le=2100)
    last_year: int = Field(ge=1990, le=2100)
    smallest_age: int = Field(ge=0, le=90)
    est_conjugal: bool
    natinf: tuple[str, ...]
    why_natinf: str
    lien_auteur: tuple[str, ...]
    unknown_tie: bool
    why_lien_auteur: str
    why: str

    @model_validator(mode="after")
    def _some(self) -> StudyPopulation:
        if self.first_year > self.last_year:
            raise ValueError(f"first_year must not exceed last_year, found {self.first_year} and {self.last_year}")
        if not (self.est_conjugal or self.natinf):
            raise ValueError("est_conjugal or natinf must name the offences of the study")
        return self


class StudyCounting(Settings):
    """What counts once, and which affair and author speak for a victim who has several."""

    once_per: Literal["procedure", "dossier"]
    several_affaires: Literal["recognised", "all"]
    several_authors: Literal["furthest"]
    why: str


class StudyAges(Settings):
    """Lower bounds of the age bands."""

    bounds: tuple[int, ...] = Field(min_length=1)
    why: str

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
        return self


class StudyDelays(Settings):
    """Delays between steps, by cohort."""

    by: StudyGrouping
    steps: tuple[StudyDelay, ...] = Field(min_length=1)
    why: str


class StudySensitivity(Settings):
    """Link weights from which the headline is computed again."""

    match_weights: tuple[float, ...] = Field(min_length=1)
    why: str


class DisclosureSettings(Settings):
    """What may be shown of counts; the floor of the threshold is 10."""

    threshold: int = Field(ge=10)
    base: Literal[5, 10]
    hidden_width: int = Field(ge=2)
    rounded_width: int = Field(ge=2)
    median_base: int = Field(ge=1)
    rounds: int = Field(ge=1, le=200)
    why: str

    @model_validator(mode="after")
    def _widths(self) -> DisclosureSettings:
        if self.hidden_width > self.threshold - 1:
            raise ValueError(f"hidden_width must be below threshold: a hidden cell holds 0 to {self.threshold - 1}")
        if self.rounded_width > self.base - 1:
            raise ValueError(f"rounded_width must be below base: a rounded count spans {self.base - 1} units")
        return self


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
    most_suppressed: float = Field(ge=0, lt=1)
    ladder: tuple[LadderStep, ...]
    why: str

    @model_validator(mode="after")
    def _declared(self) -> MicrodataSettings:
        named = {*self.quasi_identifiers, *self.trajectory, self.sensitive, *(step.column for step in self.ladder)}
        if missing := sorted(named - set(self.columns)):
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

    @model_validator(mode="after")
    def _names(self) -> StudySettings:
        for what, names in (("tables", [one.name for one in self.tables]), ("kinds", [one.name for one in self.kinds])):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what}: {', '.join(twice)} declared twice")
        # Those that a study makes itself are told apart by their names.
        own = [one.name for one in self.tables if one.name.startswith("liaison_") or one.name.endswith("sensibilite")]
        if own:
            raise ValueError(
                f"tables: {', '.join(own)}: names that start with liaison_ or end with sensibilite are kept"
            )
        codes = [code for kind in self.kinds for code in {*kind.natinf}]
        if several := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"kinds: natinf {', '.join(several)} declared in several; each offence is of one kind")
        return self
