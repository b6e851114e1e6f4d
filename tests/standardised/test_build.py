"""The standardised tables of a tiny delivery, whole: three procedures, three affairs, nulls among the rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from chispa import assert_df_equality
from pyspark.sql import DataFrame, SparkSession

from linkage import standardised
from linkage.platform.lake.schema import Table
from linkage.tables.sources import FILES, source_table
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Record, Reference
from linkage.versions import method

Rows = list[dict[str, Any]]
FACTS = date(2021, 3, 4)
BORN, OTHER_BORN = date(1980, 5, 6), date(1990, 1, 1)

DELIVERED: dict[str, Rows] = {
    "lrppn_procedures": [
        {
            "id_procedure": "P1", "millesime": 2021, "code_service": "75a101", "annee": "2021", "numero": "000123",
            "date_enregistrement": date(2021, 3, 10), "date_faits_debut": FACTS, "date_faits_fin": None,
            "commune_faits": "75112", "nb_mis_en_cause": 1, "nb_victimes": 1, "code_tj": " 100 ",
        },
    ],
    "lrpgn_procedures": [
        {"id_procedure": "G1", "millesime": 2021, "code_service": "1234", "annee": "21", "numero": "00045",
         "date_faits_debut": date(1900, 1, 1), "commune_faits": "99999"},
        {"id_procedure": "G2", "millesime": 2021},
    ],
    "lrppn_infractions": [
        {"id_procedure": "P1", "rang": 2, "natinf": "00007", "date_faits_fin": date(2021, 3, 6), "commune_faits": "97105"},
        {"id_procedure": "P1", "rang": 1, "natinf": "10872", "date_faits_debut": date(2021, 3, 1), "tentative": False},
    ],
    "lrpgn_infractions": [{"id_procedure": "G1", "rang": 1, "natinf": None, "commune_faits": "1001"}],
    "lrppn_personnes": [
        {"id_procedure": "P1", "rang": 1, "role": "mis_en_cause", "csns": " abcdef0123 ", "sexe": "m",
         "date_naissance": BORN, "commune_naissance": "69385", "pays_naissance": "fra"},
        {"id_procedure": "P1", "rang": 2, "role": "victime", "csns": "0000000000", "sexe": "F",
         "date_naissance": date(1900, 1, 1), "pays_naissance": "DZA", "lien_auteur": "Conjoint"},
        {"id_procedure": "P1", "rang": 3, "role": "victime", "csns": "short", "sexe": "F",
         "date_naissance": OTHER_BORN, "pays_naissance": "FRA"},
    ],
    "lrpgn_personnes": [],
    "cassiopee_affaires": [
        {"id_affaire": "A1", "millesime": 2021, "code_tj": "100", "origine": "Police", "nb_auteurs": 2, "nb_victimes": 0},
        {"id_affaire": "A2", "millesime": 2021, "origine": "gendarmerie", "petit_x": True},
        {"id_affaire": "A3", "millesime": 2021, "origine": "plainte_parquet"},
    ],
    "cassiopee_origines": [
        {"id_affaire": "A1", "rang": 0, "type_service": "PN", "code_service": "75A101", "annee": "21", "numero": "123/"},
        {"id_affaire": "A1", "rang": 1, "type_service": None, "reference_pv": "PV 75A101/124/2021"},
    ],
    "cassiopee_infractions": [
        {"id_affaire": "A1", "rang": 1, "natinf": "10854", "classe": "Delit", "date_faits_debut": FACTS, "commune_faits": "75056"},
        {"id_affaire": "A2", "rang": 1, "natinf": "10872"},
    ],
    "cassiopee_personnes": [
        {"id_affaire": "A1", "rang": 1, "role": "auteur", "csns": "ABCDEF0123", "date_naissance": BORN},
        {"id_affaire": "A1", "rang": 2, "role": "auteur", "csns": "ABCDEF0123", "sexe": "M", "pays_naissance": "MAR"},
    ],
}  # fmt: skip

Tables = dict[type[Table], DataFrame]


def frame(spark: SparkSession, table: type[Table], rows: Rows) -> DataFrame:
    return spark.createDataFrame([tuple(row.get(column) for column in table.columns) for row in rows], table.struct())


def standardise(spark: SparkSession, delivered: dict[str, Rows]) -> Tables:
    sources = {
        f"{source}_{file}": frame(spark, source_table(source, file), delivered.get(f"{source}_{file}", []))
        for source, files in FILES.items()
        for file in files
    }
    communes = spark.createDataFrame(
        [("75056",), ("69123",), ("97105",), ("01001",), ("60054",)], "code_commune string"
    )
    mouvements = spark.createDataFrame(
        [("01340", 1943, 2016, "01001"), ("60694", 2019, 2022, "60054"), ("60054", 2019, 2024, "60054")],
        "code string, annee_debut int, annee_fin int, code_commune string",
    )
    natinf = spark.createDataFrame(
        [("10872", "violences"), ("10854", "violences"), ("7", "vols")], "code string, famille string"
    )
    settings = method.standardised_settings()
    made: Tables = {}

    def keep(frames: Mapping[type[Table], DataFrame]) -> Tables:
        made.update({table: table.conform(frame) for table, frame in frames.items()})
        return made

    standardised.build(sources, communes, mouvements, natinf, settings, keep=keep)
    return made


@pytest.fixture
def tables(spark: SparkSession) -> Tables:
    return standardise(spark, DELIVERED)


def test_procedures_of_two_forces_under_one_identifier_keep_their_own_facts_and_persons(spark: SparkSession) -> None:
    delivered: dict[str, Rows] = {}
    for source, csns, natinf in (("lrppn", "ABCDEF0123", "10872"), ("lrpgn", "BCDEFA1234", "10854")):
        delivered[f"{source}_procedures"] = [{"id_procedure": "1", "millesime": 2021}]
        delivered[f"{source}_infractions"] = [{"id_procedure": "1", "rang": 1, "natinf": natinf}]
        delivered[f"{source}_personnes"] = [{"id_procedure": "1", "rang": 1, "role": "victime", "csns": csns}]
    procedures = standardise(spark, delivered)[Procedure].orderBy(Procedure.source).collect()
    assert [(row.source, row.csns_victimes, row.natinf) for row in procedures] == [
        ("lrpgn", ["BCDEFA1234"], "10854"),
        ("lrppn", ["ABCDEF0123"], "10872"),
    ]


def test_a_procedure_says_how_many_have_its_place_and_its_offence(spark: SparkSession) -> None:
    facts = {
        "a": ("75056", "10872"),
        "b": ("75056", "10872"),
        "c": ("75056", "7"),
        "d": ("97105", "10872"),
        "e": (None, "7"),
    }
    delivered: dict[str, Rows] = {
        "lrppn_procedures": [
            {"id_procedure": name, "millesime": 2021, "commune_faits": place} for name, (place, _) in facts.items()
        ],
        "lrppn_infractions": [
            {"id_procedure": name, "rang": 1, "natinf": natinf} for name, (_, natinf) in facts.items()
        ],
    }
    records = standardise(spark, delivered)[Record].collect()
    assert {row.id: row.nb_semblables for row in records} == {"a": 2, "b": 2, "c": 1, "d": 1, "e": None}


def check(tables: Tables, table: type[Table], expected: Rows) -> None:
    spark = tables[table].sparkSession
    assert_df_equality(tables[table], frame(spark, table, expected), ignore_row_order=True, ignore_nullable=True)


NOBODY: dict[str, Any] = {
    name: []
    for name in (
        "csns_mis_en_cause", "csns_victimes", "naissances_mis_en_cause", "naissances_victimes",
        "traits_mis_en_cause", "traits_victimes",
    )
}  # fmt: skip
NO_OFFENCE: dict[str, Any] = {"communes_faits": [], "natinfs": [], "familles": []}


def test_a_procedure_carries_its_key_its_period_its_places_and_its_persons(tables: Tables) -> None:
    check(
        tables,
        Procedure,
        [
            {
                "id_procedure": "P1", "source": "lrppn", "millesime": 2021, "force": "PN", "code_tj": "100",
                "code_service": "75A101", "code_service_livre": "75a101", "annee": 2021, "annee_livree": "2021",
                "numero": 123, "numero_livre": "000123", "repairs": ["minuscules"], "date_enregistrement": date(2021, 3, 10),
                "date_faits_debut": date(2021, 3, 1), "date_faits_fin": date(2021, 3, 6),
                "commune_faits": "75056", "commune_faits_livree": "75112", "communes_faits": ["75056", "97105"],
                "code_departement": "75", "natinf": "10872", "natinfs": ["10872", "7"], "famille": "violences",
                "familles": ["violences", "vols"], "nb_mis_en_cause": 1, "nb_victimes": 1,
                "csns_mis_en_cause": ["ABCDEF0123"], "csns_victimes": [],
                "naissances_mis_en_cause": [BORN], "naissances_victimes": [OTHER_BORN],
                "traits_mis_en_cause": ["M|69123"], "traits_victimes": ["F|DZA"],
            },
            {
                "id_procedure": "G1", "source": "lrpgn", "millesime": 2021, "force": "GN", "code_service": "01234",
                "code_service_livre": "1234", "annee": 2021, "annee_livree": "21", "numero": 45, "numero_livre": "00045",
                "repairs": ["zeros_service", "annee_2_chiffres", "commune_faits_hors_cog"],
                "commune_faits": "01001", "commune_faits_livree": "99999", "communes_faits": ["01001"],
                "code_departement": "01", "famille": "inconnue", "natinfs": [], "familles": [], **NOBODY,
            },
            {"id_procedure": "G2", "source": "lrpgn", "millesime": 2021, "force": "GN", "repairs": [], **NO_OFFENCE, **NOBODY},
        ],
    )  # fmt: skip


def test_an_affair_takes_its_facts_from_its_offences_and_its_auteurs_are_mis_en_cause(tables: Tables) -> None:
    check(
        tables,
        Affaire,
        [
            {
                "id_affaire": "A1", "source": "cassiopee", "millesime": 2021, "code_tj": "100", "origine": "police",
                "date_faits_debut": FACTS, "date_faits_fin": FACTS, "commune_faits": "75056", "communes_faits": ["75056"],
                "code_departement": "75", "natinf": "10854", "natinfs": ["10854"], "famille": "violences",
                "familles": ["violences"], "nb_mis_en_cause": 2, "nb_victimes": 0, **NOBODY,
                "csns_mis_en_cause": ["ABCDEF0123"], "naissances_mis_en_cause": [BORN], "traits_mis_en_cause": ["M|MAR"],
            },
            {
                "id_affaire": "A2", "source": "cassiopee", "millesime": 2021, "origine": "gendarmerie", "petit_x": True,
                "natinf": "10872", "natinfs": ["10872"], "famille": "violences", "familles": ["violences"],
                "communes_faits": [], **NOBODY,
            },
            {"id_affaire": "A3", "source": "cassiopee", "millesime": 2021, "origine": "plainte_parquet", **NO_OFFENCE, **NOBODY},
        ],
    )  # fmt: skip


def test_pvs_are_ranked_from_1_and_an_affair_has_a_reference_of_rang_0_when_none_is_given(tables: Tables) -> None:
    check(
        tables,
        Reference,
        [
            {
                "id_affaire": "A1", "rang": 1, "force": "PN", "code_service": "75A101", "annee": 2021, "numero": 123,
                "repairs": ["annee_2_chiffres", "suffixe", "zeros_numero"], "code_service_livre": "75A101",
                "annee_livree": "21", "numero_livre": "123/",
            },
            {
                "id_affaire": "A1", "rang": 2, "force": "PN", "code_service": "75A101", "annee": 2021, "numero": 124,
                "repairs": ["texte_libre", "zeros_numero"], "reference_pv_livree": "PV 75A101/124/2021",
            },
            {"id_affaire": "A2", "rang": 0, "force": "GN", "repairs": []},
            {"id_affaire": "A3", "rang": 0, "repairs": []},
        ],
    )  # fmt: skip


def test_persons_speak_the_same_words_and_what_was_delivered_stays_beside(tables: Tables) -> None:
    france = {"side": "procedure", "source": "lrppn", "id": "P1"}
    check(
        tables,
        Personne,
        [
            {**france, "rang": 1, "role": "mis_en_cause", "csns": "ABCDEF0123", "sexe": "M", "date_naissance": BORN,
             "date_naissance_livree": BORN, "commune_naissance": "69123", "commune_naissance_livree": "69385",
             "pays_naissance": "FRA", "repairs": []},
            {**france, "rang": 2, "role": "victime", "sexe": "F", "date_naissance_livree": date(1900, 1, 1),
             "pays_naissance": "DZA", "lien_auteur": "conjoint", "repairs": ["csns_illisible"]},
            {**france, "rang": 3, "role": "victime", "sexe": "F", "date_naissance": OTHER_BORN,
             "date_naissance_livree": OTHER_BORN, "pays_naissance": "FRA", "repairs": ["csns_illisible"]},
            {"side": "affaire", "source": "cassiopee", "id": "A1", "rang": 1, "role": "mis_en_cause", "csns": "ABCDEF0123",
             "date_naissance": BORN, "date_naissance_livree": BORN, "repairs": []},
            {"side": "affaire", "source": "cassiopee", "id": "A1", "rang": 2, "role": "mis_en_cause", "csns": "ABCDEF0123", "sexe": "M",
             "pays_naissance": "MAR", "repairs": []},
        ],
    )  # fmt: skip


def test_a_natinf_outside_the_nomenclature_is_kept_with_an_unknown_family(tables: Tables) -> None:
    check(
        tables,
        Infraction,
        [
            {"side": "procedure", "source": "lrppn", "id": "P1", "rang": 1, "natinf": "10872", "natinf_livre": "10872", "famille": "violences",
             "tentative": False, "date_faits_debut": date(2021, 3, 1), "repairs": []},
            {"side": "procedure", "source": "lrppn", "id": "P1", "rang": 2, "natinf": "7", "natinf_livre": "00007", "famille": "vols",
             "date_faits_fin": date(2021, 3, 6), "commune_faits": "97105", "commune_faits_livree": "97105", "repairs": []},
            {"side": "procedure", "source": "lrpgn", "id": "G1", "rang": 1, "famille": "inconnue", "commune_faits": "01001",
             "commune_faits_livree": "1001", "repairs": []},
            {"side": "affaire", "source": "cassiopee", "id": "A1", "rang": 1, "natinf": "10854", "natinf_livre": "10854", "famille": "violences",
             "classe": "delit", "date_faits_debut": FACTS, "commune_faits": "75056", "commune_faits_livree": "75056", "repairs": []},
            {"side": "affaire", "source": "cassiopee", "id": "A2", "rang": 1, "natinf": "10872", "natinf_livre": "10872", "famille": "violences", "repairs": []},
        ],
    )  # fmt: skip
