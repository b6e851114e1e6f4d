"""A small lake with one published version, whose identifiers are all known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pyspark.sql import SparkSession

from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.tables.links import Link, PersonLink, Unlinked
from linkage.tables.sources import source_table
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure
from linkage.tables.versions import Version
from tests.drawing import draw_whole

EVENEMENTS = source_table("cassiopee", "evenements")
# Everything that must not come out, as delivered.
IDENTIFIERS = ["N0014044848", "G0000391467", "C7114834775", "C0004488675", "524006DA986D8AB3", "343D483DD73A9EC6", "48A100",
               "01204", "000386/2018", "13586", "1835300042", "IDJ77", "sergent Untel", "dossier-1"]  # fmt: skip
DAY = date(2018, 5, 17)
BIRTH = date(1990, 5, 18)

PROCEDURES = [
    {"id_procedure": "N0014044848", "source": "lrppn", "millesime": 2018, "force": "PN", "code_service": "48A100", "code_service_livre": "48A100",
     "annee": 2018, "numero": 13586, "numero_livre": "000386/2018", "date_enregistrement": date(2018, 5, 20), "date_faits_debut": DAY, "date_faits_fin": DAY,
     "date_transmission": date(2018, 6, 1), "code_tj": "903301", "commune_faits": "33063", "code_departement": "33", "natinf": "7151", "famille": "vol",
     "nb_mis_en_cause": 1, "nb_victimes": 1, "csns_victimes": ["343D483DD73A9EC6"], "naissances_victimes": [BIRTH]},
    {"id_procedure": "G0000391467", "source": "lrpgn", "millesime": 2019, "force": "GN", "code_service": "01204", "date_enregistrement": date(2019, 2, 3),
     "commune_faits": "32013", "code_departement": "32", "natinf": "sergent Untel", "nb_mis_en_cause": 0, "nb_victimes": 0},
]  # fmt: skip
AFFAIRES = [
    {"id_affaire": "C7114834775", "source": "cassiopee", "millesime": 2018, "numero_parquet": "1835300042", "idj": "IDJ77", "date_arrivee": date(2018, 6, 4),
     "origine": "police", "nature_affaire": "H11", "petit_x": False, "code_tj": "903301", "date_faits_debut": DAY, "natinf": "7151", "famille": "vol",
     "commune_faits": "33063", "code_departement": "33", "nb_mis_en_cause": 1, "nb_victimes": 1},
    {"id_affaire": "C0004488675", "source": "cassiopee", "millesime": 2019, "date_arrivee": date(2019, 3, 1), "origine": "autre",
     "nature_affaire": "sergent Untel", "petit_x": True},
]  # fmt: skip
VICTIM = {"role": "victime", "csns": "343D483DD73A9EC6", "sexe": "F", "date_naissance": BIRTH, "date_naissance_livree": BIRTH, "pays_naissance": "FRA",
          "nationalite": "ROU", "commune_residence": "33063", "commune_naissance": "97420"}  # fmt: skip
PERSONNES = [
    {**VICTIM, "side": "procedure", "id": "N0014044848", "rang": 1, "lien_auteur": "conjoint", "situation_familiale": "marie", "nombre_enfants": 7,
     "profession": "54"},
    {"side": "procedure", "id": "N0014044848", "rang": 2, "role": "mis_en_cause", "csns": "524006DA986D8AB3", "nationalite": "SEN",
     "situation_familiale": "sergent Untel", "profession": "sergent Untel", "commune_residence": "32013"},
    {**VICTIM, "side": "affaire", "id": "C7114834775", "rang": 1},
    {"side": "affaire", "id": "C7114834775", "rang": 2, "role": "mis_en_cause"},
]  # fmt: skip
INFRACTIONS = [
    {"side": "procedure", "id": "N0014044848", "rang": 1, "natinf": "7151", "famille": "vol", "tentative": False, "date_faits_debut": DAY,
     "date_faits_fin": DAY, "commune_faits": "32013"},
    {"side": "affaire", "id": "C7114834775", "rang": 1, "natinf": "7151", "famille": "vol", "classe": "delit", "date_faits_debut": DAY},
]  # fmt: skip
EVENTS = [
    {"millesime": 2018, "id_affaire": "C7114834775", "rang_personne": 2, "type": "orientation", "date": date(2018, 7, 9), "code": "copj", "code_tj": "903301"},
    {"millesime": 2019, "id_affaire": "C0004488675", "type": "classement", "date": date(2019, 3, 2), "code": "71"},
    {"millesime": 2019, "id_affaire": "C0004488675", "type": "classement", "date": date(2019, 3, 2), "code": "sergent Untel"},
]  # fmt: skip
LINKS = [
    {"version": "v1", "id_procedure": "N0014044848", "id_affaire": "C7114834775", "link_pass": "cle_exacte", "match_weight": 12.5, "match_probability": 0.99,
     "status": "retenu", "evidence": "cle : clé exacte", "id_dossier": "dossier-1"},
    {"version": "v1", "source": "lrpgn", "id_procedure": "G0000391467", "id_affaire": "C0004488675", "link_pass": "cle_voisine", "match_weight": 1.5, "match_probability": 0.7,
     "status": "a_revoir"},
]  # fmt: skip
PERSON_LINKS = [
    {"version": "v1", "id_procedure": "N0014044848", "rang_procedure": 1, "id_affaire": "C7114834775", "rang_affaire": 1, "role": "victime", "role_change": False,
     "match_weight": 20.0, "match_probability": 0.999, "nb_interchangeables": 1},
]  # fmt: skip
UNLINKED = [
    {"version": "v1", "side": "procedure", "source": "lrpgn", "id": "G0000391467", "reason": "non_transmise"},
    {"version": "v1", "side": "affaire", "id": "C0004488675", "reason": "petit_x_sans_cle"},
]  # fmt: skip
DRAWN: dict[type[Table], list[dict[str, Any]]] = {
    Procedure: PROCEDURES, Affaire: AFFAIRES, Personne: PERSONNES, Infraction: INFRACTIONS, EVENEMENTS: EVENTS, Link: LINKS, PersonLink: PERSON_LINKS,
    Unlinked: UNLINKED,
}  # fmt: skip
COMMUNES = [
    {"code_commune": "33063", "code_departement": "33", "population": "260000"},
    {"code_commune": "32013", "code_departement": "32", "population": "19999"},
]


def published_lake(spark: SparkSession, lake: str) -> Store:
    """The drawn tables under ``lake`` as version ``v1`` saw them; then one procedure more, which it did not see."""
    store = Store(spark, lake)
    for table, rows in DRAWN.items():
        store.write(draw_whole(spark, table, rows), table)
    version = {"version": "v1", "status": "published", "created_at": datetime(2026, 11, 1), "deliveries": [], "row_counts": {}, "indicators": {},
               "table_versions": {table.path: 0 for table in DRAWN}}  # fmt: skip
    store.write(draw_whole(spark, Version, [version]), Version)
    store.write(
        draw_whole(spark, Procedure, [*PROCEDURES, {**PROCEDURES[1], "id_procedure": "G0000000009"}]), Procedure
    )
    return store
