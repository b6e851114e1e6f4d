"""Which pass a pair of an affair beyond its references belongs to: what it shares decides, not how much it weighs."""

from __future__ import annotations

from pyspark.sql import SparkSession

from linkage.links import passes
from linkage.tables.links import Link
from linkage.tables.standardised import BEYOND
from linkage.versions import method
from tests.drawing import draw_scored

AT_ITS_ENDS, INSIDE, ELSEWHERE = "début ou fin des faits", "entre les faits", "écart ≤ 366"
LEVELS = [  # personnes, faits, infraction, the pass
    ("apporte une personne", AT_ITS_ENDS, "autre famille", "jonction"),
    ("une personne par naissance", AT_ITS_ENDS, "les mêmes", "jonction_memes_personnes"),
    ("plusieurs personnes", AT_ITS_ENDS, "autre famille", "jonction_hors_faits"),
    ("rôles croisés", AT_ITS_ENDS, "les mêmes", "jonction_hors_faits"),
    ("apporte une personne", INSIDE, "une commune", "jonction_entre"),
    ("apporte une personne, au complet", "écart ≤ 12", "les mêmes", "jonction_entre"),
    ("apporte une personne", INSIDE, "autre famille", "jonction_hors_faits"),
    ("une personne par code", INSIDE, "une famille commune", "jonction_memes_personnes_entre"),
    ("plusieurs personnes", "écart ≤ 3", "les mêmes", "jonction_hors_faits"),
    ("une personne par naissance", INSIDE, "les mêmes", "jonction_hors_faits"),
    ("apporte plusieurs personnes, au complet", ELSEWHERE, "les mêmes", "jonction_hors_faits"),
    ("apporte une personne", None, "les mêmes", "jonction_hors_faits"),
]


def test_a_joined_procedure_shares_people_days_and_offences(spark: SparkSession) -> None:
    pairs = [
        {"id_procedure": f"p{place}", "rang": BEYOND, "match_weight": 18.0,
         "levels": {"personnes": personnes, "faits": faits, "infraction": infraction}}
        for place, (personnes, faits, infraction, _) in enumerate(LEVELS)
    ]  # fmt: skip
    assigned = passes.add_pass(*draw_scored(spark, pairs), settings=method.links_settings()).collect()
    assert {row["id_procedure"]: row[Link.link_pass] for row in assigned} == {
        f"p{place}": name for place, (*_, name) in enumerate(LEVELS)
    }
    # However much it weighs, a person looks at what is elsewhere.
    for_a_person = {row[Link.link_pass] for row in assigned if row["match_weight"] < row[passes.THRESHOLD]}
    assert for_a_person == {"jonction_hors_faits"}
