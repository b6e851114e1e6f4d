"""The sample for clerical review: drawn by strata, the same again for the same version."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts.sides import PAIR
from linkage.settings.quality import ReviewSettings
from linkage.tables.links import Link
from linkage.tables.quality import REJECTED, ReviewSample
from linkage.tables.scored_pairs import ScoredPair

DRAW, BAND, SPREAD = "draw", "band", "spread"


def draw(links: DataFrame, scored_pairs: DataFrame, *, version: str, settings: ReviewSettings) -> DataFrame:
    """Draw ``review_sample`` of one version: scored pairs of cases, a few of each status and weight band.

    Method: stratified simple random sampling without replacement; Neyman's allocation on the declared guesses
    (Cochran, Sampling Techniques, 1977, 5.5), at least ``minimum`` pairs per stratum. A stratum that holds no more
    than its allocation is taken whole. ``inclusion_weight`` is N_h / n_h, so the weights add up to the population.

    Ties: pairs are ordered by a hash of version, pair and seed, then by the pair.
    """
    text = F.concat_ws("|", F.lit(version), *PAIR, F.lit(str(settings.seed)))
    pairs = build_population(links, scored_pairs).select(
        "*", F.sha2(text, 256).alias(DRAW), _band(settings).alias(BAND)
    )
    strata = [ReviewSample.status, BAND]
    sizes = pairs.groupBy(*strata).agg(F.count("*").alias(ReviewSample.nb_population))
    within = Window.partitionBy(*strata).orderBy(DRAW, *PAIR)
    chosen = (
        pairs.withColumn("order", F.row_number().over(within))
        .join(F.broadcast(_allocate(sizes, settings)), on=strata, how="inner")
        .where(F.col("order") <= F.col(ReviewSample.nb_sampled))
        .withColumn(ReviewSample.version, F.lit(version))
    )
    shown = Window.partitionBy(ReviewSample.version).orderBy(DRAW, *PAIR)
    weight = F.col(ReviewSample.nb_population) / F.col(ReviewSample.nb_sampled)
    labels = F.array(*(F.lit(label) for label in band_labels(settings)))
    return ReviewSample.conform(
        chosen.withColumn(ReviewSample.rang, F.row_number().over(shown))
        .withColumn(ReviewSample.stratum, F.concat_ws(" ", ReviewSample.status, F.get(labels, F.col(BAND))))
        .withColumn(ReviewSample.inclusion_weight, weight)
    )


def build_population(links: DataFrame, scored_pairs: DataFrame) -> DataFrame:
    """Return one row per pair of cases compared: what names it, ``match_weight, status``.

    An affair has a row per reference: the best weight speaks for the pair, or the link's own when it is linked.
    """
    best = scored_pairs.groupBy(*PAIR).agg(F.max(ScoredPair.match_weight).alias("best"))
    linked = links.select(*PAIR, Link.match_weight, Link.status)
    return best.join(linked, on=PAIR, how="full").select(
        *PAIR,
        F.coalesce(F.col(Link.match_weight), F.col("best")).alias(ReviewSample.match_weight),
        F.coalesce(F.col(Link.status), F.lit(REJECTED)).alias(ReviewSample.status),
    )


def band_labels(settings: ReviewSettings) -> list[str]:
    """Return the names of the weight bands, lowest first: ``[< -2]``, ``[-2 ; 1[`` and so on."""
    bounds = [f"{bound:g}" for bound in settings.bounds]
    between = [f"[{low} ; {high}[" for low, high in pairwise(bounds)]
    return [f"[< {bounds[0]}]", *between, f"[≥ {bounds[-1]}]"]


def _band(settings: ReviewSettings) -> Column:
    weight = F.col(ReviewSample.match_weight)
    above: list[Column] = [(weight >= bound).cast("int") for bound in settings.bounds]
    return F.coalesce(reduce(Column.__add__, above), F.lit(0))


def _allocate(sizes: DataFrame, settings: ReviewSettings) -> DataFrame:
    shares = F.create_map(
        *(
            part
            for status, guesses in settings.true_share.items()
            for part in (F.lit(status), F.array(*(F.lit(guess) for guess in guesses)))
        )
    )
    share = F.get(shares[F.col(ReviewSample.status)], F.col(BAND))
    spread = F.col(ReviewSample.nb_population) * F.sqrt(share * (1 - share))
    wished = F.greatest(F.round(settings.pairs * F.col(SPREAD) / F.col("whole")), F.lit(settings.minimum))
    spreads = sizes.withColumn(SPREAD, spread)
    whole = spreads.agg(F.sum(SPREAD).alias("whole"))
    return spreads.crossJoin(F.broadcast(whole)).select(
        ReviewSample.status,
        BAND,
        ReviewSample.nb_population,
        F.least(wished.cast("bigint"), F.col(ReviewSample.nb_population)).alias(ReviewSample.nb_sampled),
    )
