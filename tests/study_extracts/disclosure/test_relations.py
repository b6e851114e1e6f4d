"""What the attacker adds up is true of the exact counts, and has every indicator whose counts others give."""

from __future__ import annotations

from jobs.study_extracts.declaration import declared
from linkage.study_extracts import population
from linkage.study_extracts.disclosure.counts import Variable
from linkage.study_extracts.disclosure.relations import equations
from linkage.study_extracts.population import SEVERAL
from linkage.versions import nomenclatures
from tests.study_extracts.disclosure.drawn_studies import named, tables, victims

STUDY = declared("violences_conjugales")
NATINF = population.codes(STUDY.population, nomenclatures.conjugal_offences())


def test_every_equation_is_true_of_the_exact_counts_and_joins_months_guilt_and_combinations_to_the_rest() -> None:
    people = victims(3000, seed=26, natinf=NATINF)
    kinds = {code: kind.name for kind in STUDY.kinds for code in kind.natinf}
    alone = people["genre"] != SEVERAL
    people["natinf"] = people["natinf"].where(alone, SEVERAL)
    people["genre"] = people["natinf"].map(kinds).fillna(SEVERAL)
    people["formes"] = people["genre"].where(alone, people["formes"])
    cells = named(tables(people, STUDY, NATINF), STUDY, NATINF)
    exact = dict(zip(cells["variable"], cells["nb"], strict=True))
    found = equations(cells)
    assert [(total, parts) for total, parts in found if exact[total] != sum(exact[part] for part in parts)] == []
    joined = {
        (total.by if one.by != total.by else total.indicator, one.by if one.by != total.by else one.indicator)
        for total, parts in found
        for one in parts
        if isinstance(total, Variable) and isinstance(one, Variable)
        and (one.by, one.indicator) != (total.by, total.indicator)
    }  # fmt: skip
    assert {
        ("culpabilite", "decision"),
        ("orientation", "culpabilite"),
        ("mois_fin", "decision"),
        ("genre", "formes"),
    } <= joined


def test_who_has_one_form_of_violence_alone_is_one_count_in_both_tables() -> None:
    cells = named(tables(victims(300, seed=1, natinf=NATINF), STUDY, NATINF), STUDY, NATINF)
    alike = cells[(cells["indicator"] == "orientation") & cells["row"].eq("menaces") & (cells["unit"] == "victime")]
    assert set(alike["by"]) == {"genre", "formes"}
    assert len(set(alike["variable"])) == alike["column"].nunique()
