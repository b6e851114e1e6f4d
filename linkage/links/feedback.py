"""What the persons say flows back into the weight of their case: once, by a rule, within a bound."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.settings import PersonsFeedbackSettings
from linkage.tables.linkage import ScoredPair, ScoredPerson

RETURN = "retour_personnes"
"""The entry of ``levels`` that says what was done, beside the level that the case model saw."""
RECOGNISED, CHANCE = "personne reconnue", "naissance fortuite"
BEST = "best_person_weight"
CASE: list[str] = [ScoredPair.id_procedure, ScoredPair.id_affaire]


def feedback(scored_pairs: DataFrame, scored_persons: DataFrame, *, settings: PersonsFeedbackSettings) -> DataFrame:
    """``scored_pairs`` with the weight and probability of some cases moved, and ``retour_personnes`` in their levels.

    Method: the case model compares sets of codes and births; the person model also sees sex, birthplace, residence,
    profession, and dates with one part wrong. Where the sets had nothing in common and one pair of persons in the same
    role is sure, the case gains ``gain`` bits. Where the sets had one birth date in common and no two persons of the
    case are alike, the date is a chance: it loses ``loss`` bits. The move is a constant, so the weight
    before is known; a constant of 0 turns the rule off.
    """
    same_role = F.col(ScoredPerson.role) == F.col(ScoredPerson.role_affaire)
    best = scored_persons.where(same_role).groupBy(*CASE).agg(F.max(ScoredPerson.match_weight).alias(BEST))
    level = F.col(ScoredPair.levels)[settings.comparison]
    nobody, one_birth = level.isNull() | level.isin(*settings.nobody), level.isin(*settings.one_birth)
    recognised = nobody & (F.col(BEST) >= settings.sure) & F.lit(settings.gain > 0)
    chance = one_birth & (F.col(BEST) < settings.chance) & F.lit(settings.loss > 0)
    moved = F.when(recognised, settings.gain).when(chance, -settings.loss).otherwise(0.0)
    weight = F.col(ScoredPair.match_weight) + moved
    said = F.when(recognised, RECOGNISED).when(chance, CHANCE)
    levels = F.col(ScoredPair.levels)
    return (
        scored_pairs.join(best, on=CASE, how="left")
        .withColumns(
            {
                ScoredPair.levels: F.when(
                    said.isNotNull(), F.map_concat(levels, F.create_map(F.lit(RETURN), said))
                ).otherwise(levels),
                ScoredPair.match_weight: weight,
                ScoredPair.match_probability: F.when(moved == 0, F.col(ScoredPair.match_probability)).otherwise(
                    1 / (1 + F.pow(F.lit(2.0), -weight))
                ),
            }
        )
        .select(*scored_pairs.columns)
    )
