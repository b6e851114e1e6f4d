"""Victims drawn with their traits and course, the exact tables of a study about them, and what leaves of these."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from linkage.concepts.outcomes import (
    COUPABLE,
    DECISIONS,
    EN_ATTENTE,
    EN_COURS,
    GUILTY,
    MODES,
    NON_COUPABLE,
    NOT_GUILTY,
    ORIENTATIONS,
    POURSUITES,
)
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts import months
from linkage.study_extracts.categories import LINKED, categories
from linkage.study_extracts.disclosure import counts
from linkage.study_extracts.disclosure.attack import Published
from linkage.study_extracts.disclosure.door import protect
from linkage.study_extracts.population import AGAIN, FIRST_TIME
from linkage.study_extracts.tables import TOTAL, WHOLE, join_keys, list_tables

SEED = b"0123456789abcdef"
REGIONS = {"33": "Nouvelle-Aquitaine", "40": "Nouvelle-Aquitaine", "48": "Occitanie", "75": "Île-de-France"}


def victims(
    nb: int, *, seed: int, first: int = 0, years: Sequence[int] = range(2018, 2024), natinf: Sequence[str] = ("10872",)
) -> pd.DataFrame:
    """Return drawn victims: a few per thousand have what is rare."""
    draws = np.random.default_rng(seed)

    def choice(values: Sequence[Any], weights: Sequence[float]) -> Any:
        return draws.choice(values, size=nb, p=np.array(weights) / sum(weights))

    orientation = choice(ORIENTATIONS, [0.35, 0.15, 0.05, 0.4, 0.05])
    prosecuted = orientation == POURSUITES
    decision = choice([*DECISIONS, EN_ATTENTE], [0.8, 0.01, 0.06, 0.002, 0.008, 0.12])
    mode = choice(MODES, [0.45, 0.24, 0.15, 0.08, 0.04, 0.03, 0.008, 0.002])
    departement = choice([*REGIONS], [0.5, 0.2, 0.01, 0.29])
    made = pd.DataFrame(
        {
            "number": [f"{seed}-{first + number}" for number in range(nb)],
            "genre": choice(["violences", "menaces", "harcelement", "plusieurs"], [0.7, 0.15, 0.1, 0.05]),
            "natinf": choice(natinf, [1.0 / (1 + place) ** 2 for place in range(len(natinf))]),
            "sexe": choice(["F", "M", "inconnu"], [0.86, 0.137, 0.003]),
            "tranche_age": choice(["15-17", "18-24", "25-29", "30-39", "40-49", "50-59", "60 et plus"], [2, 15, 17, 30, 20, 10, 6]),
            "force": choice(["PN", "GN"], [0.7, 0.3]),
            "millesime": choice([str(year) for year in years], [1.0] * len(years)),
            "code_departement": departement,
            "region": [REGIONS[one] for one in departement],
            "orientation": orientation,
            "mode": pd.Series(mode, dtype=object).where(prosecuted, None),
            "decision": pd.Series(decision, dtype=object).where(prosecuted, None),
            "famille_motif": pd.Series("absence d'infraction", index=range(nb)).where(orientation == "non_poursuivable", None),
            "liaison": choice(["liées", "sans lien"], [0.85, 0.15]),
        }
    )  # fmt: skip
    made.loc[made["orientation"] == "inopportunite", "famille_motif"] = "inopportunité"
    made["motif"] = made["famille_motif"].map({"absence d'infraction": "11", "inopportunité": "48"})
    together = choice(
        ["menaces + violences", "harcelement + violences", "harcelement + menaces + violences"], [0.8, 0.15, 0.05]
    )
    made["formes"] = made["genre"].where(made["genre"] != "plusieurs", together)
    guilt = {**dict.fromkeys(GUILTY, COUPABLE), **dict.fromkeys(NOT_GUILTY, NON_COUPABLE)}
    made["culpabilite"] = made["decision"].map(guilt)
    waits = (made["orientation"] == EN_COURS) | (made["decision"] == EN_ATTENTE)
    ended = choice([label for _, label in months.BANDS], [0.1, 0.2, 0.3, 0.3, 0.1])
    made["mois_fin"] = pd.Series(ended, dtype=object).where(~waits, months.NOT_REACHED)
    made["lien_auteur"] = choice(
        ["conjoint", "concubin", "ex_concubin", "ex_conjoint", "pacse", "inconnu"], [35, 33, 15, 12, 1, 4]
    )
    made["deja_victime"] = choice([FIRST_TIME, AGAIN, "inconnu"], [0.84, 0.13, 0.03])
    made["key"] = [int(hashlib.sha256(one.encode()).hexdigest()[:15], 16) for one in made["number"]]
    return made


def tables(people: pd.DataFrame, study: StudySettings, natinf: Sequence[str]) -> pd.DataFrame:
    """Return the exact cells of a study's tables with their cell keys, as ``count_cases`` does with Spark."""
    known = categories(study, natinf=natinf, regions=REGIONS, motives=["11", "21", "48"], courts=[])
    linked = people[people["liaison"] == "liées"]
    made = []
    for table in list_tables(study):
        name, unit, by, indicator = table.name, table.unit, table.by, table.indicator
        if unit == "mis_en_cause":
            continue
        rate = str(indicator) == LINKED
        counted = people if rate else linked
        counted = counted.assign(column=counted["liaison" if rate else indicator], row=counted[by])
        if unit == "procedure":
            # One procedure in fifty has two of the victims.
            counted = counted[counted["key"] % 50 != 0]
        counted = counted[counted["column"].notna()]
        whole, total = counted.assign(row=WHOLE), counted.assign(column=TOTAL)
        every = pd.concat([counted, whole, total, whole.assign(column=TOTAL)])
        alike = every.groupby(["row", "column"])
        cells = alike.size().to_frame("nb").assign(key=join_keys(every["key"], alike.ngroup(), nb=alike.ngroups))
        index = pd.MultiIndex.from_product(
            [[*known.rows(unit, by), WHOLE], [*known.columns(indicator), TOTAL]], names=["row", "column"]
        )
        cells = cells.reindex(index, fill_value=0).reset_index()
        made.append(cells.assign(table=name, unit=unit, by=by, indicator=indicator))
    found = pd.concat(made, ignore_index=True)
    return found.assign(weighted=found["nb"].astype(float))


def named(cells: pd.DataFrame, study: StudySettings, natinf: Sequence[str]) -> pd.DataFrame:
    return counts.name_counts(cells, counts.population(study, natinf), REGIONS)


def release(
    people: pd.DataFrame,
    study: StudySettings,
    natinf: Sequence[str],
    *,
    version: str = "v1",
    earlier: Sequence[Published] = (),
    counted_before: Sequence[dict[Any, int]] = (),
) -> tuple[Published, dict[Any, int]]:
    """Return what leaves, and the truth."""
    cells, of = named(tables(people, study, natinf), study, natinf), counts.population(study, natinf)
    protected = protect(
        cells, study.disclosure, seed=SEED, of=of, version=version, earlier=earlier, counted_before=counted_before
    )
    return Published(protected, of, version), dict(zip(cells["variable"], cells["nb"], strict=True))
