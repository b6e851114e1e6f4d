"""What the job ``study_extracts`` reads and writes; the study itself is in ``linkage.study_extracts``."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from typing import Any

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.study_extracts import link_errors, names
from jobs.study_extracts.protected import Cases, ProtectedExtract, ProtectedTables
from jobs.study_extracts.register import MICRODATA, PUBLIC, RULES, TABLES, Register, cells_of
from linkage.concepts import courses, crossings
from linkage.concepts.courses import Base
from linkage.concepts.lineage import cut_lineage
from linkage.governance import keys
from linkage.governance.pseudonyms import Pseudonyms
from linkage.governance.seals import Seals
from linkage.platform import config
from linkage.platform.errors import ContractError, InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.settings.study_extracts import StudySettings, StudyUnit
from linkage.study_extracts import course, microdata, population, published, tables
from linkage.study_extracts.categories import categories
from linkage.study_extracts.disclosure import counts, door
from linkage.study_extracts.disclosure.delays import publish_medians
from linkage.tables import linked_base
from linkage.tables.quality import Estimate, Subgroup, Weight
from linkage.tables.study_extracts import Cell, Delay, HandOut, Mark, of_study
from linkage.tables.versions import Version
from linkage.versions import method, nomenclatures, publication


class Study:
    """One study of one version of the analysts' base."""

    def __init__(self, store: Store, version: str, study: StudySettings, key_file: str) -> None:
        self.store, self.version, self.study, self.key_file = store, version, study, key_file
        root = keys.read_key(key_file)
        self.key_id = keys.key_id(keys.derive(root, keys.BASE))
        rows = store.read_or_empty(Version).select(Version.version, Version.created_at).collect()
        self.published = {row[Version.version]: row[Version.created_at] for row in rows}
        publication.require_among(version, self.published)
        self.fictitious = publication.is_fictitious(store, version)
        self.declaration = config.settings_hash(study)[:16]
        self.families = nomenclatures.families_of_motives()
        self.names = names.read()
        conjugal = nomenclatures.conjugal_offences()
        self.natinf: Sequence[str] = population.codes(study.population, conjugal)
        self.categories = categories(
            study,
            natinf=self.natinf,
            regions=self.names.regions,
            motives=sorted(self.families),
            courts=[*nomenclatures.names_of_courts()],
        )
        kinds: tuple[type[Table], ...] = (Cell, Delay, Mark)
        self.tables: dict[type[Table], type[Table]] = {table: of_study(table, study.study) for table in kinds}
        self.register = Register(store, key_id=self.key_id, seals=Seals(root, keys.REGISTER))

    def of(self, table: type[Table]) -> DataFrame:
        """Return the version's slice of a table, empty when there is none."""
        return self.store.read_or_empty(table).where(F.col(Version.version) == self.version)

    def extraction(self) -> datetime.date:
        """Return the day until which every delivery of justice says what happened."""
        day = publication.extraction(self.store, self.version)
        if day is None:
            raise ContractError(f"version {self.version}: no delivery of cassiopee says when it was extracted.")
        return day

    def base(self) -> Base:
        """Return the analysts' tables of the version.

        Raises
        ------
        InputError
            The base of this version has not been made, or not under this key.
        """
        self._require_key()
        return Base(**{table.path.split("/")[1]: self._base(table) for table in linked_base.TABLES})

    def _require_key(self) -> None:
        """Refuse another key than that of the base: nothing would be the same noise, nor the same person."""
        base_key_id = self.store.metadata(linked_base.Procedure).get(linked_base.KEY_IDS, {}).get(self.version)
        if self.store.exists(linked_base.Procedure) and base_key_id != self.key_id:
            raise InputError(
                f"--key: key {self.key_id} given; the base of version {self.version}: key {base_key_id or 'unknown'} "
                "found. Give that key, or run the job linked_base again."
            )

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
        authors = courses.authors(base.evenements, self.families).transform(cut_lineage)
        victims = population.victims(base, procedures, self.study).transform(cut_lineage)
        oriented = courses.of_victims(victims, base, authors, several_affaires=counting.several_affaires)
        people = population.mis_en_cause(base, procedures, self.study)
        extraction = self.extraction()
        described_victims = course.describe_courses(oriented, extraction=extraction).transform(cut_lineage)
        units: dict[StudyUnit, DataFrame] = {
            "procedure": course.of_procedures(described_victims),
            "mis_en_cause": courses.of_mis_en_cause(people, base, authors),
        }
        described = {unit: course.describe_courses(frame, extraction=extraction) for unit, frame in units.items()}
        described = {"victime": described_victims, **described}
        self._some(described_victims)
        weights = self.study.sensitivity.match_weights
        by_least_weight = course.by_least_weight(victims, base, authors, counting, weights)
        return Cases(described, by_least_weight, unweighted)

    def _count_unweighted(self, procedures: DataFrame, base: Base) -> int:
        numbers = population.count_unweighted(procedures, base.liens).collect()[0]
        largest = method.quality_settings().weights.largest_unweighted
        crossings.refuse_unweighted(numbers["unweighted"], numbers["linked"], largest=largest)
        return int(numbers["unweighted"])

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

    def tables_of(self, cases: Cases) -> ProtectedTables:
        """Return every table and delay of the study through the door of disclosure; nothing is written."""
        study, version, rules = self.study, self.version, self.study.disclosure
        of = counts.population(study, self.natinf)
        earlier = self.register.released(rules, self.names.regions)
        counted = tables.count_cases(cases.units, cases.by_least_weight, study, self.categories)
        # One seed for all studies: what two of them count alike, they show alike.
        seed = keys.derive(keys.read_key(self.key_file), keys.ROUNDING)
        cells = self.register.seal(counts.name_counts(counted.cells, of, self.names.regions), of, version=version)
        before = [self.register.counts_of(release) for release in earlier]
        protected = door.protect(
            cells, rules, seed=seed, of=of, version=version, earlier=earlier, counted_before=before
        )
        shaped = published.shape_cells(protected, study, version=version)
        cohorts = [*self.categories.rows("victime", study.delays.by), tables.WHOLE]
        medians = publish_medians(counted.delays, study.delays.steps, cohorts, rules, seed=seed)
        return ProtectedTables(
            study=study,
            version=version,
            published=self.published[version].date(),
            extraction=self.extraction(),
            fictitious=self.fictitious,
            of=of,
            protected=protected,
            cells=shaped,
            delays=published.shape_delays(medians, shaped, study, version=version),
            marks=published.shape_marks(shaped, version=version),
            estimates=link_errors.select_errors(self.of(Estimate), self.of(Subgroup)).toPandas(),
            names=self.names,
        )

    def extract_for(self, cases: Cases, recipient: str) -> ProtectedExtract:
        """Return the extract of one recipient; nothing is written.

        Raises
        ------
        ContractError
            Persons would be alone in it.
        """
        rules = self.study.microdata
        name = f"{recipient}/{self.study.study}/{self.version}/{self.declaration}"
        pseudonyms = Pseudonyms.derived(self.key_file, f"{keys.EXTRACT}/{recipient}")

        def pseudonym(identifier: Column) -> Column:
            return pseudonyms.of("extrait", F.lit(name), identifier)

        persons = microdata.select_candidates(cases.units["victime"], rules, pseudonym).transform(cut_lineage)
        crossings, left_out = microdata.climb_ladder(microdata.count_crossings(persons, rules), rules)
        shown = [f"{column}{microdata.SHOWN}" for column in rules.columns]
        if alone := microdata.count_alone(crossings, shown, fewer=rules.k):
            raise ContractError(f"study_extracts: {alone} persons of the extract are alike with fewer than {rules.k}.")
        rows = microdata.draw_extract(persons, crossings, rules).transform(cut_lineage)
        return ProtectedExtract(
            study=self.study,
            version=self.version,
            fictitious=self.fictitious,
            rows=rows,
            nb=int(crossings[microdata.NB].sum()),
            alone=microdata.count_alone(crossings, shown, fewer=2),
            left_out=left_out,
        )

    def write(self, study_tables: ProtectedTables, *, code_version: str) -> dict[str, int]:
        """Write the hand-out, then the tables of the study in the lake, all at once; return the rows by table."""
        rows: dict[type[Table], pd.DataFrame] = {
            Cell: study_tables.cells,
            Delay: study_tables.delays,
            Mark: study_tables.marks,
        }
        imprint = hashlib.sha256("".join(frame.to_csv(index=False) for frame in rows.values()).encode()).hexdigest()
        cells = cells_of(study_tables.protected, study_tables.of, version=self.version, imprint=imprint)
        rules = self.study.disclosure
        limits: dict[str, Any] = {name: getattr(rules, name) for name in RULES}
        self.register.write({**self._hand_out(PUBLIC, TABLES, imprint, len(cells), code_version), **limits}, cells)
        frames = {self.tables[kind]: self.store.from_pandas(frame, self.tables[kind]) for kind, frame in rows.items()}
        with self.store.together():
            written = self.store.write_each(frames, slice=publication.in_version(self.version))
        return {table.path: nb for table, nb in written.items()}

    def register_extract(self, extract: ProtectedExtract, recipient: str, *, code_version: str) -> None:
        """Write the hand-out of an extract: its imprint is that of its rows, in the order of their pseudonyms."""
        rows = F.concat_ws("\x1f", *(F.coalesce(F.col(name), F.lit("\x00")) for name in extract.rows.columns))
        content = extract.rows.select(F.sha2(F.concat_ws("", F.sort_array(F.collect_list(F.sha2(rows, 256)))), 256))
        imprint = content.first()
        assert imprint is not None
        hand_out = self._hand_out(recipient, MICRODATA, str(imprint[0]), extract.nb, code_version)
        self.register.write({**hand_out, HandOut.uniques: extract.alone})

    def _hand_out(self, recipient: str, content: str, imprint: str, nb: int, code_version: str) -> dict[str, Any]:
        return {
            HandOut.remis_a: recipient,
            HandOut.contenu: content,
            HandOut.etude: self.study.study,
            HandOut.version: self.version,
            HandOut.declaration: self.declaration,
            HandOut.empreinte: imprint,
            HandOut.lignes: nb,
            HandOut.code_version: code_version,
        }
