"""What the job ``study_extracts`` reads and writes; the study itself is in ``linkage.study_extracts``."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.study_extracts import link_errors, names
from jobs.study_extracts.register import Register
from linkage.concepts import crossings
from linkage.concepts.lineage import cut_lineage
from linkage.governance import keys
from linkage.governance.pseudonyms import Pseudonyms
from linkage.platform import config
from linkage.platform.errors import ContractError, InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.settings.study_extracts import StudySettings, StudyUnit
from linkage.study_extracts import course, microdata, population, published, tables
from linkage.study_extracts.disclosure import counts, door, releases
from linkage.study_extracts.population import Base
from linkage.tables import linked_base
from linkage.tables.quality import Estimate, Subgroup, Weight
from linkage.tables.study_extracts import Cell, Delay, Extract, Mark, Release, ReleasedDelay, of_study
from linkage.tables.versions import Version
from linkage.versions import method, nomenclatures, publication

KEY_ID = "key_id"
"""In the metadata of a write: the id of the key of the base that was read."""


@dataclass(frozen=True)
class Cases:
    """The cases of a study with their course, by unit; and the victims again through safer links alone."""

    units: Mapping[StudyUnit, DataFrame]
    by_least_weight: DataFrame
    unweighted: int
    """Linked procedures whose crossing has no weight: each stands for itself."""


@dataclass(frozen=True)
class Made:
    """One study, protected: everything in it may leave."""

    study: StudySettings
    version: str
    extraction: datetime.date
    cells: pd.DataFrame
    delays: pd.DataFrame
    marks: pd.DataFrame
    release: pd.DataFrame
    released_delays: pd.DataFrame
    extract: DataFrame
    left_out: float
    estimates: pd.DataFrame
    labels: Mapping[str, Mapping[str, str]]


class Study:
    """One study of one version of the analysts' base."""

    def __init__(self, store: Store, version: str, study: StudySettings, key_file: str) -> None:
        self.store, self.version, self.study, self.key_file = store, version, study, key_file
        self.key_id = keys.key_id(keys.derive(keys.read_key(key_file), keys.BASE))
        rows = store.read_or_empty(Version).select(Version.version, Version.created_at, Version.deliveries).collect()
        self.published = {row[Version.version]: row[Version.created_at] for row in rows}
        publication.require_among(version, self.published)
        self.row = next(row for row in rows if row[Version.version] == version)
        self.declaration = config.settings_hash(study)[:16]
        self.families = nomenclatures.families_of_motives()
        self.names = names.read(study)
        conjugal = nomenclatures.conjugal_offences()
        self.natinf: Sequence[str] = population.codes(study.population, conjugal)
        kinds: tuple[type[Table], ...] = (Cell, Delay, Mark, Extract)
        self.tables: dict[type[Table], type[Table]] = {
            table: of_study(table, study.study, study.microdata.columns if table is Extract else ()) for table in kinds
        }

    def of(self, table: type[Table]) -> DataFrame:
        """Return the version's slice of a table, empty when there is none."""
        return self.store.read_or_empty(table).where(F.col(Version.version) == self.version)

    def extraction(self) -> datetime.date:
        """Return the day until which every delivery of justice says what happened: the first of their extractions."""
        days = [
            datetime.date.fromisoformat(day)
            for source, _, day, *_ in (delivery.split(" ") for delivery in self.row[Version.deliveries])
            if source == "cassiopee" and day[:1].isdigit()
        ]
        if not days:
            raise ContractError(f"version {self.version}: no delivery of cassiopee says when it was extracted.")
        return min(days)

    def base(self) -> Base:
        """Return the analysts' tables of the version.

        Raises
        ------
        InputError
            The base of this version has not been made, or not under this key, or releases were made under another.
        """
        self._require_key()
        return Base(**{table.path.split("/")[1]: self._base(table) for table in linked_base.TABLES})

    def _require_key(self) -> None:
        """Refuse another key than that of the base and of earlier releases: their differences would tell."""
        of_base = self.store.metadata(linked_base.Procedure).get(linked_base.KEY_IDS, {})
        found = {
            f"the base of version {self.version}": of_base.get(self.version),
            "the releases of this lake": self.store.metadata(Release).get(KEY_ID, self.key_id),
        }
        problems = [
            f"--key: key {self.key_id} given; {what}: key {other or 'unknown'} found. Give that key, or run the job "
            "linked_base again."
            for what, other in found.items()
            if other != self.key_id
        ]
        if self.store.exists(linked_base.Procedure) and problems:
            raise InputError(problems)

    def cases(self, base: Base) -> Cases:
        """Return victims, procedures and mis en cause of the study, with their course.

        Raises
        ------
        InputError
            Nobody in the base is of the study's population, or nobody of one of its years.
        ContractError
            Too many linked procedures have no weight.
        """
        counting = self.study.counting
        offences = population.procedures(base, self.study, self.natinf, self.names.regions)
        weighted = population.weighted(offences, self.of(Weight)).transform(cut_lineage)
        unweighted = self._count_unweighted(weighted, base)
        procedures = weighted.fillna(crossings.ALONE, [population.POIDS])
        authors = course.authors(base.evenements, self.families).transform(cut_lineage)
        victims = population.victims(base, procedures, self.study).transform(cut_lineage)
        oriented = course.of_victims(victims, base, authors, counting)
        people = population.mis_en_cause(base, procedures, self.study)
        extraction = self.extraction()
        known = course.describe_courses(oriented, self.families, extraction=extraction).transform(cut_lineage)
        units: dict[StudyUnit, DataFrame] = {
            "procedure": course.of_procedures(known),
            "mis_en_cause": course.of_mis_en_cause(people, base, authors),
        }
        named = {
            unit: course.describe_courses(frame, self.families, extraction=extraction) for unit, frame in units.items()
        }
        named = {"victime": known, **named}
        self._some(known)
        weights = self.study.sensitivity.match_weights
        by_least_weight = course.by_least_weight(victims, base, authors, counting, weights)
        return Cases(named, by_least_weight, unweighted)

    def _count_unweighted(self, procedures: DataFrame, base: Base) -> int:
        counted = population.count_unweighted(procedures, base.liens).collect()[0]
        largest = method.quality_settings().weights.largest_unweighted
        crossings.refuse_unweighted(counted["unweighted"], counted["linked"], largest=largest)
        return int(counted["unweighted"])

    def _base(self, table: type[Table]) -> DataFrame:
        rows = self.store.read(table).where(F.col(Version.version) == self.version)
        if table is linked_base.Procedure and rows.isEmpty():
            raise InputError(f"--version {self.version}: not in the base. Run the job linked_base for it first.")
        return rows

    def _some(self, victims: DataFrame) -> None:
        of = self.study.population
        years = range(of.first_year, of.last_year + 1)
        found = {row["millesime"] for row in victims.select("millesime").distinct().collect()}
        missing = [str(year) for year in years if str(year) not in found]
        if missing:
            raise InputError(
                f"conf/studies/{self.study.study}.toml: population {of.first_year}-{of.last_year}: nobody recorded in "
                f"{', '.join(missing)} in version {self.version}; found {', '.join(sorted(found)) or 'no year'}."
            )

    def protected(self, cases: Cases) -> Made:
        """Return every table, delay and row of the study through the door of disclosure; nothing is written."""
        study, version, rules = self.study, self.version, self.study.disclosure
        victims = cases.units["victime"]
        of = counts.population(study, self.natinf)
        before = Register(self.store, study, version, self.published)
        earlier = before.cells(of, self.names.regions)
        counted = tables.count_cases(cases.units, cases.by_least_weight, study)
        # One seed for all studies: what two of them count alike, they show alike.
        seed = keys.derive(keys.read_key(self.key_file), keys.ROUNDING)
        protected = door.protect(
            counts.name_counts(counted.cells, of, self.names.regions), rules, seed=seed, earlier=earlier
        )
        cells = published.shape_cells(protected, study, version=version)
        persons = microdata.select_candidates(victims, study.microdata).transform(cut_lineage)
        steps, left_out = microdata.climb_ladder(microdata.count_crossings(persons, study.microdata), study.microdata)
        declaration = self.declaration
        release = releases.register_release(
            protected, of, rules, study=study.study, version=version, declaration=declaration
        )
        delays = published.shape_delays(tables.compute_medians(counted.delays), cells, study, version=version)
        delays, released = before.delays(
            delays, counted.delays, of, seed, release=str(release[Release.release].iloc[0])
        )
        return Made(
            study=study,
            version=version,
            extraction=self.extraction(),
            cells=cells,
            delays=delays,
            released_delays=released,
            marks=published.shape_marks(cells, version=version),
            release=release,
            extract=microdata.draw_extract(
                persons, study.microdata, steps=steps, pseudonym=self._pseudonym(declaration)
            ),
            left_out=left_out,
            estimates=link_errors.select_errors(self.of(Estimate), self.of(Subgroup)).toPandas(),
            labels=self.names.labels,
        )

    def _pseudonym(self, declaration: str) -> Callable[[Column], Column]:
        made = Pseudonyms.derived(self.key_file, keys.EXTRACT)
        extract = f"{self.study.study}/{self.version}/{declaration}"

        def pseudonym(identifier: Column) -> Column:
            return made.of("extrait", F.lit(extract), identifier)

        return pseudonym

    def write(self, made: Made) -> dict[str, int]:
        """Write the tables of the study in the lake, all at once; return the rows written by table."""
        in_version = publication.in_version(self.version)
        store, rows = self.store, {Cell: made.cells, Delay: made.delays, Mark: made.marks}
        study: dict[type[Table], DataFrame] = {
            self.tables[Extract]: made.extract.withColumn(Extract.version, F.lit(self.version)),
            **{self.tables[kind]: store.from_pandas(frame, self.tables[kind]) for kind, frame in rows.items()},
        }
        register: dict[type[Table], DataFrame] = {
            Release: store.from_pandas(made.release, Release),
            ReleasedDelay: store.from_pandas(made.released_delays, ReleasedDelay),
        }
        in_release = f"{Release.release} = '{made.release[Release.release].iloc[0]}'"
        with store.together([*study, *register]):
            made_with = {KEY_ID: self.key_id}
            written = store.write_each(study, slice=in_version, metadata=made_with)
            written |= store.write_each(register, slice=in_release, metadata=made_with)
        return {table.path: nb for table, nb in written.items()}
