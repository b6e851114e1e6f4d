"""The persons of a case move its weight: once, by a rule, within a bound."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import PAIR
from linkage.settings.links import PersonsFeedbackSettings
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern, ScoredPerson

RETURN = "retour_personnes"
"""What the persons of a pair may show, then what they showed; the evidence of a link has it with the levels."""
RECOGNISED, CHANCE = "personne reconnue", "naissance fortuite"
BEST = "best_person_weight"


def watched(settings: PersonsFeedbackSettings | None) -> Column:
    """Return what the persons may show of the pairs of a pattern, by its levels; null where they change nothing."""
    if settings is None:
        return F.lit(None).cast("string")
    level = F.col(ScoredPattern.levels)[settings.comparison]
    nobody, one_birth = level.isNull() | level.isin(*settings.nobody), level.isin(*settings.one_birth)
    return F.when(nobody & F.lit(settings.gain > 0), RECOGNISED).when(one_birth & F.lit(settings.loss > 0), CHANCE)


def move_weights(pairs: DataFrame, scored_persons: DataFrame, *, settings: PersonsFeedbackSettings) -> DataFrame:
    """Move the weight and probability of some cases by what their persons show; name it in ``retour_personnes``.

    Reads: the pairs with what their persons may show (``watched``).
    Method: the case model compares sets of codes and births; the person model also sees sex, birthplace, residence,
    profession, and dates with one part wrong. Where the sets had nothing in common and one pair of persons in the same
    role is sure, the case gains ``gain`` bits. Where the sets had one birth date in common and no two persons of the
    case are alike, the date is a chance: it loses ``loss`` bits. The move is a constant, so the weight
    before is known; a constant of 0 turns the rule off.
    Example: with a gain of 8 bits, a case of 1 bit whose sets share nothing and that has one sure pair goes to 9 bits.
    """
    same_role = F.col(ScoredPerson.role) == F.col(ScoredPerson.role_affaire)
    best = scored_persons.where(same_role).groupBy(*PAIR).agg(F.max(ScoredPerson.match_weight).alias(BEST))
    recognised = (F.col(RETURN) == RECOGNISED) & (F.col(BEST) >= settings.sure)
    chance = (F.col(RETURN) == CHANCE) & (F.col(BEST) < settings.chance)
    moved = F.when(recognised, settings.gain).when(chance, -settings.loss).otherwise(0.0)
    weight = F.col(ScoredPair.match_weight) + moved
    probability = 1 / (1 + F.pow(F.lit(2.0), -weight))
    return (
        pairs.join(best.hint("shuffle_hash"), on=PAIR, how="left")
        .withColumns(
            {
                RETURN: F.when(moved != 0, F.col(RETURN)),
                ScoredPair.match_weight: weight,
                ScoredPair.match_probability: F.when(moved == 0, F.col(ScoredPair.match_probability)).otherwise(
                    probability
                ),
            }
        )
        .select(*pairs.columns)
    )
